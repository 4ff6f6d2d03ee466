/** `npm run fuzz`: see the help text below. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { count } from '../../command-options.ts';
import { ServerProcess } from '../kill-loop/server-process.ts';
import { fuzzDecoders } from './decoder-fuzz.ts';
import { fuzzSockets } from './socket-fuzz.ts';

const program = new Command('fuzz')
  .description(
    'Feeds malformed bytes: into decoders, the decision fold and the session machine in this process, and over sockets into a real server beside clients who must not notice. Ends with 1 on any crash or harm.',
  )
  .option('--frames <number>', 'inputs in this process', count, 200_000)
  .option('--connections <number>', 'connections to a real server', count, 1_000)
  .option('--seed <number>', 'of everything random', count, 1)
  .addHelpText('after', '\nExamples:\n  $ npm run fuzz -- --frames 5000000 --connections 50000\n');
program.parse();
const options = program.opts<{ frames: number; connections: number; seed: number }>();

const began = performance.now();
const decoders = fuzzDecoders(options.frames, options.seed);
for (const crash of decoders.crashes) console.log(crash);
console.log(`decoders: ${decoders.inputs} inputs, ${decoders.crashes.length} crashes`);

let failures = decoders.crashes.length;
let harms = 0;
if (options.connections > 0) {
  const folder = mkdtempSync(join(tmpdir(), 'bubble-fuzz-'));
  const dataFolder = join(folder, 'data');
  mkdirSync(dataFolder);
  const server = await ServerProcess.make(dataFolder, [], join(folder, 'server.log'));
  await server.start().ready;
  const result = await fuzzSockets({
    clientFile: join(dataFolder, 'client.json'),
    dataFolder,
    connections: options.connections,
    seed: options.seed,
    progress: (done) => console.error(`${done} of ${options.connections} connections`),
  });
  harms = result.harms.length;
  for (const harm of result.harms.slice(0, 10)) console.log(`harm: ${harm}`);
  const alive = server.isRunning;
  if (!alive) failures += 1;
  console.log(
    `sockets: ${result.connections} connections, ${result.sealedFrames} frames under valid seals, ${result.exchanged} messages of bystanders, server ${alive ? 'alive' : 'DEAD'}`,
  );
  const code = await server.stop();
  if (alive && code !== 0) {
    failures += 1;
    console.log(`the server ended with ${code}`);
  }
  if (failures === 0 && harms === 0) rmSync(folder, { recursive: true, force: true });
  else console.log(`kept: ${folder}`);
}
const seconds = ((performance.now() - began) / 1000).toFixed(1);
console.log(
  `fuzz: ${failures === 0 && harms === 0 ? 'clean' : 'FAILURES'}; ${options.frames} inputs, ${options.connections} connections, ${failures} crashes, ${harms} harms, ${seconds} s`,
);
process.exit(failures === 0 && harms === 0 ? 0 : 1);
