/**
 * Facts that hold for every conversation: commands without a sender, appended to every inbound partition with the
 * same content. The fold keeps the highest of each kind; a repeat changes nothing.
 */
import { COMMAND } from '../events/inbound.ts';
import { MAX_EPOCH } from '../positions.ts';
import { MAX_PARTITIONS } from '../topics.ts';

/** The newest rules of decision that this release knows. An owner that meets a higher version stops. */
export const KNOWN_RULES_VERSION = 1;

export type Fact =
  | { readonly kind: typeof COMMAND.RULES_VERSION; readonly version: number }
  | { readonly kind: typeof COMMAND.EPOCH_CHANGE; readonly epoch: number; readonly inboxPartitions: number };

export const encodeFact = (fact: Fact): Uint8Array => {
  const { kind: _kind, ...body } = fact;
  return new TextEncoder().encode(JSON.stringify(body));
};

const isNumberWithin = (value: unknown, from: number, to: number): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= from && value <= to;

/** @returns null where the body is no fact of this kind */
export const decodeFact = (kind: number, body: Uint8Array): Fact | null => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null) return null;
  if (kind === COMMAND.RULES_VERSION) {
    const version = 'version' in parsed ? parsed.version : null;
    return isNumberWithin(version, 1, 2 ** 31) ? { kind, version } : null;
  }
  if (kind === COMMAND.EPOCH_CHANGE) {
    const epoch = 'epoch' in parsed ? parsed.epoch : null;
    const inboxPartitions = 'inboxPartitions' in parsed ? parsed.inboxPartitions : null;
    return isNumberWithin(epoch, 1, MAX_EPOCH) && isNumberWithin(inboxPartitions, 1, MAX_PARTITIONS)
      ? { kind, epoch, inboxPartitions }
      : null;
  }
  return null;
};
