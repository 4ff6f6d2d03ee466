import { BubbleError } from '../../schemas/errors.ts';

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';

/** Translates what the file system answers; the only place that knows its codes. */
export const diskFailure = (error: unknown, path: string): BubbleError => {
  if (error instanceof BubbleError) return error;
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new BubbleError('DISK_FULL', `no space left on the disk of ${path}`, {
        retryable: true,
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new BubbleError('FOLDER_NOT_WRITABLE', `${path} may not be written by this user`, {
        cause: error,
      });
    case 'ENOTDIR':
    case 'EEXIST':
      return new BubbleError('FOLDER_NOT_WRITABLE', `${path} is not a folder, or lies below a file`, {
        cause: error,
      });
    case 'ENOENT':
      return new BubbleError('FILE_NOT_FOUND', `${path} does not exist`, { cause: error });
    default:
      return new BubbleError('DISK_FAILED', `the disk failed at ${path}: ${String(error)}`, { cause: error });
  }
};
