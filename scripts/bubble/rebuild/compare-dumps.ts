/** Two sorted dumps, compared line by line while they are made: neither is held in memory. */
import { createHash } from 'node:crypto';

export interface Comparison {
  /** What was compared. */
  readonly part: 'decisions' | 'timeline';
  /** Of the inbox; decisions go over all. */
  readonly epoch?: number;
  readonly partition: number;
  /** The common position: everything below this offset of the source partition is in both. */
  readonly position: number;
  readonly stored: { readonly lines: number; readonly digest: string };
  readonly rebuilt: { readonly lines: number; readonly digest: string };
  /** null: equal. */
  readonly firstDifference: { readonly stored: string | null; readonly rebuilt: string | null } | null;
}

const SHOWN = 400;
const cut = (line: string | null): string | null =>
  line !== null && line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;

type Lines = AsyncIterable<string> | Iterable<string>;

async function* iterate(lines: Lines): AsyncGenerator<string, void> {
  yield* lines;
}

export const compareDumps = async (
  of: Pick<Comparison, 'part' | 'epoch' | 'partition' | 'position'>,
  stored: Lines,
  rebuilt: Lines,
): Promise<Comparison> => {
  const sides = [stored, rebuilt].map((lines) => ({
    lines: iterate(lines),
    count: 0,
    digest: createHash('sha256'),
  }));
  let firstDifference: Comparison['firstDifference'] = null;
  for (;;) {
    const [left, right] = await Promise.all(
      sides.map(async (side): Promise<string | null> => {
        const { value, done } = await side.lines.next();
        if (done === true) return null;
        side.count += 1;
        side.digest.update(value).update('\n');
        return value;
      }),
    );
    if (left === undefined || right === undefined || (left === null && right === null)) break;
    if (left !== right) firstDifference ??= { stored: cut(left), rebuilt: cut(right) };
  }
  const [first, second] = sides.map(({ count, digest }) => ({ lines: count, digest: digest.digest('hex') }));
  return { ...of, stored: first!, rebuilt: second!, firstDifference };
};
