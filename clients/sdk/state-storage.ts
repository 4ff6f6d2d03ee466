/** What a device knows besides its outbox. Files in Node: node/file-state.ts. */
import { NO_TICKETS, type Tickets } from './tickets.ts';

export interface DeviceState {
  /** C: every row up to here was handed to the application. */
  readonly completeTo: number;
  /** Secret: whoever has them can log in as this device. */
  readonly tickets: Tickets;
  /** Highest serial of a manifest seen. */
  readonly manifestSerial: number;
  /** Server's clock minus own, ms. */
  readonly clockOffsetMs: number;
}

export const NEW_DEVICE: DeviceState = {
  completeTo: 0,
  tickets: NO_TICKETS,
  manifestSerial: 0,
  clockOffsetMs: 0,
};

export interface StateStorage {
  /** @returns null for a new device */
  load(): Promise<DeviceState | null>;
  save(state: DeviceState): Promise<void>;
}

export class MemoryState implements StateStorage {
  #state: DeviceState | null = null;

  load(): Promise<DeviceState | null> {
    return Promise.resolve(this.#state);
  }

  save(state: DeviceState): Promise<void> {
    this.#state = state;
    return Promise.resolve();
  }
}
