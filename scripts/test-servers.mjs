// Runs the suites that need real servers: `npm run test:servers` all of them, `npm run test:servers -- kafka-one` those
// whose path contains a word. Each suite brings its servers (apt, Maven; once), starts them on loopback in a folder of
// its own, and removes them. One suite at a time: three brokers are enough for two cores.
//
// A whole pass notes the digest of all sources in scripts/servers/full-pass.json. With `--ci` the core runs always, and
// all suites run where the sources are others than those of that pass.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const FOLDERS = ['schemas', 'infra', 'gateways', 'processors', 'clients', 'scripts'];
const CORE = [
  'kafka-one',
  'kafka-group',
  'timeline-mysql',
  'timeline-postgres',
  '/redis.servers',
  'registry',
  'cluster',
];
const PASS_FILE = join(root, 'scripts', 'servers', 'full-pass.json');

const allFiles = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)),
).sort();

const sourcesDigest = () => {
  const hash = createHash('sha256');
  for (const file of [...allFiles, join(root, 'package-lock.json')]) {
    if (file === PASS_FILE || !/\.(ts|mjs|py|json|avsc|proto|js)$/.test(file)) continue;
    hash
      .update(`${relative(root, file)}\n`)
      .update(readFileSync(file))
      .update('\n');
  }
  return hash.digest('hex');
};

const words = process.argv.slice(2);
const isCi = words.includes('--ci');
const digest = sourcesDigest();
const lastPass = existsSync(PASS_FILE) ? JSON.parse(readFileSync(PASS_FILE, 'utf8')) : null;
const isProven = lastPass?.sources === digest;
let wanted = words.filter((word) => !word.startsWith('--'));
if (isCi && isProven) wanted = CORE;
if (isCi) {
  console.log(
    isProven
      ? 'the sources are those of the last whole pass: the core of the suites runs'
      : 'the sources have changed since the last whole pass: all suites run',
  );
}

const suites = allFiles
  .filter((file) => file.endsWith('.servers.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)));
if (suites.length === 0) {
  console.error(`no suite matches ${wanted.join(' ')}`);
  process.exit(1);
}

const started = Date.now();
const child = spawn(
  process.execPath,
  ['--import', 'tsx', '--test', '--test-reporter=spec', '--test-concurrency=1', ...suites],
  { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_NO_WARNINGS: '1' } },
);
child.on('exit', (code) => {
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`${suites.length} suites with real servers in ${seconds} s`);
  if (code === 0 && wanted.length === 0 && sourcesDigest() === digest) {
    writeFileSync(
      PASS_FILE,
      `${JSON.stringify({ sources: digest, suites: suites.length, seconds }, null, 2)}\n`,
    );
  }
  process.exit(code ?? 1);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
