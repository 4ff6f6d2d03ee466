/**
 * A registry as others read it: the part of the Confluent API that consumers and their tools use, so that what is
 * written against a registry works on bubble alone. Read only: bubble registers its own schemas.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BubbleError, isBubbleError } from '../../schemas/errors.ts';
import { EVENT_SCHEMAS } from '../../schemas/events/codecs.ts';
import { compatibilityOf, incompatibilities, schemaText } from '../../schemas/events/compatibility.ts';
import { type AvroSchema, type Compatibility, typeOf } from '../../schemas/events/envelope.ts';
import type { SchemaRegistry, SchemaVersion } from './schema-registry.ts';

/** Where registries have this API. */
export const REGISTRY_PATH = '/apis/ccompat/v7';

const TYPE = 'application/vnd.schemaregistry.v1+json';
const REQUEST_BYTES = 1024 * 1024;

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const ok = (body: unknown): Reply => ({ status: 200, body });
const failed = (status: number, code: number, message: string): Reply => ({
  status,
  body: { error_code: code, message },
});
const NO_METHOD = failed(405, 405, 'Not allowed: this registry is read only.');
const NO_PATH = failed(404, 404, 'Nothing here.');
const NO_SCHEMA = failed(404, 40403, 'Schema not found.');
const noSubject = (subject: string): Reply => failed(404, 40401, `Subject '${subject}' not found.`);

const events = Object.values(EVENT_SCHEMAS);
const ruleOf = (subject: string): Compatibility =>
  compatibilityOf(events.find((event) => event.subject === subject) ?? { subject });

const shown = ({ subject, version, id, schema }: SchemaVersion): object => ({
  subject,
  version,
  id,
  schemaType: 'AVRO',
  schema: schemaText(schema),
});

/** The schema that a request carries; null: none that is Avro. */
const schemaIn = (text: string): AvroSchema | null => {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null || !('schema' in body)) return null;
    const schema: unknown = JSON.parse(String(body.schema));
    if (typeof schema !== 'object' || schema === null || !('fields' in schema)) return null;
    typeOf(schema as AvroSchema);
    return schema as AvroSchema;
  } catch {
    // What is wrong with a stranger's schema its author knows better.
    return null;
  }
};

const BAD_SCHEMA = failed(422, 42201, 'The request does not carry an Avro record: {"schema": "<its text>"}.');

class RegistryApi {
  readonly #registry: SchemaRegistry;

  constructor(registry: SchemaRegistry) {
    this.#registry = registry;
  }

  /** @param path parts behind REGISTRY_PATH, decoded */
  async answer(method: string, path: readonly string[], body: () => Promise<string>): Promise<Reply> {
    const [first, second, ...rest] = path;
    if (first === 'schemas') return method === 'GET' ? this.#schemas(second, rest) : NO_METHOD;
    if (first === 'config') {
      if (method !== 'GET') return NO_METHOD;
      return second === undefined ? ok({ compatibilityLevel: ruleOf('') }) : this.#rule(second);
    }
    if (first === 'compatibility' && method === 'POST') return this.#compatibility(path, body);
    if (first === 'mode' && method === 'GET') return ok({ mode: 'READONLY' });
    if (first === undefined && method === 'GET') return ok({});
    if (first !== 'subjects') return NO_PATH;
    if (second === undefined) return method === 'GET' ? ok(await this.#registry.subjects()) : NO_METHOD;
    if (method === 'GET') return this.#subject(second, rest);
    return method === 'POST' ? this.#find(second, rest, body) : NO_METHOD;
  }

  async #schemas(kind: string | undefined, [idText, what, ...more]: string[]): Promise<Reply> {
    if (kind === 'types') return ok(['AVRO']);
    if (kind !== 'ids' || idText === undefined || more.length > 0) return NO_PATH;
    const id = Number(idText);
    if (!Number.isSafeInteger(id)) return NO_SCHEMA;
    let schema: AvroSchema;
    try {
      schema = (await this.#registry.schema(id)).schema;
    } catch (error) {
      if (isBubbleError(error, 'UNKNOWN_SCHEMA')) return NO_SCHEMA;
      throw error;
    }
    if (what === undefined) return ok({ schema: schemaText(schema) });
    if (what === 'schema') return ok(JSON.parse(schemaText(schema)));
    const places = await this.#placesOf(id);
    if (what === 'versions') return ok(places);
    return what === 'subjects' ? ok(places.map(({ subject }) => subject)) : NO_PATH;
  }

  async #placesOf(id: number): Promise<{ subject: string; version: number }[]> {
    const places: { subject: string; version: number }[] = [];
    for (const subject of await this.#registry.subjects()) {
      for (const each of await this.#registry.versions(subject)) {
        if (each.id === id) places.push({ subject, version: each.version });
      }
    }
    return places;
  }

