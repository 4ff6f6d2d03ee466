/** CPU of the server's end of a handshake alone, in this process: the real authenticator, no sockets and no log. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeCryptoPort } from '../../clients/sdk/crypto/node-crypto-port.ts';
import { type StoredTicket, startHandshake } from '../../clients/sdk/handshake.ts';
import { openAuthenticator } from '../../gateways/auth/handshake-authenticator.ts';
import { openKeyRing } from '../../gateways/auth/key-ring.ts';
import { memoryKeyStore } from '../../gateways/auth/server-keys.ts';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { openOwnKeys } from '../../infra/identity/own-keys.ts';
import { SILENT_LOGGER } from '../../infra/logger/logger.ts';
import { SUITE } from '../../schemas/channel/key-schedule.ts';
import { verifyManifest } from '../../schemas/channel/manifest.ts';
import { TRIAL_LIMITS } from '../../schemas/limits.ts';
import { HEADER_BYTES } from '../../schemas/wire/header.ts';
import { OP } from '../../schemas/wire/operations.ts';

const WARM_UP = 300;
const MEASURED = 600;

/** Milliseconds of CPU (all threads) of each suite: from the Auth frame to the answer, and opening the first frame. */
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

    const once = async (suite: number): Promise<number> => {
      const resumes = suite === SUITE.RESUMPTION;
      const handshake = await startHandshake({
        crypto,
        manifest,
        device,
        ticket: resumes ? ticket : null,
        credentials: resumes ? null : { user: 'ann', token },
        nowMs: clock.now(),
        sequence: 5,
        suites: [resumes ? SUITE.STATIC_ECDH : suite],
      });
      if (handshake.kind !== 'started') throw new Error(handshake.kind);
      const { frame } = handshake;
      const before = process.cpuUsage();
      const request = {
        header: frame.subarray(0, HEADER_BYTES),
        body: frame.subarray(HEADER_BYTES),
        address: '127.0.0.1',
      };
      const outcome = await server.authenticate(request);
      const answered = process.cpuUsage(before);
      if (outcome.kind !== 'accepted') throw new Error(outcome.error);
      const result = await handshake.complete(
        outcome.frame.subarray(0, HEADER_BYTES),
        outcome.frame.subarray(HEADER_BYTES),
      );
      if (result.kind !== 'ready') throw new Error(result.kind);
      ticket = result.ticket;
      const first = await result.channel.seal(OP.HEARTBEAT, 1, new Uint8Array(0));
      const opening = process.cpuUsage();
      const opened = outcome.channel.open(first.subarray(0, HEADER_BYTES), first.subarray(HEADER_BYTES));
      const used = process.cpuUsage(opening);
      if (opened === null) throw new Error('the first frame does not open');
      return answered.user + answered.system + used.user + used.system;
    };

    const figures: Record<number, number> = {};
    for (const suite of [SUITE.RSA, SUITE.STATIC_ECDH, SUITE.RESUMPTION]) {
      for (let round = 0; round < WARM_UP; round += 1) await once(suite);
      let microseconds = 0;
      for (let round = 0; round < MEASURED; round += 1) microseconds += await once(suite);
      figures[suite] = microseconds / MEASURED / 1_000;
    }
    return figures;
  } finally {
    await server.close();
    await keys.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
