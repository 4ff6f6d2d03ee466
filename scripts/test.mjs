// Runs the tests: `npm test` all of them, `npm test -- processors` those whose path contains the word.
// Types, lint and generated code are checked first unless tests are picked or `--no-checks` is given.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const words = process.argv.slice(2);
const checksWanted = words.length === 0;
const wanted = words.filter((word) => word !== '--no-checks');
const folders = ['schemas', 'infra', 'gateways', 'processors', 'clients', 'scripts'];

const files = folders
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((file) => join(folder, String(file))),
  )
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)))
  .sort();
if (files.length === 0) {
  console.error(`no test file matches ${wanted.join(' ')}`);
  process.exit(1);
}

if (checksWanted) {
  const checks = [
    ['types', ['node_modules/typescript/bin/tsc', '-p', '.']],
    ['lint', ['node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '--error-on-warnings']],
    ['generated code', ['scripts/generate-wire.mjs', '--check']],
  ];
  for (const [name, args] of checks) {
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
    if (status !== 0) {
      console.error(`${name}: failed`);
      process.exit(1);
    }
  }
}

const started = Date.now();
const child = spawn(
  process.execPath,
  ['--import', 'tsx', '--test', '--test-reporter=spec', '--test-concurrency=2', ...files],
  { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_NO_WARNINGS: '1' } },
);
child.on('exit', (code) => {
  console.log(
    `${files.length} test files on Node ${process.versions.node} in ${Math.round((Date.now() - started) / 1000)} s`,
  );
  process.exit(code ?? 1);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
