// Generates the static protobuf code of schemas/wire/bubble.proto. `--check` fails where the committed code is old.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, 'schemas/wire/generated');
const check = process.argv.includes('--check');
const folder = check ? mkdtempSync(join(tmpdir(), 'bubble-wire-')) : target;
const bin = (name) => join(root, 'node_modules/.bin', name);
const js = join(folder, 'bubble.js');
const types = join(folder, 'bubble.d.ts');

execFileSync(
  bin('pbjs'),
  [
    '-t',
    'static-module',
    '-w',
    'es6',
    '--es6',
    '--dependency',
    'protobufjs/minimal.js',
    '--no-delimited',
    '--no-verify',
    '--no-service',
    '--no-typeurl',
    '--force-long',
    '-o',
    js,
    join(root, 'schemas/wire/bubble.proto'),
  ],
  { stdio: 'inherit' },
);
execFileSync(bin('pbts'), ['-o', types, js], { stdio: 'inherit' });

if (check) {
  const stale = ['bubble.js', 'bubble.d.ts'].filter(
    (file) => readFileSync(join(folder, file), 'utf8') !== readFileSync(join(target, file), 'utf8'),
  );
  rmSync(folder, { recursive: true });
  if (stale.length > 0) {
    console.error(`schemas/wire/generated is not current (${stale.join(', ')}): run npm run generate`);
    process.exit(1);
  }
  console.log('schemas/wire/generated is current');
}
