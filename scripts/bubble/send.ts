/** `bubble send`: one message, and its definite outcome. */
import type { BubbleClient } from '../../clients/sdk/client.ts';
import { connectNode } from '../../clients/sdk/node/connect-node.ts';
import type { Outcome } from '../../clients/sdk/outbox.ts';
import { BubbleError, ERRORS, errorNameOf } from '../../schemas/errors.ts';
import { clientContext } from './client-context.ts';
import type { Options } from './config-flags.ts';
import { EXIT, print, printJson } from './terminal.ts';

const GIVE_UP_MS = 30_000;

export const refusalText = (outcome: Exclude<Outcome, { kind: 'accepted' }>): string => {
  const name = outcome.error === 'UNKNOWN' ? undefined : outcome.error;
  return name === undefined ? 'refused' : `${name}: ${ERRORS[name].sentence}`;
};

/**
 * A command that is tried once does not wait for a server that is not there, nor for a token to get better.
 * @param gates each is tried once
 * @returns rejects; never resolves
 */
export const hopeless = (client: BubbleClient, user: string, gates: number): Promise<never> =>
  new Promise((_, reject) => {
    let online = false;
    let absent = 0;
    let last = '';
    client.on('error', (error) => {
      last = error.message;
    });
    client.on('state', (phase) => {
      if (phase.kind === 'online') online = true;
      if (phase.kind === 'ended') {
        reject(
          new BubbleError('REFUSED', `the server does not let ${user} in: ${phase.reason} ${last}`.trim()),
        );
      }
      if (phase.kind !== 'waiting' || online) return;
      const refused = Object.values(ERRORS).some(
        ({ code, advice }) => advice === 'log-in-again' && phase.reason.includes(errorNameOf(code) ?? '?'),
      );
      if (refused) reject(new BubbleError('REFUSED', `the server does not let ${user} in: ${phase.reason}`));
      if (phase.reason.includes('cannot connect')) absent += 1;
      if (absent >= gates) {
        reject(new BubbleError('CONNECTION_LOST', `${phase.reason}: is the server running? (bubble serve)`));
      }
    });
  });

export const send = async (from: string, to: string, text: string, options: Options): Promise<number> => {
  const context = clientContext(options);
  const client = connectNode({
    trustFile: context.file,
    user: from,
    device: String(options['device']),
    token: () => context.tokenOf(from),
    history: 'snapshot',
  });
  let timer: NodeJS.Timeout | undefined;
  const givenUp = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new BubbleError('TIMEOUT', `no answer within ${GIVE_UP_MS / 1_000} s`));
    }, GIVE_UP_MS);
  });
  try {
    const failed = hopeless(client, from, context.server.gates.length);
    await client.start();
    const outcome = await Promise.race([client.send(to, text), failed, givenUp]);
    const accepted = outcome.kind === 'accepted';
    if (options['json'] === true) printJson(outcome);
    else if (accepted) print(`sent to ${to}, version ${outcome.seq}`);
    else print(`not sent: ${refusalText(outcome)}`);
    return accepted ? EXIT.OK : EXIT.FAILURE;
  } finally {
    clearTimeout(timer);
    await client.stop();
  }
};
