/** A corpus file: real chat, one JSON object a line, gzipped or plain. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { BubbleError } from '../../schemas/errors.ts';
import { isName } from '../../schemas/ids.ts';

export type CorpusLine =
  | { readonly kind: 'message'; readonly room: string; readonly from: string; readonly text: string }
  | { readonly kind: 'direct'; readonly from: string; readonly to: string; readonly text: string }
  | { readonly kind: 'join'; readonly room: string; readonly from: string }
  | { readonly kind: 'leave'; readonly room: string; readonly from: string }
  | { readonly kind: 'rename'; readonly room: string; readonly from: string; readonly to: string };

export interface Corpus {
  readonly lines: readonly CorpusLine[];
  /** First 16 hexadecimal digits of the SHA-256 of the file as it lies on disk. */
  readonly digest: string;
}

const GZIP_MAGIC = 0x8b1f;

/** @throws BubbleError REFUSED that names the line and what is wrong with it */
export const parseCorpusLine = (text: string, number: number): CorpusLine => {
  const refuse = (reason: string): never => {
    throw new BubbleError('REFUSED', `line ${number} of the corpus: ${reason}`);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('not a JSON object');
  }
  if (typeof value !== 'object' || value === null) return refuse('not a JSON object');
  const fields = value as Record<string, unknown>;
  const string = (name: string): string => {
    const field = fields[name];
    return typeof field === 'string' ? field : refuse(`"${name}" is not a text`);
  };
  const user = (name: string): string => {
    const id = string(name);
    return isName(id) ? id : refuse(`"${name}" cannot be a user id`);
  };
  const kind = string('kind');
  const from = user('from');
  switch (kind) {
    case 'message':
      if (fields['room'] === undefined) return { kind: 'direct', from, to: user('to'), text: string('text') };
      return { kind, room: string('room'), from, text: string('text') };
    case 'join':
    case 'leave':
      return { kind, room: string('room'), from };
    case 'rename':
      return { kind, room: string('room'), from, to: user('to') };
    default:
      return refuse(`the kind "${kind}" is not known`);
  }
};

export const readCorpus = (path: string): Corpus => {
  const bytes = readFileSync(path);
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const packed = bytes.length >= 2 && bytes.readUInt16LE(0) === GZIP_MAGIC;
  const text = (packed ? gunzipSync(bytes) : bytes).toString('utf8');
  const lines: CorpusLine[] = [];
  let number = 0;
  for (const line of text.split('\n')) {
    number += 1;
    if (line !== '') lines.push(parseCorpusLine(line, number));
  }
  return { lines, digest };
};
