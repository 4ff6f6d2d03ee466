/** Order of keys by their UTF-8 bytes, which is the order of code points. */
export const compareKeys = (left: string, right: string): number => {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  let at = 0;
  while (at < length && left.charCodeAt(at) === right.charCodeAt(at)) at += 1;
  if (at === length) return left.length - right.length;
  // UTF-16 puts surrogates (0xd800-0xdfff) below 0xe000-0xffff, UTF-8 above them.
  const a = left.charCodeAt(at);
  const b = right.charCodeAt(at);
  const highA = a >= 0xd800 && a < 0xe000 ? a + 0x2000 : a >= 0xe000 ? a - 0x800 : a;
  const highB = b >= 0xd800 && b < 0xe000 ? b + 0x2000 : b >= 0xe000 ? b - 0x800 : b;
  return highA - highB;
};
