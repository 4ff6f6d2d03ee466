/** The calls of the Confluent API that bubble needs, in its own terms. Failures of the way: see `RegistryClient.ask`. */
import { BubbleError } from '../../schemas/errors.ts';
import { schemaText } from '../../schemas/events/compatibility.ts';
import type { AvroSchema } from '../../schemas/events/envelope.ts';
import type { Answer, RegistryClient } from './registry-client.ts';
import type { SchemaVersion } from './schema-registry.ts';

/** The API's codes for "there is no such": subject, version, schema, rule of the subject. */
const NOT_THERE = new Set([40401, 40402, 40403, 40408]);

const isNotThere = ({ status, errorCode }: Answer): boolean => status === 404 && NOT_THERE.has(errorCode);

/** An Avro record as it lies in the registry; null where the text is anything else. */
const recordOf = (text: unknown): AvroSchema | null => {
  if (typeof text !== 'string') return null;
  try {
    const schema: unknown = JSON.parse(text);
    const isRecord =
      typeof schema === 'object' && schema !== null && 'type' in schema && schema.type === 'record';
    return isRecord && 'fields' in schema && Array.isArray(schema.fields) ? (schema as AvroSchema) : null;
  } catch {
    // Protobuf, for one.
    return null;
  }
};

interface Place {
  readonly subject: string;
  readonly version: number;
}

const isPlace = (value: unknown): value is Place =>
  typeof value === 'object' &&
  value !== null &&
  'subject' in value &&
  typeof value.subject === 'string' &&
  'version' in value &&
  Number.isInteger(value.version);

const versionOf = (body: unknown): SchemaVersion | null => {
  if (!isPlace(body) || !('id' in body) || !Number.isInteger(body.id) || !('schema' in body)) return null;
  const schema = recordOf(body.schema);
  return schema === null
    ? null
    : { subject: body.subject, version: body.version, id: body.id as number, schema };
};

const part = (subject: string): string => `/subjects/${encodeURIComponent(subject)}`;

export class RegistryProtocol {
  readonly #client: RegistryClient;
  readonly #signal: AbortSignal;

  constructor(client: RegistryClient, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /** The version of a subject with this schema; null: not registered. */
  async find(subject: string, schema: AvroSchema): Promise<SchemaVersion | null> {
    const answer = await this.#ask('POST', part(subject), { schema: schemaText(schema) });
    if (isNotThere(answer)) return null;
    return versionOf(answer.body) ?? this.#strange('POST', part(subject), answer);
  }

  /** @returns null: it is there now; else the registry's words on why the schema may not be the next version */
  async add(subject: string, schema: AvroSchema): Promise<string | null> {
    const path = `${part(subject)}/versions`;
    const answer = await this.#ask('POST', path, { schema: schemaText(schema) });
    if (answer.status === 200) return null;
    if (answer.status === 409 || answer.status === 422) return answer.message;
    return this.#strange('POST', path, answer);
  }

  /** Why this schema may not be the next version; null: it may, or the subject is new. */
  async refusal(subject: string, schema: AvroSchema): Promise<string | null> {
    const path = `/compatibility${part(subject)}/versions?verbose=true`;
    const answer = await this.#ask('POST', path, { schema: schemaText(schema) });
    if (isNotThere(answer)) return null;
    if (answer.status === 422) return answer.message;
    const { body } = answer;
    if (answer.status !== 200 || typeof body !== 'object' || body === null || !('is_compatible' in body)) {
      return this.#strange('POST', path, answer);
    }
    if (body.is_compatible === true) return null;
    if ('messages' in body && Array.isArray(body.messages)) return body.messages.join('; ');
    return 'reason' in body ? String(body.reason) : 'it is not compatible';
  }

  /** The rule of the subject; null: it has none of its own. */
  async rule(subject: string): Promise<string | null> {
    const path = `/config/${encodeURIComponent(subject)}?defaultToGlobal=false`;
    const answer = await this.#ask('GET', path);
    if (isNotThere(answer)) return null;
    const { body } = answer;
    if (answer.status !== 200 || typeof body !== 'object' || body === null)
      return this.#strange('GET', path, answer);
    return 'compatibilityLevel' in body ? String(body.compatibilityLevel) : null;
  }

  async setRule(subject: string, compatibility: string): Promise<void> {
    const path = `/config/${encodeURIComponent(subject)}`;
    const answer = await this.#ask('PUT', path, { compatibility });
    // Some registries know a subject's rule only once the subject is there.
    if (answer.status !== 200 && !isNotThere(answer)) this.#strange('PUT', path, answer);
  }

  /** All versions that have this id; null: the registry has no such id. Empty: it is no Avro record. */
  async byId(id: number): Promise<SchemaVersion[] | null> {
    const path = `/schemas/ids/${id}`;
    const [named, placed] = await Promise.all([this.#ask('GET', path), this.#ask('GET', `${path}/versions`)]);
    if (isNotThere(named)) return null;
    const { body } = named;
    if (named.status !== 200 || typeof body !== 'object' || body === null || !('schema' in body)) {
      return this.#strange('GET', path, named);
    }
    const schema = recordOf(body.schema);
    if (schema === null) return [];
    if (placed.status !== 200 || !Array.isArray(placed.body) || !placed.body.every(isPlace)) {
      return this.#strange('GET', `${path}/versions`, placed);
    }
    return placed.body.map(({ subject, version }) => ({ subject, version, id, schema }));
  }

  async versionNumbers(subject: string): Promise<number[]> {
    const path = `${part(subject)}/versions`;
    const answer = await this.#ask('GET', path);
    if (isNotThere(answer)) return [];
    const { body } = answer;
    if (answer.status !== 200 || !Array.isArray(body) || !body.every(Number.isInteger)) {
      return this.#strange('GET', path, answer);
    }
    return (body as number[]).toSorted((a, b) => a - b);
  }

  /** null: deleted meanwhile, or no Avro record. */
  async version(subject: string, version: number): Promise<SchemaVersion | null> {
    const path = `${part(subject)}/versions/${version}`;
    const answer = await this.#ask('GET', path);
    if (answer.status !== 200 && !isNotThere(answer)) return this.#strange('GET', path, answer);
    return versionOf(answer.body);
  }

  async subjects(): Promise<string[]> {
    const answer = await this.#ask('GET', '/subjects');
    if (answer.status !== 200 || !Array.isArray(answer.body))
      return this.#strange('GET', '/subjects', answer);
    return answer.body.map(String).toSorted();
  }

  #ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<Answer> {
    return this.#client.ask(method, path, body, this.#signal);
  }

  #strange(method: string, path: string, { status, message }: Answer): never {
    throw new BubbleError(
      'REFUSED',
      `${this.#client.base} answers ${method} ${path} with ${status} ${message}: it must be the URL of a ` +
        'Confluent-compatible registry (of Apicurio: http://host:port/apis/ccompat/v7)',
    );
  }
}
