/** Randomness as a port, so that a simulation can seed it. */
export interface Random {
  /** An integer in [0, bound). */
  below(bound: number): number;
  bytes(length: number): Uint8Array;
}