  async #subject(subject: string, [what, wanted, form, ...more]: string[]): Promise<Reply> {
    if (what !== 'versions' || more.length > 0) return NO_PATH;
    const versions = await this.#registry.versions(subject);
    if (versions.length === 0) return noSubject(subject);
    if (wanted === undefined) return ok(versions.map(({ version }) => version));
    const found = this.#pick(versions, wanted);
    if ('status' in found) return found;
    if (form === undefined) return ok(shown(found));
    return form === 'schema' ? ok(JSON.parse(schemaText(found.schema))) : NO_PATH;
  }

  #pick(versions: readonly SchemaVersion[], wanted: string): SchemaVersion | Reply {
    if (wanted === 'latest' || wanted === '-1') return versions.at(-1)!;
    const number = Number(wanted);
    if (!Number.isSafeInteger(number) || number < 1) {
      return failed(422, 42202, `The version '${wanted}' is neither a number above 0 nor 'latest'.`);
    }
    const found = versions.find(({ version }) => version === number);
    return found ?? failed(404, 40402, `Version ${number} not found.`);
  }

  async #rule(subject: string): Promise<Reply> {
    const versions = await this.#registry.versions(subject);
    return versions.length === 0 ? noSubject(subject) : ok({ compatibilityLevel: ruleOf(subject) });
  }

  /** POST subjects/S looks a schema up; POST subjects/S/versions as well: what is new is refused. */
  async #find(subject: string, rest: readonly string[], body: () => Promise<string>): Promise<Reply> {
    const registers = rest.length === 1 && rest[0] === 'versions';
    if (rest.length > 0 && !registers) return NO_PATH;
    const schema = schemaIn(await body());
    if (schema === null) return BAD_SCHEMA;
    const versions = await this.#registry.versions(subject);
    const text = schemaText(schema);
    const found = versions.find((version) => schemaText(version.schema) === text);
    if (found !== undefined) return ok(registers ? { id: found.id } : shown(found));
    if (registers) return failed(403, 40301, 'This registry is read only: bubble registers its own schemas.');
    return versions.length === 0 ? noSubject(subject) : NO_SCHEMA;
  }

  /** POST compatibility/subjects/S/versions[/V]. */
  async #compatibility(path: readonly string[], body: () => Promise<string>): Promise<Reply> {
    const [, subjects, subject, versionsWord, wanted, ...more] = path;
    if (subjects !== 'subjects' || versionsWord !== 'versions' || subject === undefined || more.length > 0) {
      return NO_PATH;
    }
    const schema = schemaIn(await body());
    if (schema === null) return BAD_SCHEMA;
    const versions = await this.#registry.versions(subject);
    if (versions.length === 0) return noSubject(subject);
    let against: readonly SchemaVersion[] = versions;
    if (wanted !== undefined) {
      const found = this.#pick(versions, wanted);
      if ('status' in found) return found;
      against = [found];
    }
    const messages = incompatibilities(schema, against, ruleOf(subject));
    return ok({ is_compatible: messages.length === 0, messages });
  }
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  // Destroying the request would take the connection along, and the answer with it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > REQUEST_BYTES) throw new BubbleError('RECORD_TOO_LARGE', `more than ${REQUEST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** Parts of a path behind REGISTRY_PATH (which may have been taken off before), decoded. */
const partsOf = (url: string): string[] | null => {
  const path = url.split('?', 1)[0]!;
  const inside = path.startsWith(`${REGISTRY_PATH}/`) || path === REGISTRY_PATH;
  try {
    return (inside ? path.slice(REGISTRY_PATH.length) : path)
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
  } catch {
    // A stray percent sign.
    return null;
  }
};

const replyOn = (error: unknown): Reply => {
  if (isBubbleError(error, 'RECORD_TOO_LARGE')) return failed(413, 413, error.message);
  if (isBubbleError(error) && error.retryable) return failed(503, 50301, error.message);
  return failed(500, 50001, 'The registry failed in an unexpected way.');
};

export interface RegistryHandlerOptions {
  readonly registry: SchemaRegistry;
  /** Told of failures that the asker only sees as 500. */
  readonly failed?: (error: unknown) => void;
}

export type RegistryHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Answers every request that it is given; never rejects. */
export const makeRegistryHandler = ({
  registry,
  failed: report,
}: RegistryHandlerOptions): RegistryHandler => {
  const api = new RegistryApi(registry);
  return async (request, response) => {
    let reply: Reply;
    try {
      const path = partsOf(request.url ?? '/');
      reply =
        path === null ? NO_PATH : await api.answer(request.method ?? 'GET', path, () => readBody(request));
    } catch (error) {
      reply = replyOn(error);
      if (reply.status === 500) report?.(error);
    }
    if (response.destroyed) return;
    // What is left of a body that was not read would stand before the next request.
    const close = request.readableEnded || request.method === 'GET' ? {} : { connection: 'close' };
    response.writeHead(reply.status, { 'content-type': TYPE, ...close });
    response.end(JSON.stringify(reply.body));
  };
};
