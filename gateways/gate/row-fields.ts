/** Single numbers of an encoded row, read without decoding it: for metrics and traces. */

export const ROW_CONV_SEQ = 1; // AddMsg.msgId, which is convSeq, and stands first
export const ROW_SERVER_TIME = 20;

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/** @returns a varint field of the message, or null where it is not there or the bytes are no message */
export const numberField = (message: Uint8Array, field: number): number | null => {
  let at = 0;
  let value = 0;
  const varint = (): void => {
    value = 0;
    for (let scale = 1; at < message.length; scale *= 0x80) {
      const byte = message[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return;
    }
  };
  while (at < message.length) {
    varint();
    const type = value % 8;
    const isWanted = Math.floor(value / 8) === field;
    if (type === VARINT) {
      varint();
      if (isWanted) return value;
    } else if (type === BYTES) {
      varint();
      at += value;
    } else if (type === FIXED_64) at += 8;
    else if (type === FIXED_32) at += 4;
    else return null;
  }
  return null;
};
