/** `npm run taps`: strangers' tools read the public topic of a real cluster, and count what was produced. */
import { Command } from 'commander';
import { SeededRandom } from '../../infra/random/seeded-random.ts';
import { atLeastOne } from '../command-options.ts';
import { readCorpus } from '../corpus/corpus-line.ts';
import { syntheticCorpus } from '../corpus/synthetic-corpus.ts';
import { tapsTrial } from './trial.ts';

await new Command('taps')
  .description("Starts a broker and a registry, produces a day of chat, and reads it with strangers' tools.")
  .option('--corpus <file>', 'chat to produce, one JSON object a line, gzipped or plain; default: made up')
  .option('--lines <n>', 'take so many lines of it', atLeastOne, 20_000)
  .action(async (options: { corpus?: string; lines: number }) => {
    const lines =
      options.corpus === undefined
        ? syntheticCorpus(new SeededRandom(1), { rooms: 12, users: 400, lines: options.lines })
        : readCorpus(options.corpus).lines.slice(0, options.lines);
    const { produced } = await tapsTrial({ lines, print: console.log });
    console.log(`all counted the same: ${produced.events} events in ${produced.records} records`);
  })
  .parseAsync();
