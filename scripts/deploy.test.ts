/**
 * What infra/deploy and docs/operating.md say must be what the code has: settings, ports, metrics; images are pinned and
 * no secret is written down. `helm` is run too where this machine has it (HELM names it, or the path).
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { SimClock } from '../infra/clock/sim-clock.ts';
import { FILE_VARIABLE, readConfig, settingNamed } from '../infra/config/read-config.ts';
import { environmentName, LIMIT_OF_SETTING, SETTINGS } from '../infra/config/settings.ts';
import { KafkaCounts } from '../infra/log/kafka/request-counts.ts';
import type { Log } from '../infra/log/log.ts';
import { SILENT_LOGGER } from '../infra/logger/logger.ts';
import { LagClock } from './bubble/serve/lag-clock.ts';
import { Measurements } from './bubble/serve/measurements.ts';
import { metricsOf } from './bubble/serve/metrics.ts';
import { ROLES } from './bubble/serve/roles.ts';
import type { Server } from './bubble/serve/server.ts';

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly command?: string | readonly string[];
}

const root = fileURLToPath(new URL('..', import.meta.url));
const deploy = join(root, 'infra/deploy');
const chart = join(deploy, 'helm/bubble');
const textOf = (...path: string[]): string => readFileSync(join(...path), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'bubble-deploy-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const isSetting = (name: string): boolean => settingNamed(name) !== undefined || LIMIT_OF_SETTING.has(name);
const variables = new Set([FILE_VARIABLE, ...Object.keys(SETTINGS).map(environmentName)]);
const portOf = (listener: 'tcp' | 'websocket' | 'admin'): number =>
  SETTINGS[`${listener}.port`].default as number;
const PORTS = (['tcp', 'websocket', 'admin'] as const).map(portOf);

const compose = parse(textOf(deploy, 'compose/compose.yaml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
};
const ours = Object.entries(compose.services).filter(([, { image }]) => image.startsWith('bubble:'));

test('compose: gates and processors start with valid settings, and listen where others look for them', () => {
  assert.deepEqual(
    ours.map(([name]) => name),
    ['gate-1', 'gate-2', 'processor-1', 'processor-2'],
  );
  for (const [name, { environment = {}, ports = [] }] of ours) {
    const shown = Object.fromEntries(
      Object.entries(environment).map(([variable, value]) => [
        variable,
        String(value).replaceAll(/\$\{[^}]*\}/g, 'x'),
      ]),
    );
    for (const variable of Object.keys(shown)) assert.ok(variables.has(variable), `${name}: ${variable}`);
    const file = join(deploy, 'compose/bubble.toml');
    const read = readConfig({ folder, environment: { ...shown, BUBBLE_CONFIG: undefined }, flags: [], file });
    assert.equal(read.kind, 'valid', JSON.stringify(read));
    assert.deepEqual(read.kind === 'valid' && read.config.warnings, []);
    const { settings } = (read as Extract<typeof read, { kind: 'valid' }>).config;
    assert.deepEqual([settings['tcp.port'], settings['websocket.port'], settings['admin.port']], PORTS);
    const published = ports.map((port) => Number(port.split(':').at(-1)));
    assert.deepEqual(published, name.startsWith('gate') ? PORTS.slice(0, 2) : []);
    // Clients are told the ports of the machine, not those of the container.
    const places = ports.map((port) => port.split(':').slice(0, 2).join(':'));
    const [tcp, websocket] = [settings['tcp.advertise'], settings['websocket.advertise']];
    assert.deepEqual(
      [tcp, websocket],
      places.length === 0 ? [undefined, undefined] : [places[0], `ws://${places[1]}`],
    );
  }
  const names = Object.keys(compose.services);
  const hosts = [...textOf(deploy, 'compose/bubble.toml').matchAll(/([a-z0-9-]+):(9092|8080|2379)/g)];
  assert.ok(hosts.length >= 5 && hosts.every(([, host]) => names.includes(host!)), String(hosts));
});

test('images are pinned to a release, and passwords are nowhere but in the environment', () => {
  const dockerfile = textOf(deploy, 'Dockerfile');
  const images = [
    ...Object.values(compose.services).map(({ image }) => image),
    ...[...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image!),
  ];
  for (const image of images) assert.match(image, /:v?\d+\.\d+/, image);
  for (const { environment = {}, command = [] } of Object.values(compose.services)) {
    for (const [variable, value] of Object.entries(environment))
      if (/PASSWORD|AUTH|_URL$/.test(variable) && /password|auth|@/i.test(`${variable}${value}`))
        assert.match(String(value), /\$\{[A-Z_]+:\?/, variable);
    const words = [command].flat();
    const at = words.indexOf('--requirepass');
    if (at >= 0) assert.match(words[at + 1]!, /^\$\{[A-Z_]+:\?/);
  }
  const example = textOf(deploy, 'compose/.env.example');
  for (const [, value] of example.matchAll(/^[A-Z_]+=(.*)$/gm)) assert.equal(value, '');
  const exposed = /^EXPOSE (.*)$/m.exec(dockerfile)![1]!.split(' ').map(Number);
  assert.deepEqual(exposed, PORTS);
  assert.match(dockerfile, new RegExp(`127\\.0\\.0\\.1:${portOf('admin')}/healthz`));
  assert.match(dockerfile, /^USER node$/m);
  assert.equal(
    JSON.parse(textOf(root, 'package.json')).version,
    /bubble:([\d.]+)/.exec(ours[0]![1].image)![1],
  );
});

test('the chart: settings, variables and ports are those of the code', () => {
  const values = parse(textOf(chart, 'values.yaml')) as Record<string, unknown>;
  const schema = JSON.parse(textOf(chart, 'values.schema.json')) as { properties: Record<string, unknown> };
  for (const name of Object.keys(values)) assert.ok(name in schema.properties, `no schema for ${name}`);
  for (const name of Object.keys(values['settings'] as object)) assert.ok(isSetting(name), name);
  const config = textOf(chart, 'templates/config.yaml');
  const set = [...config.matchAll(/^ {4}([a-z][a-z.-]*) = /gm)].map(([, name]) => name!);
  assert.ok(set.length > 10);
  for (const name of set) assert.ok(isSetting(name), name);
  for (const [, name] of config.matchAll(/"([a-z-]+\.[a-z-]+)"/g)) {
    if (name !== 'bubble.name' && name !== 'bubble.labels') assert.ok(isSetting(name!), name);
  }
  const templates = readdirSync(join(chart, 'templates')).map((file) => textOf(chart, 'templates', file));
  for (const [variable] of templates.join('').matchAll(/BUBBLE_[A-Z_]*[A-Z]\b(?!\.\.\.)/g))
    assert.ok(variables.has(variable), variable);
  for (const [, port] of templates.join('').matchAll(/(?:containerPort|port): (7\d{3})/g))
    assert.ok(PORTS.includes(Number(port)), port);
  assert.equal(
    (parse(textOf(chart, 'Chart.yaml')) as { appVersion: string }).appVersion,
    JSON.parse(textOf(root, 'package.json')).version,
  );
});

/** Names of all metrics that any process can have. */
const metricNames = async (): Promise<Set<string>> => {
  const measurements = new Measurements();
  measurements.kafka = new KafkaCounts();
  const clock = new SimClock();
  const processors = () => [];
  const log = {} as Log;
  const lagClock = new LagClock({ log, clock, logger: SILENT_LOGGER, processors });
  const server = { gate: null, processors: [], layout: { epoch: 1 } } as unknown as Server;
  const tracing = { samples: () => false, span: () => {}, dropped: 0, close: async () => {} };
  const roles = new Set(ROLES);
  const metrics = metricsOf(server, { roles, measurements, lagClock, clock, tracing, version: '1' });
  const text = await metrics.text();
  lagClock.close();
  return new Set([...text.matchAll(/^# TYPE (bubble_\w+)/gm)].map(([, name]) => name!));
};

test('every metric is in the table of docs/operating.md, and alerts ask for metrics that there are', async () => {
  const names = await metricNames();
  const page = textOf(root, 'docs/operating.md');
  const documented = new Set([...page.matchAll(/`(bubble_\w+)/g)].map(([, name]) => name!));
  assert.deepEqual(
    [...names].filter((name) => !documented.has(name)),
    [],
  );
  assert.deepEqual(
    [...documented].filter((name) => !names.has(name)),
    [],
  );
  for (const name of names) assert.match(name, /^bubble_[a-z_]+$/);
  const { groups } = parse(textOf(chart, 'alerts.yml')) as {
    groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
  };
  const rules = groups.flatMap(({ rules: each }) => each);
  assert.ok(rules.length > 10);
  for (const { alert, expr } of rules) {
    for (const [name] of expr.matchAll(/bubble_\w+/g))
      assert.ok(names.has(name.replace(/_bucket$/, '')), `${alert} asks for ${name}`);
  }
});

test('prometheus scrapes the admin port of every gate and processor', () => {
  const { scrape_configs: jobs } = parse(textOf(deploy, 'compose/prometheus.yml')) as {
    scrape_configs: { static_configs: { targets: string[] }[] }[];
  };
  const targets = jobs.flatMap(({ static_configs: each }) => each.flatMap(({ targets: some }) => some));
  assert.deepEqual(
    targets.toSorted(),
    ours.map(([name]) => `${name}:${portOf('admin')}`),
  );
});

const helm = process.env['HELM'] ?? 'helm';
const hasHelm = spawnSync(helm, ['version']).status === 0;

test('helm lint and template; what it renders is a configuration that a gate starts with', {
  skip: !hasHelm,
}, () => {
  const given = join(folder, 'values.yaml');
  writeFileSync(
    given,
    [
      'kafka: { brokers: ["kafka:9092"], tls: true, caSecret: { name: ca, key: ca.crt }, sasl: plain, username: bubble,',
      '  passwordSecret: { name: kafka, key: password } }',
      'registry: { urlSecret: { name: registry, key: url } }',
      'timeline: { urlSecret: { name: sql, key: url } }',
      'redis: { urlSecret: { name: redis, key: url } }',
      'etcd: { endpoints: ["http://etcd:2379"] }',
      'tracing: { otlpUrl: "http://collector:4318/v1/traces" }',
      'settings: { sso.issuer: "https://id.example.org" }',
      'monitoring: { serviceMonitor: { enabled: true }, prometheusRule: { enabled: true } }',
    ].join('\n'),
  );
  const run = (...args: string[]) => spawnSync(helm, args, { encoding: 'utf8' });
  const linted = run('lint', '--strict', '--values', given, chart);
  assert.equal(linted.status, 0, linted.stdout + linted.stderr);
  const template = ['template', 'bubble', chart, '--values', given, '--kube-version', '1.31.0'];
  const rendered = run(...template);
  assert.equal(rendered.status, 0, rendered.stderr);
  const objects = parseAllDocuments(rendered.stdout).map(
    (document) => document.toJS() as { kind: string; data: never },
  );
  assert.ok(
    objects.some(({ kind }) => kind === 'StatefulSet') &&
      objects.some(({ kind }) => kind === 'PrometheusRule'),
  );
  assert.ok(!rendered.stdout.includes('kind: Job'), 'keys are made only when asked for');
  const advertised = /BUBBLE_TCP_ADVERTISE\n +value: "(.*)"/;
  const own = advertised.exec(rendered.stdout)?.[1];
  assert.match(own ?? '', /^\$\(BUBBLE_GATE_NAME\)\.bubble-gates\.\w+\.svc:7000$/);
  const asked = run(
    ...template,
    '--set',
    'keys.create=true',
    '--set',
    'gate.advertise.tcp=im.example.org:443',
  );
  assert.equal(asked.status, 0, asked.stderr);
  assert.match(asked.stdout, /kind: Job[\s\S]*args: \[keys, create\]/);
  assert.equal(advertised.exec(asked.stdout)?.[1], 'im.example.org:443');
  const file = join(folder, 'rendered.toml');
  writeFileSync(file, objects.find(({ kind }) => kind === 'ConfigMap')!.data['bubble.toml']);
  const environment = {
    BUBBLE_KAFKA_PASSWORD: 'x',
    BUBBLE_REGISTRY_URL: 'http://registry:8080/apis/ccompat/v7',
    BUBBLE_TIMELINE_URL: 'postgres://bubble:x@sql/bubble',
    BUBBLE_REDIS_URL: 'redis://redis:6379',
  };
  const read = readConfig({ folder, environment, flags: [], file });
  assert.equal(read.kind, 'valid', JSON.stringify(read));
  for (const wrong of [
    'settings.kafka\\.password=x',
    'image.tag=latest',
    'kafka.sasl=maybe',
    'gate.replicas=0',
    'gate.advertise.websocket=chat.example.org',
    'settings.tcp\\.advertise=a:1',
  ])
    assert.notEqual(run(...template, '--set', wrong).status, 0, `${wrong} was accepted`);
});
