/** The structure of the code, checked: layers, vendors, cycles, words, ports. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const LAYERS: Record<string, string[]> = {
  schemas: ['schemas'],
  infra: ['infra', 'schemas'],
  gateways: ['gateways', 'infra', 'schemas'],
  processors: ['processors', 'infra', 'schemas'],
  clients: ['clients', 'schemas'],
  scripts: ['scripts', 'clients', 'processors', 'gateways', 'infra', 'schemas'],
};

/** Where a vendor's package may be imported: one folder each, so that it can be replaced there. */
const VENDORS: Record<string, string[]> = {
  kafkajs: ['infra/log/kafka'],
  ioredis: ['infra/redis'],
  etcd3: ['infra/etcd'],
  mysql2: ['infra/timeline/mysql'],
  pg: ['infra/timeline/postgres'],
  'pg-copy-streams': ['infra/timeline/postgres'],
  ws: ['gateways/gate', 'clients/sdk/node', 'scripts/bench'],
  jose: ['infra/identity'],
  avsc: ['schemas/events'],
  pino: ['infra/logger'],
  'prom-client': ['infra/metrics'],
  '@opentelemetry/api': ['infra/tracing'],
  '@opentelemetry/exporter-trace-otlp-http': ['infra/tracing'],
  '@opentelemetry/resources': ['infra/tracing'],
  '@opentelemetry/sdk-trace-base': ['infra/tracing'],
  'smol-toml': ['infra/config'],
  zod: ['infra/config'],
  commander: ['scripts'],
  'cli-progress': ['scripts'],
  'cli-table3': ['scripts'],
};

/** Code that a simulation runs must reach time, randomness and files through ports only. */
const PORTED = [
  'schemas/',
  'infra/log/embedded/',
  'infra/lanes/',
  'infra/snapshots/',
  'infra/timeline/embedded/',
  'gateways/session/',
  'processors/',
  'clients/sdk/client',
  'clients/sdk/session',
];
const UNPORTED =
  /\b(setTimeout|setInterval|setImmediate|Date\.now|performance\.now|Math\.random|process\.nextTick)\b|from 'node:(fs|net|timers)/;

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: string[];
}

const sources: Source[] = Object.keys(LAYERS).flatMap((layer) =>
  readdirSync(join(root, layer), { recursive: true })
    .map((file) => join(layer, String(file)))
    .filter((path) => path.endsWith('.ts') && !path.includes('generated'))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
      return { path, text, imports: found };
    }),
);
const isTest = (path: string): boolean => /\.test\.ts$|\/(conformance|contract)\.ts$/.test(path);
const resolved = (from: string, specifier: string): string => normalize(join(dirname(from), specifier));

test('layers: schemas <- infra <- gateways, processors; clients import schemas only; nothing imports scripts', () => {
  const wrong: string[] = [];
  for (const { path, imports } of sources) {
    const layer = path.split('/')[0]!;
    for (const specifier of imports.filter((each) => each.startsWith('.'))) {
      const target = resolved(path, specifier).split('/')[0]!;
      const allowed = isTest(path) ? [...LAYERS[layer]!, 'infra', 'schemas', 'processors'] : LAYERS[layer]!;
      if (!allowed.includes(target)) wrong.push(`${path} imports ${specifier}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('one vendor package, one folder', () => {
  const wrong: string[] = [];
  for (const { path, imports } of sources) {
    if (isTest(path)) continue;
    for (const specifier of imports) {
      const parts = specifier.split('/');
      // A deep import (kafkajs/src/...) belongs to its package.
      const name = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
      const folders = VENDORS[name];
      if (folders !== undefined && !folders.some((folder) => path.startsWith(folder)))
        wrong.push(`${path} imports ${specifier}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('no cycles between files', () => {
  const graph = new Map(
    sources.map(({ path, text }) => [
      path,
      [...text.matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from\s+'(\.[^']+)'/gm)].map((match) =>
        resolved(path, match[1]!),
      ),
    ]),
  );
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): void => {
    if (done.has(path)) return;
    assert.ok(!trail.includes(path), `cycle: ${[...trail.slice(trail.indexOf(path)), path].join(' -> ')}`);
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
});

test('what a simulation runs knows no clock, dice or file of its own', () => {
  const wrong = sources
    .filter(({ path }) => !isTest(path) && PORTED.some((prefix) => path.startsWith(prefix)))
    .filter(({ text }) => UNPORTED.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')))
    .map(({ path }) => path);
  assert.deepEqual(wrong, []);
});

test('names say what is inside; no barrels; nothing silences the compiler', () => {
  for (const { path, text } of sources) {
    assert.doesNotMatch(path, /\b(utils?|helpers?|common|manager|misc)\b/, path);
    assert.doesNotMatch(path, /\/index\.ts$/, path);
    if (path !== 'scripts/structure.test.ts')
      assert.doesNotMatch(text, /@ts-(ignore|nocheck|expect-error)/, path);
  }
});
