// Runs the suites that need real servers: `npm run test:servers` all of them, `npm run test:servers -- kafka-one` those
// whose path contains a word. Each suite brings its servers (Maven, once), starts them on loopback in a folder of its
// own, and removes them. One suite at a time: three brokers are enough for two cores.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const words = process.argv.slice(2);
const folders = ['infra', 'gateways', 'processors', 'clients', 'scripts'];

const files = folders
  .map((folder) => join(root, folder))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => join(folder, String(file))))
  .filter((file) => file.endsWith('.servers.ts'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();
if (files.length === 0) {
  console.error(`no suite matches ${words.join(' ')}`);
  process.exit(1);
}

const started = Date.now();
const child = spawn(
  process.execPath,
  ['--import', 'tsx', '--test', '--test-reporter=spec', '--test-concurrency=1', ...files],
  { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_NO_WARNINGS: '1' } },
);
child.on('exit', (code) => {
  console.log(`${files.length} suites with real servers in ${Math.round((Date.now() - started) / 1000)} s`);
  process.exit(code ?? 1);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
