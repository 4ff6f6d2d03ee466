/** A small made-up corpus for tests: rooms with joins, leaves, renames, idle members, and 1:1 messages. */
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Random } from '../../schemas/ports/random.ts';
import type { CorpusLine } from './corpus-line.ts';

export interface SyntheticShape {
  readonly rooms: number;
  readonly users: number;
  readonly lines: number;
}

const roomLine = (random: Random, shape: SyntheticShape, number: number): CorpusLine => {
  const room = `room-${random.below(shape.rooms)}`;
  const from = `user-${random.below(shape.users)}`;
  const chance = random.below(100);
  if (chance < 12) return { kind: 'join', room, from };
  if (chance < 18) return { kind: 'leave', room, from };
  if (chance < 24) return { kind: 'rename', room, from, to: `user-${random.below(shape.users)}` };
  return { kind: 'message', room, from, text: `message ${number} 你好 ${'x'.repeat(random.below(60))}` };
};

export const syntheticCorpus = (random: Random, shape: SyntheticShape): CorpusLine[] => {
  const lines: CorpusLine[] = [];
  for (let number = 0; number < shape.lines; number += 1) {
    if (random.below(5) > 0) {
      lines.push(roomLine(random, shape, number));
      continue;
    }
    const from = random.below(shape.users);
    const to = (from + 1 + random.below(shape.users - 1)) % shape.users;
    lines.push({ kind: 'direct', from: `user-${from}`, to: `user-${to}`, text: `direct ${number}` });
  }
  return lines;
};

export const writeCorpus = (path: string, lines: readonly CorpusLine[]): void => {
  const text = lines
    .map((line) => `${JSON.stringify(line.kind === 'direct' ? { ...line, kind: 'message' } : line)}\n`)
    .join('');
  writeFileSync(path, path.endsWith('.gz') ? gzipSync(text) : text);
};
