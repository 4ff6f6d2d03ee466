/**
 * How well devices are served while a deployment is worked on. Pure: it is told what happens, and when.
 *
 * A device is without service while it has no session, or a send without its outcome: from the moment that this begins
 * until it has a session and nothing is open any more.
 */
import type { Outcome } from '../../../clients/sdk/outbox.ts';
import { ERRORS, errorNameOf } from '../../../schemas/errors.ts';

/** What was seen since the figures were taken last. */
export interface ServiceFigures {
  /** Sends with a definite outcome that is no refusal. */
  readonly answered: number;
  /** Definite refusals, by name. */
  readonly refused: ReadonlyMap<string, number>;
  /** Answers that ask to come again (RETRY_LATER and the like), by name. */
  readonly retries: ReadonlyMap<string, number>;
  /** Sends answered PENDING first. */
  readonly pending: number;
  /** From the first RETRY_LATER of a send to its outcome, the longest, ms. */
  readonly longestRetryMs: number;
  /** The longest time that a device was without service, ms, and which one. */
  readonly longestWithoutMs: number;
  readonly longestWithout: string;
  /** What that one went through, each with the ms since it began. */
  readonly longestPath: readonly string[];
  /** The longest time that a device was without a session, ms. */
  readonly longestOfflineMs: number;
}

/** Steps of a path that are kept. */
const LONGEST_PATH = 40;
const RETRY_FROM = ERRORS.RETRY_LATER.code;
const RETRY_BELOW = ERRORS.NOT_A_MEMBER.code;

const count = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1);
};

class Tally {
  answered = 0;
  pending = 0;
  longestRetryMs = 0;
  longestWithoutMs = 0;
  longestWithout = '';
  longestPath: readonly string[] = [];
  longestOfflineMs = 0;
  readonly refused = new Map<string, number>();
  readonly retries = new Map<string, number>();

  without(device: string, ms: number, path: readonly string[]): void {
    if (ms <= this.longestWithoutMs) return;
    this.longestWithoutMs = ms;
    this.longestWithout = device;
    this.longestPath = [...path];
  }
}

export class ServiceWatch {
  readonly #now: () => number;
  readonly #devices: DeviceWatch[] = [];
  #tally = new Tally();

  /** @param now monotonic, ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  device(name: string): DeviceWatch {
    const device = new DeviceWatch(name, this.#now, () => this.#tally);
    this.#devices.push(device);
    return device;
  }

  /** Whether every device has a session and nothing open. Devices that are away on purpose do not count. */
  get isQuiet(): boolean {
    return this.#devices.every((device) => !device.isWithout);
  }

  /** Since the last call. What is not over yet counts as far as it has come, now and once more when it ends. */
  take(): ServiceFigures {
    for (const device of this.#devices) device.look();
    const taken = this.#tally;
    this.#tally = new Tally();
    return taken;
  }
}

export class DeviceWatch {
  readonly #name: string;
  readonly #now: () => number;
  readonly #tally: () => Tally;
  #offlineSince: number | null = null;
  #withoutSince: number | null = null;
  #retrySince: number | null = null;
  #open = 0;
  /** Since it is without service. */
  #path: string[] = [];

  constructor(name: string, now: () => number, tally: () => Tally) {
    this.#name = name;
    this.#now = now;
    this.#tally = tally;
  }

  get isWithout(): boolean {
    return this.#withoutSince !== null;
  }

  /** It wants a session, and has none. @param why for people */
  offline(why = 'offline'): void {
    this.#offlineSince ??= this.#now();
    this.#lack();
    this.#note(why);
  }

  /** @param where for people */
  online(where = 'online'): void {
    this.#note(where);
    this.look();
    this.#offlineSince = null;
    this.#serve();
  }

  #lack(): void {
    if (this.#withoutSince !== null) return;
    this.#withoutSince = this.#now();
    this.#path = [];
  }

  #note(what: string): void {
    if (this.#withoutSince === null || this.#path.length >= LONGEST_PATH) return;
    this.#path.push(`${Math.round(this.#now() - this.#withoutSince)} ${what}`);
  }

  /** It is stopped on purpose, and wants nothing. */
  away(): void {
    this.look();
    this.#offlineSince = null;
    this.#withoutSince = null;
  }

  /** A send is given to the outbox. */
  sent(): void {
    this.#open += 1;
    this.#lack();
    this.#note('sends');
  }

  /** An answer has come over the wire, definite or not. */
  answered(code: number): void {
    const tally = this.#tally();
    const name = errorNameOf(code) ?? `code ${code}`;
    this.#note(name);
    if (code === ERRORS.PENDING.code) tally.pending += 1;
    if (code < RETRY_FROM || code >= RETRY_BELOW) return;
    count(tally.retries, name);
    this.#retrySince ??= this.#now();
  }

  /** A send has its outcome. */
  settled(outcome: Outcome): void {
    this.#note(outcome.kind);
    this.look();
    const tally = this.#tally();
    if (outcome.kind === 'accepted') tally.answered += 1;
    else count(tally.refused, outcome.error);
    this.#retrySince = null;
    this.#open -= 1;
    this.#serve();
  }

  #serve(): void {
    if (this.#offlineSince === null && this.#open === 0) this.#withoutSince = null;
  }

  /** Counts what is going on as far as it has come. */
  look(): void {
    const now = this.#now();
    const tally = this.#tally();
    if (this.#withoutSince !== null) tally.without(this.#name, now - this.#withoutSince, this.#path);
    if (this.#offlineSince !== null)
      tally.longestOfflineMs = Math.max(tally.longestOfflineMs, now - this.#offlineSince);
    if (this.#retrySince !== null)
      tally.longestRetryMs = Math.max(tally.longestRetryMs, now - this.#retrySince);
  }
}
