/** Sends commands until their outcome is definite: the same id and bytes again, whatever is lost on the way. */
import { setTimeout as wait } from 'node:timers/promises';
import { type Ack, bodyWithId, decodeAck } from '../../../clients/sdk/commands.ts';
import { BubbleError, isBubbleError, isRetryable } from '../../../schemas/errors.ts';
import type { UserSessions } from './user-sessions.ts';

export interface ImportCommand {
  readonly user: string;
  readonly operation: number;
  /** Without clientMsgId. */
  readonly body: Uint8Array;
  readonly clientMsgId: bigint;
  /** For the sentence of a refusal. */
  readonly what: string;
}

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 2_000;
const GIVE_UP_MS = 120_000;

export interface RunCounts {
  answered: number;
  /** Done by an earlier run. */
  repeated: number;
  retried: number;
}

export class CommandRunner {
  readonly counts: RunCounts = { answered: 0, repeated: 0, retried: 0 };
  readonly #sessions: UserSessions;

  constructor(sessions: UserSessions) {
    this.#sessions = sessions;
  }

  /** @throws BubbleError REFUSED where the outcome is not that it was done; TIMEOUT after two minutes without one */
  async run(command: ImportCommand): Promise<Ack> {
    const body = bodyWithId(command.operation, command.body, command.clientMsgId);
    const started = performance.now();
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      const result = await this.#attempt(command, body);
      if (!(result instanceof Error) && result !== 'later') {
        this.counts.answered += 1;
        if (result.duplicate || result.name === 'STALE_ID') this.counts.repeated += 1;
        return result;
      }
      if (performance.now() - started > GIVE_UP_MS) {
        const cause = result instanceof Error ? `: ${result.message}` : '';
        throw new BubbleError('TIMEOUT', `${command.what} has no outcome after two minutes${cause}`);
      }
      this.counts.retried += 1;
      await wait(pauseMs);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  async #attempt(command: ImportCommand, body: Uint8Array): Promise<Ack | 'later' | Error> {
    let ack: Ack;
    try {
      ack = await this.#sessions.use(command.user, async (session) =>
        decodeAck(await session.ask(command.operation, body)),
      );
    } catch (error) {
      if (isBubbleError(error) && error.retryable) return error;
      throw error;
    }
    // PENDING: durable, its outcome comes. Asking again under the same id is answered with it.
    if (ack.name === 'PENDING' || (ack.name !== 'UNKNOWN' && isRetryable(ack.name))) return 'later';
    if (ack.name === 'OK' || ack.name === 'STALE_ID') return ack;
    throw new BubbleError('REFUSED', `${command.what} was refused: ${ack.name} ${ack.message}`);
  }
}
