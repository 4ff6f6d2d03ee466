/** CPU of the server's end of a handshake alone, in this process: the real authenticator, no sockets and no log. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeCryptoPort } from '../../clients/sdk/crypto/node-crypto-port.ts';
import { type Handshake, type StoredTicket, startHandshake } from '../../clients/sdk/handshake.ts';
import { openAuthenticator } from '../../gateways/auth/handshake-authenticator.ts';
import { openKeyRing } from '../../gateways/auth/key-ring.ts';
import { memoryKeyStore } from '../../gateways/auth/key-store.ts';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { openOwnKeys } from '../../infra/identity/own-keys.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { SUITE } from '../../schemas/channel/key-schedule.ts';
import { verifyManifest } from '../../schemas/channel/manifest.ts';
import { TRIAL_LIMITS } from '../../schemas/limits.ts';
import { HEADER_BYTES } from '../../schemas/wire/header.ts';

const WARM_UP = 300;
const MEASURED = 600;

/** Milliseconds of CPU (all threads) of each suite: from the Auth frame to the answer. */
export async function handshakeAlone(): Promise<Record<number, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'bubble-handshake-'));
  const clock = systemClock;
  const logger = SILENT_LOGGER;
  const sso = await openOwnKeys({ folder, clock });
  const keys = await openKeyRing({ store: memoryKeyStore(), deployment: 'bench', clock, logger });
  await keys.settled();
  const server = await openAuthenticator({
    keys,
    sso,
    limits: TRIAL_LIMITS,
    clock,
    logger,
    gateName: 'bench',
  });
  try {
    const crypto = nodeCryptoPort();
    const trust = { deployment: 'bench', rootKeys: keys.rootKeys };
    const manifest = await verifyManifest(crypto, server.manifest(), trust, clock.now(), 0);
    if (typeof manifest === 'string') throw new Error(`manifest: ${manifest}`);
    const token = await sso.issue({ tenant: 'main', user: 'ann', ttlSec: 3_600 });
    const device = { clientVersion: 1, deviceId: 'bench' };
    let ticket: StoredTicket | null = null;

    /** Auth frames of this suite, made beforehand: what the client spends is not the server's. */
    const framesOf = async (suite: number, count: number): Promise<Handshake[]> => {
      const resumes = suite === SUITE.RESUMPTION;
      const frames: Handshake[] = [];
      for (let index = 0; index < count; index += 1) {
        const handshake = await startHandshake({
          crypto,
          manifest,
          device,
          // One ticket for all of them: it is spent when the first frame of a session opens.
          ticket: resumes ? ticket : null,
          credentials: resumes ? null : { user: 'ann', token },
          nowMs: clock.now(),
          sequence: 5,
          suites: [resumes ? SUITE.STATIC_ECDH : suite],
        });
        if (handshake.kind !== 'started') throw new Error(handshake.kind);
        frames.push(handshake);
      }
      return frames;
    };
    const answer = async ({ frame }: Handshake): Promise<Uint8Array> => {
      const [header, body] = [frame.subarray(0, HEADER_BYTES), frame.subarray(HEADER_BYTES)];
      const outcome = await server.authenticate({ header, body, address: '127.0.0.1' });
      if (outcome.kind !== 'accepted') throw new Error(outcome.error);
      return outcome.frame;
    };

    const figures: Record<number, number> = {};
    for (const suite of [SUITE.RSA, SUITE.STATIC_ECDH, SUITE.RESUMPTION]) {
      for (const handshake of await framesOf(suite, WARM_UP)) await answer(handshake);
      const handshakes = await framesOf(suite, MEASURED);
      // One reading of the CPU for all: a reading itself costs 50 us.
      const before = process.cpuUsage();
      let last: Uint8Array | null = null;
      for (const handshake of handshakes) last = await answer(handshake);
      const used = process.cpuUsage(before);
      figures[suite] = (used.user + used.system) / MEASURED / 1_000;
      const result = await handshakes
        .at(-1)!
        .complete(last!.subarray(0, HEADER_BYTES), last!.subarray(HEADER_BYTES));
      if (result.kind !== 'ready') throw new Error(result.kind);
      ticket = result.ticket;
    }
    return figures;
  } finally {
    await server.close();
    await keys.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
