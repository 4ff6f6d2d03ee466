/** What was opened, to be closed in reverse order; and what the closing waits for, where somebody waits in vain. */

interface Opened {
  readonly name: string;
  readonly close: () => Promise<void> | void;
  /** What it waits for itself while it closes. */
  readonly waitsFor: () => readonly string[];
}

export class Closers {
  readonly #opened: Opened[] = [];
  #closing: Opened | null = null;

  /** @param waitsFor asked while it closes: names of its own parts that have not closed */
  add(name: string, close: () => Promise<void> | void, waitsFor: () => readonly string[] = () => []): void {
    this.#opened.push({ name, close, waitsFor });
  }

  /** One after the other, all of them; then the first failure is thrown. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const opened of this.#opened.splice(0).toReversed()) {
      this.#closing = opened;
      try {
        await opened.close();
      } catch (error) {
        failures.push(error);
      }
    }
    this.#closing = null;
    if (failures.length > 0) throw failures[0];
  }

  /** Names of what is being closed now; none before and after. */
  waitsFor(): readonly string[] {
    if (this.#closing === null) return [];
    const parts = this.#closing.waitsFor();
    return parts.length > 0 ? parts : [this.#closing.name];
  }
}
