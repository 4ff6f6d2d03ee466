// Opens RSA-OAEP in a thread of its own. Plain JavaScript, so that it loads alike under tsx and under a Node that
// strips types. Messages in: {keys: [{kid, pkcs8}]} or {id, kid, data}; out: {id, plain} with plain null where it
// does not open.
import { constants, createPrivateKey, privateDecrypt } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';

/** @type {Map<number, import('node:crypto').KeyObject>} */
let keys = new Map();

const load = (list) => {
  keys = new Map(
    list.map(({ kid, pkcs8 }) => [
      kid,
      createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }),
    ]),
  );
};

const decrypt = (kid, data) => {
  const key = keys.get(kid);
  if (key === undefined) return null;
  try {
    return privateDecrypt(
      {
        key,
        padding: constants.RSA_PKCS1_OAEP_PADDING,
        oaepHash: 'sha256',
        oaepLabel: Buffer.from(workerData.label),
      },
      data,
    );
  } catch {
    return null; // Every failure is one and the same to the caller: no oracle.
  }
};

parentPort.on('message', (message) => {
  if (message.keys !== undefined) load(message.keys);
  else parentPort.postMessage({ id: message.id, plain: decrypt(message.kid, message.data) });
});
