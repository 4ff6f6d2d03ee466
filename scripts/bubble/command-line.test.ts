import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemClock } from '../../infra/clock/system-clock.ts';
import { configurationPage } from '../../infra/config/describe-config.ts';
import { openOwnKeys } from '../../infra/identity/own-keys.ts';
import { makeProgram } from './main.ts';
import { runBubble } from './testing/run-bubble.ts';
import { secondsOf } from './token.ts';

const folder = mkdtempSync(join(tmpdir(), 'bubble-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('every command has a description and examples in its help', () => {
  let seen = 0;
  const visit = (command: ReturnType<typeof makeProgram>): void => {
    let help = '';
    const writeOut = (text: string): void => {
      help += text;
    };
    command.configureOutput({ writeOut }).outputHelp();
    assert.notEqual(command.description(), '', command.name());
    if (command.commands.length === 0) {
      seen += 1;
      assert.match(help, /Examples:\n {2}\$ bubble /, command.name());
    }
    for (const child of command.commands) visit(child);
  };
  visit(makeProgram());
  assert.ok(seen >= 10);
});

test('exit codes: 0 fine, 2 usage and configuration, 1 failure; one sentence and no stack', async () => {
  const [help, unknown, missing, config, noServer] = await Promise.all([
    runBubble(['--help'], { folder }),
    runBubble(['nonsense'], { folder }),
    runBubble(['send', 'ada'], { folder }),
    runBubble(['serve', '--tcp-port', 'x', '--set', 'log.durability=never', '--set', 'tenat=a'], { folder }),
    runBubble(['send', 'ada', 'bob', 'hi', '--data', 'nowhere'], { folder }),
  ]);
  assert.equal(help.code, 0);
  assert.match(help.out, /Commands:/);
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /unknown command/);
  assert.equal(missing.code, 2);
  assert.equal(config.code, 2);
  assert.match(config.err, /3 problems:/);
  assert.match(config.err, /tcp\.port \(flag --tcp-port\)/);
  assert.match(config.err, /tenat \(flag --set\): no such setting; did you mean tenant\?/);
  assert.match(config.err, /log\.durability \(flag --set\)/);
  assert.equal(noServer.code, 2);
  assert.match(noServer.err, /client\.json does not exist: start the server/);
  for (const { err } of [config, noServer]) assert.doesNotMatch(err, /\n {4}at /);
});

test('token: of the own issuer, refused in production, its form checked', async () => {
  const data = join(folder, 'tokens');
  mkdirSync(data);
  const [issued, production, badTime, badUser] = await Promise.all([
    runBubble(['token', 'ada', '--data', data, '--expires', '15m', '--json'], { folder }),
    runBubble(['token', 'ada', '--data', join(folder, 'other')], {
      folder,
      environment: {
        BUBBLE_MODE: 'production',
        BUBBLE_SSO_KIND: 'oidc',
        BUBBLE_SSO_ISSUER: 'https://sso.example',
      },
    }),
    runBubble(['token', 'ada', '--data', data, '--expires', 'soon'], { folder }),
    runBubble(['token', '#ada', '--data', data], { folder }),
  ]);
  assert.equal(issued.code, 0, issued.err);
  const { token } = JSON.parse(issued.out) as { token: string };
  const keys = await openOwnKeys({ folder: data, clock: systemClock });
  const claims = await keys.verify(token, Date.now());
  assert.ok(typeof claims === 'object' && claims.user === 'ada' && claims.tenant === 'main');
  assert.equal(production.code, 2);
  assert.match(production.err, /production mode refuses its own signing key/);
  assert.equal(badTime.code, 2);
  assert.equal(badUser.code, 2);
  assert.equal(secondsOf('30d'), 30 * 86_400);
});

test('config: values with their origin as JSON, the check, and the reference page', async () => {
  writeFileSync(join(folder, 'bubble.toml'), '[limits]\nsync-rows = 50\n');
  const [shown, checked, page] = await Promise.all([
    runBubble(['config', '--json', '--changed', '--tcp-port', '7100'], { folder }),
    runBubble(['config', 'check', '--json', '--set', 'tcp.port=7001'], { folder }),
    runBubble(['config', '--markdown'], { folder }),
  ]);
  rmSync(join(folder, 'bubble.toml'));
  assert.equal(shown.code, 0);
  const settings = JSON.parse(shown.out) as { name: string; value: unknown; origin: string }[];
  assert.deepEqual(
    settings.map(({ name, value, origin }) => `${name}=${value} ${origin.split(' ')[0]}`),
    ['tcp.port=7100 flag', 'limits.sync-rows=50 file'],
  );
  assert.equal(checked.code, 2);
  assert.deepEqual(JSON.parse(checked.out), {
    valid: false,
    problems: [{ setting: 'websocket.port', from: 'default', sentence: 'tcp.port is 7001 too' }],
    warnings: [],
  });
  assert.equal(page.out, configurationPage());
});

test('docs/configuration.md is what the settings say', () => {
  const file = new URL('../../docs/configuration.md', import.meta.url);
  assert.equal(
    readFileSync(file, 'utf8'),
    configurationPage(),
    'run: bubble config --markdown > docs/configuration.md',
  );
});

test('doctor says what is wrong and what to do', async () => {
  const occupied = createServer();
  await new Promise<void>((resolve) => occupied.listen(0, '127.0.0.1', resolve));
  const { port } = occupied.address() as { port: number };
  writeFileSync(join(folder, 'a-file'), '');
  try {
    const [fit, unfit] = await Promise.all([
      runBubble(['doctor', '--json', '--data', join(folder, 'd'), '--tcp-port', String(port)], { folder }),
      runBubble(['doctor', '--data', join(folder, 'a-file', 'd')], { folder }),
    ]);
    assert.equal(fit.code, 0, fit.err);
    const { findings } = JSON.parse(fit.out) as {
      findings: { name: string; grade: string; advice: string }[];
    };
    const tcp = findings.find(({ name }) => name === 'tcp port');
    assert.equal(tcp?.grade, 'warning');
    assert.match(tcp?.advice ?? '', /stop it or choose another port/);
    assert.ok(findings.some(({ name }) => name === 'fsync'));
    assert.equal(unfit.code, 1);
    assert.match(unfit.out, /FAILURE {2}data folder[^\n]*\n +-> choose another one/);
  } finally {
    occupied.close();
  }
});
