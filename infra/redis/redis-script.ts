/** A script that Redis runs whole, known to it by its digest. */
import { createHash } from 'node:crypto';

export interface RedisScript {
  readonly text: string;
  /** SHA-1 of the text, hexadecimal. */
  readonly sha: string;
}

export const redisScript = (text: string): RedisScript => ({
  text,
  sha: createHash('sha1').update(text).digest('hex'),
});
