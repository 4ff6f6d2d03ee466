/** Inputs of the known-answer vectors, and the run that makes their values; `vectors.json` holds the results. */
import { writeHeader } from '../wire/header.ts';
import type { CryptoPort } from './crypto-port.ts';
import * as schedule from './key-schedule.ts';

export interface ScheduleInput {
  readonly name: string;
  readonly suite: number;
  readonly kid: number;
  readonly requestSequence: number;
  readonly requestBodyLength: number;
  readonly answerBodyLength: number;
  /** Each fill: [byte, count]. */
  readonly serverKey: readonly [number, number];
  readonly rsaData: readonly [number, number];
  readonly k1: number;
  readonly shared: number;
  readonly serverRandom: number;
  readonly sessionKey: number;
  readonly serverPublic: number;
  readonly request: string;
  readonly answer: string;
}

interface DirectionVector {
  readonly secret: string;
  readonly key: string;
  readonly iv: string;
  /** Secret of the next epoch. */
  readonly next: string;
}

/** All values in hexadecimal. */
export interface ScheduleVector {
  readonly input: ScheduleInput;
  readonly th1: string;
  readonly s1: string;
  readonly kc: string;
  readonly aesData: string;
  readonly thq: string;
  readonly tha: string;
  readonly ks: string;
  readonly th2: string;
  readonly s2: string;
  readonly kek: string;
  readonly encSessionKey: string;
  readonly s3: string;
  readonly res: string;
  readonly authSectResp: string;
  readonly th3: string;
  readonly c2s: DirectionVector;
  readonly s2c: DirectionVector;
  /** Body of the first c2s frame: op 2, seq 7, empty. */
  readonly firstFrameBody: string;
}

const base: ScheduleInput = {
  name: 'suite 1, the vector of the design',
  suite: 1,
  kid: 1,
  requestSequence: 1,
  requestBodyLength: 600,
  answerBodyLength: 300,
  serverKey: [9, 422],
  rsaData: [8, 384],
  k1: 1,
  shared: 2,
  serverRandom: 3,
  sessionKey: 4,
  serverPublic: 5,
  request: 'areq',
  answer: 'aresp',
};

export const VECTOR_CASES: readonly ScheduleInput[] = [
  base,
  { ...base, name: 'suite 2', suite: 2, kid: 7, serverKey: [9, 65], rsaData: [8, 65], k1: 0x11 },
  { ...base, name: 'suite 3', suite: 3, kid: 0xfffffffe, serverKey: [9, 0], rsaData: [8, 355], k1: 0x21 },
  { ...base, name: 'empty texts, large numbers', requestSequence: 0xffffffff, request: '', answer: '' },
];

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export const runSchedule = async (port: CryptoPort, input: ScheduleInput): Promise<ScheduleVector> => {
  const fill = (byte: number, count = 32): Uint8Array => new Uint8Array(count).fill(byte);
  const header = (operation: number, sequence: number, length: number): Uint8Array => {
    const out = new Uint8Array(17);
    writeHeader(out, 0, operation, sequence, length);
    return out;
  };
  const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
  const seal = async (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plain: Uint8Array) =>
    port.seal(await port.importAead(key), nonce, aad, plain);

  const requestHeader = header(7, input.requestSequence, input.requestBodyLength);
  const th1 = schedule.requestHash(port, {
    header: requestHeader,
    suite: input.suite,
    kid: input.kid,
    serverKey: fill(...input.serverKey),
    rsaData: fill(...input.rsaData),
  });
  const s1 = schedule.firstSecret(port, fill(input.k1));
  const kc = schedule.requestKey(port, s1, th1);
  const aesData = await seal(kc, schedule.ZERO_NONCE, th1, ascii(input.request));
  const thq = schedule.sealedRequestHash(port, th1, aesData);
  const { tha, ks } = schedule.answerKeys(port, s1, thq, fill(input.serverRandom));
  const serverPublic = fill(input.serverPublic, schedule.POINT_BYTES);
  serverPublic[0] = 4;
  const { th2, s2, kek } = schedule.exchangeKeys(port, s1, tha, serverPublic, fill(input.shared));
  const encSessionKey = await seal(kek, schedule.ZERO_NONCE, th2, fill(input.sessionKey));
  const { s3, resumption } = schedule.sessionSecrets(port, { s2, th2 }, fill(input.sessionKey));
  const answerHeader = header(8, input.requestSequence, input.answerBodyLength);
  const aad = schedule.answerAad(answerHeader, tha);
  const authSectResp = await seal(ks, schedule.ZERO_NONCE, aad, ascii(input.answer));
  const th3 = schedule.wholeHash(port, th2, answerHeader, authSectResp);
  const { clientToServer, serverToClient } = schedule.trafficSecrets(port, s3, th3);
  const direction = (secret: Uint8Array): DirectionVector => ({
    secret: hex(secret),
    key: hex(schedule.trafficKey(port, secret)),
    iv: hex(schedule.trafficIv(port, secret)),
    next: hex(schedule.nextTrafficSecret(port, secret)),
  });
  const firstFrameBody = await seal(
    schedule.trafficKey(port, clientToServer),
    schedule.trafficIv(port, clientToServer),
    header(2, 7, schedule.TAG_BYTES),
    schedule.EMPTY,
  );
  return {
    input,
    th1: hex(th1),
    s1: hex(s1),
    kc: hex(kc),
    aesData: hex(aesData),
    thq: hex(thq),
    tha: hex(tha),
    ks: hex(ks),
    th2: hex(th2),
    s2: hex(s2),
    kek: hex(kek),
    encSessionKey: hex(encSessionKey),
    s3: hex(s3),
    res: hex(resumption),
    authSectResp: hex(authSectResp),
    th3: hex(th3),
    c2s: direction(clientToServer),
    s2c: direction(serverToClient),
    firstFrameBody: hex(firstFrameBody),
  };
};
