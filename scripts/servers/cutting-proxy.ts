/** A TCP proxy that cuts a connection when a word passes: before it reaches the server, or when it was answered. */
import { type ProxiedPair, TcpProxy } from './tcp-proxy.ts';

export type Cut = 'before' | 'after';

export class CuttingProxy {
  #proxy: TcpProxy | null = null;
  #armed: { word: string; cut: Cut } | null = null;
  cuts = 0;

  static async open(target: number): Promise<CuttingProxy> {
    const cutting = new CuttingProxy();
    cutting.#proxy = await TcpProxy.open({ target, wire: (pair) => cutting.#wire(pair) });
    return cutting;
  }

  get port(): number {
    return this.#proxy?.port ?? 0;
  }

  /** The next time this word comes from a client, its connection is cut. */
  arm(word: string, cut: Cut): void {
    this.#armed = { word, cut };
  }

  #wire({ client, server, end }: ProxiedPair): void {
    let isAnswered = false;
    client.on('data', (bytes) => {
      const armed = this.#armed;
      if (armed !== null && bytes.includes(armed.word)) {
        this.#armed = null;
        this.cuts += 1;
        if (armed.cut === 'before') return end();
        isAnswered = true;
      }
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (isAnswered) end();
      else client.write(bytes);
    });
  }

  async close(): Promise<void> {
    await this.#proxy?.close();
  }
}
