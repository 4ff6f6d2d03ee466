/**
 * Case `handshake`: CPU of the server for a handshake of suite 1 (RSA), 2 (static key) and 3 (resumption): alone, and
 * for the whole life of a connection to a real server that does nothing else.
 */
import {
  createECDH,
  createPrivateKey,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto';
import { SUITE } from '../../schemas/channel/key-schedule.ts';
import { LIMITS_PROFILE, startServer } from './bench-server.ts';
import { handshakeAlone } from './handshake-alone.ts';
import { Population } from './population.ts';
import type { Figure, Report } from './report.ts';

const HANDSHAKES = 600;
const AT_ONCE = 8;

export async function handshake(): Promise<Report> {
  const alone = await handshakeAlone();
  const server = await startServer();
  try {
    const population = new Population(server, 'tcp');
    await population.waitForSuite(SUITE.RSA);
    const figures: Record<string, Figure> = {};
    const counts: Record<string, number> = {};
    const suites = [
      ['suite 1 (RSA, ECDH)', SUITE.RSA, 3, 2],
      ['suite 2 (static key)', SUITE.STATIC_ECDH, 0.6, 0.3],
      ['suite 3 (resumption)', SUITE.RESUMPTION, 0.6, 0.3],
    ] as const;
    for (const [name, suite, floor, goal] of suites) {
      const { cpu, done } = await measure(population, suite, () => server.cpuMicroseconds());
      const figure = (value: number) => ({ value, unit: 'ms', lowerIsBetter: true });
      figures[name] = { ...figure(alone[suite]!), floor, goal };
      figures[`${name}, whole connection`] = { ...figure(cpu / done / 1_000), floor: null, goal: null };
      counts[name] = done;
    }
    return {
      case: 'handshake',
      limits: LIMITS_PROFILE,
      figures,
      counts,
      rawLimit: {
        'RSA-3072 decryption alone': { value: rsaAlone(), unit: 'ms' },
        'P-256 pair and one derivation alone': { value: ecdhAlone(), unit: 'ms' },
      },
      cpu: {},
      valid: Object.values(counts).every((count) => count === HANDSHAKES),
      notes: [
        'alone: Auth frame to answer, token check included; whole connection: accept, handshake, heartbeat, session record in the log, close',
      ],
    };
  } finally {
    await server.stop();
    server.remove();
  }
}

async function measure(
  population: Population,
  suite: number,
  cpuMicroseconds: () => number,
): Promise<{ cpu: number; done: number }> {
  const users = Array.from({ length: AT_ONCE }, (_, index) => `user-${suite}-${index}`);
  // Warm: code compiled, and a ticket for each user where resumption is measured.
  for (let round = 0; round < 10; round += 1)
    await Promise.all(users.map((user) => population.handshake(user, suite)));
  const before = cpuMicroseconds();
  let done = 0;
  await Promise.all(
    users.map(async (user) => {
      for (let index = 0; index < HANDSHAKES / AT_ONCE; index += 1) {
        await population.handshake(user, suite);
        done += 1;
      }
    }),
  );
  return { cpu: cpuMicroseconds() - before, done };
}

const ROUNDS = 100;

function rsaAlone(): number {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 3_072,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const key = createPrivateKey(privateKey);
  const sealed = publicEncrypt({ key: publicKey, oaepHash: 'sha256' }, Buffer.alloc(129));
  const start = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) privateDecrypt({ key, oaepHash: 'sha256' }, sealed);
  return (performance.now() - start) / ROUNDS;
}

function ecdhAlone(): number {
  const peer = createECDH('prime256v1');
  const point = peer.generateKeys();
  const start = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) {
    const own = createECDH('prime256v1');
    own.generateKeys();
    own.computeSecret(point);
  }
  return (performance.now() - start) / ROUNDS;
}
