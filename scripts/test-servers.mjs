// Runs the suites that need real servers: `npm run test:servers` all of them, `npm run test:servers -- kafka-one` those
// whose path contains a word. Each suite brings its servers (apt, Maven; once), starts them on loopback in a folder of
// its own, and removes them. One suite at a time: three brokers are enough for two cores.
//
// `--ci` runs the core of them, whose bounds hold on a machine that does other work too.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const FOLDERS = ['schemas', 'infra', 'gateways', 'processors', 'clients', 'scripts'];
const CORE = ['kafka-one', 'servers/redis.servers', 'servers/etcd'];

const allFiles = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)),
).sort();

const words = process.argv.slice(2);
const wanted = words.includes('--ci') ? CORE : words;

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
  process.exit(code ?? 1);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
