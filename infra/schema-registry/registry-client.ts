/** HTTP to a Confluent-compatible registry: one call, its answer or a failure in our words. */
import { BubbleError } from '../../schemas/errors.ts';

export type RegistryAuth =
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string };

export interface ClientOptions {
  /** Of the API: http(s)://host:port/apis/ccompat/v7. User and password in it are taken as `auth`. */
  readonly url: string;
  readonly auth?: RegistryAuth;
  /** A request that takes longer is given up. */
  readonly timeoutMs: number;
}

export interface Answer {
  readonly status: number;
  /** The registry's own code of an error: 40401 and others; 0: none. */
  readonly errorCode: number;
  readonly message: string;
  /** What came, as JSON; null where it was none. */
  readonly body: unknown;
}

/** The answer of a registry; a schema of ours has some KiB. */
const ANSWER_BYTES = 4 * 1024 * 1024;
const TYPE = 'application/vnd.schemaregistry.v1+json';

const authorization = (auth: RegistryAuth): string =>
  auth.kind === 'bearer'
    ? `Bearer ${auth.token}`
    : `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}`;

/** An URL without its user and password, and those. */
const splitUrl = (text: string): { base: string; auth: RegistryAuth | null } => {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    // Without the text, which may hold a password.
    throw new BubbleError(
      'CONFIG',
      'the URL of the schema registry must be written as http://host:port/path',
    );
  }
  const url = new URL(text);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const base = `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  if (username === '') return { base, auth: null };
  return {
    base,
    auth: { kind: 'basic', user: decodeURIComponent(username), password: decodeURIComponent(password) },
  };
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
};

const readBody = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > ANSWER_BYTES) throw new RangeError(`an answer above ${ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Proxies and broken registries answer in HTML: the status says enough.
    return null;
  }
};

const fieldOf = (body: unknown, name: string): unknown =>
  typeof body === 'object' && body !== null && name in body
    ? (body as Record<string, unknown>)[name]
    : undefined;

export class RegistryClient {
  /** Without user and password. */
  readonly base: string;
  readonly #headers: Record<string, string>;
  readonly #timeoutMs: number;

  constructor({ url, auth, timeoutMs }: ClientOptions) {
    const split = splitUrl(url);
    const used = auth ?? split.auth;
    this.base = split.base;
    this.#timeoutMs = timeoutMs;
    this.#headers = {
      accept: `${TYPE}, application/json`,
      'content-type': TYPE,
      ...(used === null ? {} : { authorization: authorization(used) }),
    };
  }

  /**
   * Any answer below 500 but 401, 403, 408 and 429 is for the caller.
   * @throws BubbleError retryable where the registry is away: REFUSED, TIMEOUT; not retryable where it wants other
   * credentials
   */
  async ask(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    let status: number;
    let text: string;
    try {
      const response = await fetch(`${this.base}${path}`, {
        method,
        headers: this.#headers,
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      status = response.status;
      text = await readBody(response);
    } catch (cause) {
      if (timeout.aborted) throw this.#away('TIMEOUT', `no answer within ${this.#timeoutMs} ms`, cause);
      throw this.#away('REFUSED', reasonOf(cause), cause);
    }
    const value = parsed(text);
    const message = String(fieldOf(value, 'message') ?? '');
    if (status === 401 || status === 403) {
      throw new BubbleError(
        'REFUSED',
        `the schema registry at ${this.base} refuses ${method} ${path} with ${status} ${message}: check its user and password`,
      );
    }
    if (status >= 500 || status === 429 || status === 408) {
      throw this.#away('REFUSED', `status ${status} ${message}`.trim());
    }
    return { status, errorCode: Number(fieldOf(value, 'error_code') ?? 0), message, body: value };
  }

  #away(code: 'REFUSED' | 'TIMEOUT', reason: string, cause?: unknown): BubbleError {
    return new BubbleError(code, `the schema registry at ${this.base} does not answer: ${reason}`, {
      retryable: true,
      cause,
    });
  }
}
