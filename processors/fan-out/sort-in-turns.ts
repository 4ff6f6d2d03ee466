/** Sorts many keys without holding the event loop for long: 50,000 keys in one piece take 40 ms and more. */

const PIECE = 2_048;
const STEPS_IN_A_TURN = 16_384;

interface Keyed {
  readonly key: string;
}

const byKey = (left: Keyed, right: Keyed): number =>
  left.key < right.key ? -1 : left.key > right.key ? 1 : 0;

/**
 * By UTF-16 code units, which for the keys of tables (latin1) is the order of their bytes.
 * @param turn resolves in a later turn of the event loop
 */
export async function sortInTurns<T extends Keyed>(
  entries: readonly T[],
  turn: () => Promise<void>,
): Promise<T[]> {
  let pieces: T[][] = [];
  for (let from = 0; from < entries.length; from += PIECE) {
    pieces.push(entries.slice(from, from + PIECE).sort(byKey));
    await turn();
  }
  while (pieces.length > 1) {
    const merged: T[][] = [];
    for (let at = 0; at < pieces.length; at += 2) {
      const right = pieces[at + 1];
      merged.push(right === undefined ? pieces[at]! : await merge(pieces[at]!, right, turn));
    }
    pieces = merged;
  }
  return pieces[0] ?? [];
}

async function merge<T extends Keyed>(
  left: readonly T[],
  right: readonly T[],
  turn: () => Promise<void>,
): Promise<T[]> {
  const out: T[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const takesLeft = r === right.length || (l < left.length && left[l]!.key <= right[r]!.key);
    out.push(takesLeft ? left[l++]! : right[r++]!);
    if (out.length % STEPS_IN_A_TURN === 0) await turn();
  }
  return out;
}
