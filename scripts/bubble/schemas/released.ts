/**
 * The schemas of all releases, in the source tree: schemas/events/released/<subject>/<version>.avsc. A version that is
 * there was written into somebody's log, so it is never changed, and everything that comes later is judged by it.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertNever, BubbleError } from '../../../schemas/errors.ts';
import {
  compatibilityOf,
  incompatibilities,
  schemaText,
  type Version,
} from '../../../schemas/events/compatibility.ts';
import type { AvroSchema, Compatibility, EventSchema } from '../../../schemas/events/envelope.ts';

export const RELEASED_FOLDER = fileURLToPath(new URL('../../../schemas/events/released', import.meta.url));

/** By subject, versions rising from 1. */
export type Released = ReadonlyMap<string, readonly Version[]>;

export type SchemaState =
  /** The code has this released version. */
  | { readonly kind: 'released'; readonly version: number }
  /** The code has a schema that may become this version. */
  | { readonly kind: 'unreleased'; readonly version: number }
  /** The code breaks released versions: a sentence for each. */
  | { readonly kind: 'incompatible'; readonly reasons: readonly string[] }
  /** Released once, and gone from the code: its records could not be read any more. */
  | { readonly kind: 'missing' };

export interface JudgedSchema {
  readonly subject: string;
  readonly compatibility: Compatibility;
  /** Released so far. */
  readonly versions: number;
  readonly state: SchemaState;
}

const schemaIn = async (path: string): Promise<AvroSchema> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as AvroSchema;
  } catch (cause) {
    throw new BubbleError('REFUSED', `${path} is not JSON: take it back from the release it belongs to`, {
      cause,
    });
  }
};

const versionsIn = async (folder: string): Promise<Version[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.avsc'));
  const numbers = names.map((name) => Number(name.slice(0, -'.avsc'.length))).toSorted((a, b) => a - b);
  if (!numbers.every((number, index) => number === index + 1)) {
    throw new BubbleError(
      'REFUSED',
      `${folder} must hold 1.avsc, 2.avsc and so on without a gap, and holds ${names.join(', ')}`,
    );
  }
  return Promise.all(
    numbers.map(async (version) => ({ version, schema: await schemaIn(join(folder, `${version}.avsc`)) })),
  );
};

/** @throws BubbleError REFUSED where a file is damaged or missing between others */
export const readReleased = async (folder: string): Promise<Released> => {
  const released = new Map<string, Version[]>();
  if (!existsSync(folder)) return released;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) released.set(entry.name, await versionsIn(join(folder, entry.name)));
  }
  return released;
};

const stateOf = (event: EventSchema, versions: readonly Version[]): SchemaState => {
  const reasons = incompatibilities(event.schema, versions, compatibilityOf(event));
  if (reasons.length > 0) return { kind: 'incompatible', reasons };
  const text = schemaText(event.schema);
  const same = versions.findLast(({ schema }) => schemaText(schema) === text);
  if (same !== undefined) return { kind: 'released', version: same.version };
  return { kind: 'unreleased', version: versions.length + 1 };
};

/** Every schema of the code and every released subject, by subject. */
export const judge = (events: readonly EventSchema[], released: Released): JudgedSchema[] => {
  const judged: JudgedSchema[] = events.map((event) => {
    const versions = released.get(event.subject) ?? [];
    return {
      subject: event.subject,
      compatibility: compatibilityOf(event),
      versions: versions.length,
      state: stateOf(event, versions),
    };
  });
  for (const [subject, versions] of released) {
    if (events.some((event) => event.subject === subject)) continue;
    judged.push({
      subject,
      compatibility: compatibilityOf({ subject }),
      versions: versions.length,
      state: { kind: 'missing' },
    });
  }
  return judged.toSorted((a, b) => (a.subject < b.subject ? -1 : 1));
};

/** What forbids the release, a sentence each; empty where nothing does. */
export const problemsOf = ({ subject, state }: JudgedSchema): string[] => {
  switch (state.kind) {
    case 'released':
    case 'unreleased':
      return [];
    case 'incompatible':
      return state.reasons.map((reason) => `${subject}: ${reason}`);
    case 'missing':
      return [`${subject}: it was released and the code has it no more, so its records could not be read`];
    default:
      return assertNever(state);
  }
};

/** Writes the next version of each schema that has changed. @returns the files written */
export const writeReleased = async (
  folder: string,
  events: readonly EventSchema[],
  judged: readonly JudgedSchema[],
): Promise<string[]> => {
  const written: string[] = [];
  for (const { subject, state } of judged) {
    const event = events.find((candidate) => candidate.subject === subject);
    if (state.kind !== 'unreleased' || event === undefined) continue;
    const path = join(folder, subject, `${state.version}.avsc`);
    await mkdir(join(folder, subject), { recursive: true });
    await writeFile(path, `${schemaText(event.schema, 2)}\n`, { flag: 'wx' });
    written.push(path);
  }
  return written;
};
