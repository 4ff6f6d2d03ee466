// Runs the suites that need real servers: `npm run test:servers` all of them, `npm run test:servers -- kafka-one` those
// whose path contains a word. Each suite brings its servers (apt, Maven; once), starts them on loopback in a folder of
// its own, and removes them. One suite at a time: three brokers are enough for two cores.
//
// --core   a core of them, in half a minute
// --again  a suite that fails is run once more, and both are told: for machines that others use too, where a server
//          may stand still for longer than the bounds allow
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const FOLDERS = ['schemas', 'infra', 'gateways', 'processors', 'clients', 'scripts'];
const CORE = ['kafka-one', 'servers/redis.servers', 'servers/etcd'];
/** No test takes longer, and no suite. */
const TIMEOUT_MS = 300_000;

const options = process.argv.slice(2).filter((word) => word.startsWith('--'));
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
for (const option of options) {
  if (option === '--core' || option === '--again') continue;
  console.error(`no option ${option}: --core, --again, or words that paths of suites contain`);
  process.exit(2);
}
const wanted = options.includes('--core') ? [...CORE, ...words] : words;

const suites = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)),
)
  .filter((file) => file.endsWith('.servers.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)))
  .sort();
if (suites.length === 0) {
  console.error(`no suite matches ${wanted.join(' ')}`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'bubble-suites-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
let running = null;
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    isInterrupted = true;
    running?.kill(signal);
  });
}

/** @returns the exit code, and the files in which something failed */
const run = (files) =>
  new Promise((resolve) => {
    const failures = join(folder, 'failures');
    const reporters = [
      ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
      ...[`--test-reporter=${new URL('failed-files.mjs', import.meta.url)}`],
      ...[`--test-reporter-destination=${failures}`],
    ];
    running = spawn(
      process.execPath,
      [
        ...['--import', 'tsx', '--test', '--test-concurrency=1', `--test-timeout=${TIMEOUT_MS}`],
        ...reporters,
        ...files,
      ],
      { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_NO_WARNINGS: '1' } },
    );
    running.on('exit', (code) => {
      const failed = readFileSync(failures, 'utf8')
        .split('\n')
        .filter((file) => file !== '');
      resolve({ code: code ?? 1, failed });
    });
  });

const nameOf = (file) => file.slice(file.lastIndexOf('/') + 1);
const started = Date.now();
let { code, failed } = await run(suites);
let unsteady = '';
if (code !== 0 && failed.length > 0 && options.includes('--again') && !isInterrupted) {
  const names = failed.map(nameOf).join(', ');
  console.log(`FAILED, and run once more: ${names}`);
  ({ code } = await run(failed));
  if (code === 0) unsteady = `; UNSTEADY, passed the second time only: ${names}`;
}
console.log(
  `${suites.length} suites with real servers in ${Math.round((Date.now() - started) / 1_000)} s${unsteady}`,
);
process.exit(code);
