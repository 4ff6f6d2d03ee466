/** Histories in files: one line an event, written by each process into its own file. */
import { createReadStream, createWriteStream, readdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventFromLine, eventToLine, type HistoryEvent } from '../checker/history.ts';

const FLUSH_CHARACTERS = 256 * 1024;
const SUFFIX = '.history.jsonl';

export class HistoryWriter {
  readonly path: string;
  readonly #stream: WriteStream;
  #lines: string[] = [];
  #characters = 0;

  constructor(folder: string, name: string) {
    this.path = join(folder, `${name}${SUFFIX}`);
    this.#stream = createWriteStream(this.path);
  }

  readonly add = (event: HistoryEvent): void => {
    const line = eventToLine(event);
    this.#lines.push(line);
    this.#characters += line.length;
    if (this.#characters >= FLUSH_CHARACTERS) this.#flush();
  };

  #flush(): void {
    if (this.#lines.length === 0) return;
    this.#stream.write(`${this.#lines.join('\n')}\n`);
    this.#lines = [];
    this.#characters = 0;
  }

  close(): Promise<void> {
    this.#flush();
    return new Promise((resolve, reject) => {
      this.#stream.once('error', reject);
      this.#stream.end(resolve);
    });
  }
}

/** All events of a folder's histories, file by file. */
export const readHistories = async (folder: string, each: (event: HistoryEvent) => void): Promise<void> => {
  const files = readdirSync(folder).filter((name) => name.endsWith(SUFFIX));
  for (const file of files.sort()) {
    const lines = createInterface({ input: createReadStream(join(folder, file)), crlfDelay: Infinity });
    for await (const line of lines) if (line !== '') each(eventFromLine(line));
  }
};
