/** The planted bugs. */
import type { PortBug } from './run-seed.ts';

export interface Patch {
  readonly find: string;
  readonly replace: string;
}

export type Canary =
  | {
      readonly kind: 'patch';
      readonly name: string;
      readonly file: string;
      readonly patches: readonly Patch[];
    }
  | { readonly kind: 'port'; readonly name: string; readonly portBug: PortBug };

export const CANARIES: readonly Canary[] = [
  { kind: 'port', name: 'a sync that never happened', portBug: 'lying-sync' },
];
