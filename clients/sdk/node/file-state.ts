/** A device's state in one small file, replaced as a whole: after a crash it is the old one or the new one. */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { BubbleError } from '../../../schemas/errors.ts';
import type { StoredTicket } from '../handshake.ts';
import type { DeviceState, StateStorage } from '../state-storage.ts';
import { failureOf, syncFolder } from './file-outbox.ts';

const FORMAT = 1;

interface TicketText {
  readonly ticket: string;
  readonly resumption: string;
  readonly user: string;
  readonly deviceId: string;
  readonly expiresAtMs: number;
}

interface StateText {
  readonly format: number;
  readonly completeTo: number;
  readonly manifestSerial: number;
  readonly clockOffsetMs: number;
  readonly current: TicketText | null;
  readonly next: TicketText | null;
}

const textOf = (ticket: StoredTicket | null): TicketText | null =>
  ticket === null
    ? null
    : {
        ...ticket,
        ticket: Buffer.from(ticket.ticket).toString('base64url'),
        resumption: Buffer.from(ticket.resumption).toString('base64url'),
      };

const ticketOf = (text: TicketText | null): StoredTicket | null =>
  text === null
    ? null
    : {
        ...text,
        ticket: new Uint8Array(Buffer.from(text.ticket, 'base64url')),
        resumption: new Uint8Array(Buffer.from(text.resumption, 'base64url')),
      };

export class FileState implements StateStorage {
  readonly #folder: string;
  readonly #file: string;

  /** @param folder made where it is missing; belongs to one device of one user */
  constructor(folder: string) {
    this.#folder = folder;
    this.#file = join(folder, 'device.json');
  }

  /** @throws BubbleError LOG_DAMAGED where the file is not a device's state */
  async load(): Promise<DeviceState | null> {
    let text: string;
    try {
      text = await readFile(this.#file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw failureOf(error, this.#file);
    }
    try {
      const state = JSON.parse(text) as StateText;
      if (state.format !== FORMAT || !Number.isSafeInteger(state.completeTo)) throw new Error('other format');
      const { completeTo, manifestSerial, clockOffsetMs, current, next } = state;
      const tickets = { current: ticketOf(current), next: ticketOf(next) };
      return { completeTo, manifestSerial, clockOffsetMs, tickets };
    } catch (cause) {
      throw new BubbleError(
        'LOG_DAMAGED',
        `${this.#file} is not a device's state; without it all rows come again`,
        {
          cause,
        },
      );
    }
  }

  /** @throws BubbleError DISK_FULL (retryable), FOLDER_NOT_WRITABLE */
  async save({ completeTo, manifestSerial, clockOffsetMs, tickets }: DeviceState): Promise<void> {
    const current = textOf(tickets.current);
    const next = textOf(tickets.next);
    const state: StateText = { format: FORMAT, completeTo, manifestSerial, clockOffsetMs, current, next };
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const handle = await open(`${this.#file}.new`, 'w', 0o600);
      try {
        await handle.writeFile(JSON.stringify(state));
        await handle.datasync();
      } finally {
        await handle.close();
      }
      await rename(`${this.#file}.new`, this.#file);
      await syncFolder(this.#folder);
    } catch (error) {
      throw failureOf(error, this.#file);
    }
  }
}
