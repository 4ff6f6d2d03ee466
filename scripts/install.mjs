// Installs the dependencies from the lockfile when they are missing or older than it, so that `npm start` and
// `npm test` work straight after a clone. Plain JavaScript: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const mark = join(root, 'node_modules', '.bubble-lockfile');
const lockfile = readFileSync(join(root, 'package-lock.json'), 'utf8');

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`bubble needs Node 20.19 or newer; this is ${process.versions.node}`);
  process.exit(2);
}
if (!existsSync(mark) || readFileSync(mark, 'utf8') !== lockfile) {
  console.error('installing dependencies from the lockfile ...');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('npm ci failed: see above; it needs the npm registry once');
    process.exit(1);
  }
  writeFileSync(mark, lockfile);
}
