import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DEFAULT_LIMITS, TRIAL_LIMITS } from '../../schemas/limits.ts';
import { configurationPage, describeConfig, problemText } from './describe-config.ts';
import { type Config, type ConfigSources, readConfig } from './read-config.ts';
import { environmentName, LIMIT_OF_SETTING, SETTINGS } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'bubble-config-'));
after(() => rmSync(folder, { recursive: true }));

let files = 0;
const fileOf = (text: string): string => {
  files += 1;
  const path = join(folder, `case-${files}.toml`);
  writeFileSync(path, text);
  return path;
};

const sources = (parts: Partial<ConfigSources> = {}): ConfigSources => ({
  folder,
  environment: {},
  flags: [],
  ...parts,
});

const valid = (parts: Partial<ConfigSources> = {}): Config => {
  const result = readConfig(sources(parts));
  assert.equal(result.kind, 'valid', JSON.stringify(result));
  return result.kind === 'valid' ? result.config : assert.fail();
};

const sentences = (parts: Partial<ConfigSources>): string[] => {
  const result = readConfig(sources(parts));
  return result.kind === 'invalid' ? result.problems.map(problemText) : assert.fail('no problem found');
};

test('defaults alone are valid, and every one comes from the table', () => {
  const config = valid();
  assert.equal(config.settings['tcp.port'], 7000);
  assert.equal(config.settings['log.retention'], Number.POSITIVE_INFINITY);
  assert.equal(config.settings['data-folder'], join(folder, 'data'));
  assert.deepEqual(config.limits, DEFAULT_LIMITS);
  const { origins } = config;
  assert.equal(origins.size, Object.keys(SETTINGS).length + LIMIT_OF_SETTING.size);
  assert.ok([...origins.values()].every(({ source }) => source === 'default' || source === 'profile'));
});

test('advertised addresses: host and port, or a WebSocket URL', () => {
  const tried = (name: string, value: string): string =>
    readConfig(sources({ flags: [{ name, value, flag: '--set' }] })).kind;
  for (const value of ['gate-1.example.org:7000', '[2001:db8::1]:443', '127.0.0.1:65535'])
    assert.equal(tried('tcp.advertise', value), 'valid', value);
  for (const value of [
    '',
    'gate-1',
    'gate-1:0',
    'gate-1:70000',
    ':7000',
    'tcp://gate-1:7000',
    'a:1/b',
    'x@a:1',
  ])
    assert.equal(tried('tcp.advertise', value), 'invalid', value);
  for (const value of ['ws://127.0.0.1:7011', 'wss://chat.example.org', 'wss://chat.example.org:8443/im'])
    assert.equal(tried('websocket.advertise', value), 'valid', value);
  for (const value of [
    'chat.example.org',
    'https://chat.example.org',
    'wss://',
    'ws://u:p@a:1',
    'wss://a:70000',
  ])
    assert.equal(tried('websocket.advertise', value), 'invalid', value);
});

test('the later source wins, and its place is remembered', () => {
  const file = fileOf(
    'data-folder = "here"\n[tcp]\nport = 1\n[websocket]\nport = 2\n[admin]\nport = 3\n[limits]\nprofile = "trial"\nsync-rows = 7\n',
  );
  const config = valid({
    file,
    environment: {
      BUBBLE_WEBSOCKET_PORT: '20',
      BUBBLE_ADMIN_PORT: '30',
      BUBBLE_LOG_RETENTION: '90d',
      PATH: 'x',
    },
    flags: [{ name: 'admin.port', value: '300', flag: '--admin-port' }],
  });
  assert.equal(config.settings['tcp.port'], 1);
  assert.equal(config.settings['websocket.port'], 20);
  assert.equal(config.settings['admin.port'], 300);
  assert.equal(config.settings['log.retention'], 90 * 86_400_000);
  assert.equal(config.settings['data-folder'], join(folder, 'here'));
  assert.deepEqual(config.limits, { ...TRIAL_LIMITS, syncRows: 7 });
  assert.deepEqual(config.origins.get('tcp.port'), { source: 'file', where: file });
  assert.deepEqual(config.origins.get('websocket.port'), {
    source: 'environment',
    where: 'BUBBLE_WEBSOCKET_PORT',
  });
  assert.deepEqual(config.origins.get('admin.port'), { source: 'flag', where: '--admin-port' });
});

