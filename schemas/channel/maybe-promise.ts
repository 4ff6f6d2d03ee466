/** Values that are promises only where the cryptography library is asynchronous. */
import type { MaybePromise } from './crypto-port.ts';

export const isPromise = <T>(value: MaybePromise<T>): value is Promise<T> => value instanceof Promise;

/** `then` without a promise where the value is already there. */
export const andThen = <T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>,
): MaybePromise<R> => (isPromise(value) ? value.then(next) : next(value));
