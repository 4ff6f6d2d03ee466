/**
 * The gates of an import. Users are spread over them by a hash; while a gate rests, since it could not be reached or
 * has sent its sessions away, its users go to their next one.
 */
import { gateOrder } from '../../../clients/sdk/gate-choice.ts';
import { transportsTo } from '../../../clients/sdk/node/connect-node.ts';
import type { GateTransport } from '../../../clients/sdk/transport.ts';

const REST_BASE_MS = 250;
const REST_MAX_MS = 4_000;

export interface GateFigures {
  readonly gate: string;
  /** Opened there so far. */
  readonly sessions: number;
  /** Of these open at a time, at most. */
  readonly mostOpen: number;
  /** Of these not ended by the import itself. */
  readonly lost: number;
}

export class ImportGate {
  readonly transport: GateTransport;
  #sessions = 0;
  #open = 0;
  #mostOpen = 0;
  #lost = 0;
  /** In a row. */
  #failures = 0;
  #restsUntilMs = Number.NEGATIVE_INFINITY;

  constructor(transport: GateTransport) {
    this.transport = transport;
  }

  get restsUntilMs(): number {
    return this.#restsUntilMs;
  }

  opened(): void {
    this.#failures = 0;
    this.#sessions += 1;
    this.#open += 1;
    this.#mostOpen = Math.max(this.#mostOpen, this.#open);
  }

  ended(isLost: boolean): void {
    this.#open -= 1;
    if (isLost) this.#lost += 1;
  }

  /** What fails while it rests already was begun before: it says nothing new. */
  failed(nowMs: number): void {
    if (nowMs < this.#restsUntilMs) return;
    this.#restsUntilMs = nowMs + Math.min(REST_MAX_MS, REST_BASE_MS * 2 ** this.#failures);
    this.#failures += 1;
  }

  figures(): GateFigures {
    const gate = this.transport.address;
    return { gate, sessions: this.#sessions, mostOpen: this.#mostOpen, lost: this.#lost };
  }
}

export class ImportGates {
  readonly #gates: readonly ImportGate[];
  readonly #addresses: readonly string[];

  /** @param transports at least one */
  constructor(transports: readonly GateTransport[]) {
    this.#gates = transports.map((transport) => new ImportGate(transport));
    this.#addresses = transports.map(({ address }) => address);
  }

  get count(): number {
    return this.#gates.length;
  }

  /** The user's first gate that does not rest; where all do, the one that rests least. */
  of(user: string, device: string, nowMs: number): ImportGate {
    let best: ImportGate | null = null;
    for (const index of gateOrder(this.#addresses, user, device)) {
      const gate = this.#gates[index]!;
      if (gate.restsUntilMs <= nowMs) return gate;
      if (best === null || gate.restsUntilMs < best.restsUntilMs) best = gate;
    }
    return best!;
  }

  figures(): readonly GateFigures[] {
    return this.#gates.map((gate) => gate.figures());
  }
}

export const gatesAt = (urls: readonly string[]): ImportGates => new ImportGates(transportsTo(urls));