test('bubble.toml of the working folder is read without being named', () => {
  const here = join(folder, 'working');
  mkdirSync(here);
  writeFileSync(join(here, 'bubble.toml'), 'tenant = "acme"\n');
  assert.equal(valid({ folder: here }).settings.tenant, 'acme');
});

test('all problems are listed at once, each with its source', () => {
  const file = fileOf(
    'tenant = "No Good"\nmode = "prod"\n[tcp]\nprot = 1\nport = "x"\n[partitions]\ninbox = 0\n',
  );
  const found = sentences({
    file,
    environment: { BUBBLE_LOG_DURABILITY: 'never', BUBBLE_LIMITS_SYNC_ROWS: '-1', BUBBLE_BEHIND_TLS: 'yes' },
    flags: [
      { name: 'log.retention', value: 'long', flag: '--set' },
      { name: 'websocket.port', value: '7002', flag: '--websocket-port' },
    ],
  });
  const expected = [
    `mode (file ${file}): must be one of development, production`,
    `tenant (file ${file}): must be 1-32 of`,
    `tcp.prot (file ${file}): no such setting; did you mean tcp.port?`,
    `tcp.port (file ${file}): must be a whole number from 0 to 65535`,
    `partitions.inbox (file ${file}): must be at least 1`,
    'log.durability (environment BUBBLE_LOG_DURABILITY): must be one of always, interval, os',
    'limits.sync-rows (environment BUBBLE_LIMITS_SYNC_ROWS): must be at least 1',
    'behind-tls (environment BUBBLE_BEHIND_TLS): must be true or false',
    'log.retention (flag --set): must be "forever" or a number',
    'admin.port (default): websocket.port is 7002 too',
  ];
  for (const text of expected)
    assert.ok(
      found.some((sentence) => sentence.startsWith(text)),
      text,
    );
  assert.equal(found.length, expected.length, found.join('\n'));
});

test('a file that is missing or no TOML is a problem with its line', () => {
  assert.match(sentences({ file: 'nowhere.toml' })[0]!, /nowhere\.toml: the file does not exist/);
  assert.match(sentences({ file: fileOf('tenant = "a"\n= 3\n') })[0]!, /\.toml:2: /);
});

test('production refuses what is meant for development', () => {
  const flags = [
    { name: 'mode', value: 'production', flag: '--mode' },
    { name: 'limits.profile', value: 'trial', flag: '--limits' },
    { name: 'tcp.host', value: '0.0.0.0', flag: '--set' },
  ];
  const found = sentences({ flags });
  assert.equal(found.length, 3);
  assert.match(found[0]!, /sso\.kind .*own signing key/);
  assert.match(found[1]!, /limits\.profile .*trial/);
  assert.match(found[2]!, /tcp\.host .*TLS/);
});

test('limits must fit each other, and the sso its kind', () => {
  const flag = (name: string, value: string) => ({ name, value, flag: '--set' });
  assert.match(
    sentences({ flags: [flag('limits.body-bytes', '1000')] })[0]!,
    /limits\.body-bytes-before-auth .*1000/,
  );
  assert.match(sentences({ flags: [flag('limits.outstanding-per-conversation', '17')] })[0]!, /late retry/);
  assert.match(sentences({ flags: [flag('sso.kind', 'oidc')] })[0]!, /sso\.issuer/);
  assert.match(sentences({ flags: [flag('sso.kind', 'static')] })[0]!, /sso\.key-file/);
});

test('an unknown variable of the environment is a warning with a guess', () => {
  const config = valid({ environment: { BUBBLE_TCP_PROT: '1', BUBBLE_SERVICE_HOST_ADDRESS: 'x' } });
  assert.match(config.warnings[0]!, /did you mean BUBBLE_TCP_PORT/);
  assert.equal(config.warnings.length, 2);
});

test('names of the environment are unambiguous, and the page has every setting', () => {
  const names = [...Object.keys(SETTINGS), ...LIMIT_OF_SETTING.keys()];
  assert.equal(new Set(names.map(environmentName)).size, names.length);
  const page = configurationPage();
  for (const name of names) assert.ok(page.includes(`\`${name}\``), name);
  assert.equal(describeConfig(valid()).length, names.length);
});
