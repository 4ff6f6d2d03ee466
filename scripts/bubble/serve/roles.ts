/** The parts of the system that a process can take. */
import { BubbleError } from '../../../schemas/errors.ts';

export const PROCESSOR_ROLES = ['fan-out', 'delivery', 'timeline', 'presence'] as const;
export const ROLES = ['gate', ...PROCESSOR_ROLES] as const;
export type Role = (typeof ROLES)[number];
export type Roles = ReadonlySet<Role>;

/** @param text names with commas, as `--only` takes them. @throws BubbleError CONFIG */
export const processorRolesOf = (text: string): Roles => {
  const roles = new Set<Role>();
  for (const name of text.split(',').map((part) => part.trim())) {
    const role = PROCESSOR_ROLES.find((known) => known === name);
    if (role === undefined) {
      throw new BubbleError(
        'CONFIG',
        `--only ${text}: ${name === '' ? 'a name is empty' : `there is no processor ${name}`}; there are ${PROCESSOR_ROLES.join(', ')}`,
      );
    }
    roles.add(role);
  }
  return roles;
};
