/** What a gate has done since the start, as plain numbers: read by metrics, written where it happens. */
import { Histogram, Tally } from '../../infra/metrics/histogram.ts';
import type { CloseName, ErrorName } from '../../schemas/errors.ts';
import { ERRORS, errorNameOf } from '../../schemas/errors.ts';
import { COMMAND, type CommandKind } from '../../schemas/events/inbound.ts';

const KIND_NAMES = new Map<number, string>(
  Object.entries(COMMAND).map(([name, kind]) => [kind, name.toLowerCase()]),
);

/** 'acknowledged'; 'failed': the log refused it; 'abandoned': not answered in time. */
export type AppendOutcome = 'acknowledged' | 'failed' | 'abandoned';

export class GateCounts {
  connections = 0;
  bytesReceived = 0;
  bytesSent = 0;
  pushFrames = 0;
  pushedRows = 0;
  /** Rows that notify mode kept back; their clients pulled them. */
  withheldRows = 0;
  /** Different push bodies: shared by all connections that wait for the same. */
  assembledBodies = 0;
  pulledRows = 0;
  /** Why the gate closed connections; those that clients closed are not in it. */
  readonly closes = new Tally<CloseName>();
  readonly authentications = new Tally<'accepted' | 'refused' | 'failed'>();
  readonly appends = new Tally<AppendOutcome>();
  readonly pulls = new Tally<'OK' | ErrorName>();
  /** Slots claimed, this one included. */
  claims = 0;
  /** From the receipt of a command to its answer by the log. */
  readonly answerSeconds = new Histogram();
  /** Of a batch of commands, from the call to the acknowledgement. */
  readonly appendSeconds = new Histogram();
  /** From the log's time of a command to when its row is handed to connections; the newest row of each batch read. */
  readonly pushDelaySeconds = new Histogram();
  readonly pullSeconds = new Histogram();
  /** By COMMAND: arrays, because a command and its answer are counted on the hot path. */
  readonly #commands: number[] = [];
  /** By the code of the catalogue. */
  readonly #answers: number[] = [];

  command(kind: CommandKind): void {
    this.#commands[kind] = (this.#commands[kind] ?? 0) + 1;
  }

  answer(error: ErrorName): void {
    this.answerCode(ERRORS[error].code);
  }

  answerCode(code: number): void {
    this.#answers[code] = (this.#answers[code] ?? 0) + 1;
  }

  /** Commands of good form, by kind. */
  *commands(): Generator<[string, number]> {
    for (const kind of Object.values(COMMAND)) {
      const count = this.#commands[kind];
      if (count !== undefined) yield [KIND_NAMES.get(kind)!, count];
    }
  }

  /** Answers to commands by the name of their code: a command may have two, PENDING and the outcome. */
  *answers(): Generator<[string, number]> {
    for (const [code, count] of this.#answers.entries()) {
      if (count !== undefined) yield [errorNameOf(code) ?? String(code), count];
    }
  }
}

const RET = 0x08; // CommandAck.ret: field 1, varint; left out where it is 0
const OFTEN_TWO_BYTES = 0x7f;

/** `ret` of an encoded CommandAck, which is its first field: all codes of the catalogue take two bytes at most. */
export const codeOfAck = (ack: Uint8Array): number => {
  if (ack[0] !== RET) return 0;
  const low = ack[1] ?? 0;
  return low < 0x80 ? low : (low & OFTEN_TWO_BYTES) | ((ack[2] ?? 0) << 7);
};
