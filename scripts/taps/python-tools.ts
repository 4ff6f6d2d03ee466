/** A Python of its own with the packages that analysts use, in the cache folder: made once for these versions. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { BubbleError } from '../../schemas/errors.ts';
import { cacheFolder } from '../servers/cache.ts';

const run = promisify(execFile);

export const PYTHON_PACKAGES = [
  'confluent-kafka[avro,schemaregistry]==2.16.1',
  'fastavro==1.13.1',
  'duckdb==2.0.1',
] as const;
const INSTALL_WITHIN_MS = 300_000;

/**
 * @returns the interpreter
 * @throws BubbleError REFUSED where there is no Python 3 with venv, or the packages do not come
 */
export async function pythonWithTools(): Promise<string> {
  const version = createHash('sha256').update(PYTHON_PACKAGES.join('\n')).digest('hex').slice(0, 12);
  const folder = join(dirname(cacheFolder), 'taps', `python-${version}`);
  const python = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return python;
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  try {
    await run('python3', ['-m', 'venv', folder]);
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PYTHON_PACKAGES];
    await run(python, install, { timeout: INSTALL_WITHIN_MS });
  } catch (cause) {
    throw new BubbleError('REFUSED', `Python could not be had with ${PYTHON_PACKAGES.join(', ')}`, { cause });
  }
  await writeFile(complete, '');
  return python;
}
