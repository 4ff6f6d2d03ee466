/** Sorts many keys without holding the event loop for long: 50,000 keys in one piece take 40 ms and more. */

const PIECE = 2_048;
const STEPS_IN_A_TURN = 16_384;

/**
 * By UTF-16 code units, which for the keys of tables (latin1) is the order of their bytes.
 * @param turn resolves in a later turn of the event loop
 */
export async function sortInTurns(keys: readonly string[], turn: () => Promise<void>): Promise<string[]> {
  let pieces: string[][] = [];
  for (let from = 0; from < keys.length; from += PIECE) {
    pieces.push(keys.slice(from, from + PIECE).sort());
    await turn();
  }
  while (pieces.length > 1) {
    const merged: string[][] = [];
    for (let at = 0; at < pieces.length; at += 2) {
      const right = pieces[at + 1];
      merged.push(right === undefined ? pieces[at]! : await merge(pieces[at]!, right, turn));
    }
    pieces = merged;
  }
  return pieces[0] ?? [];
}

async function merge(
  left: readonly string[],
  right: readonly string[],
  turn: () => Promise<void>,
): Promise<string[]> {
  const out: string[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const takesLeft = r === right.length || (l < left.length && left[l]! <= right[r]!);
    out.push(takesLeft ? left[l++]! : right[r++]!);
    if (out.length % STEPS_IN_A_TURN === 0) await turn();
  }
  return out;
}
