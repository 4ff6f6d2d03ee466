/** Gates as they stand in etcd: one key each, JSON. */
import type { IKeyValue } from 'etcd3';

/** A gate as it is listed. */
export interface GateEntry {
  readonly slot: number;
  readonly gate: string;
  /** host:port for clients; null: not offered. */
  readonly tcp: string | null;
  readonly websocket: string | null;
  /** Connections in relation to the most it takes: 0 to 1. */
  readonly load: number;
}

export interface Listed extends GateEntry {
  readonly instance: string;
  /** Reserved, and not yet claimed in the log. */
  readonly isReserved: boolean;
}

/** null: not an entry of ours; strangers may write below our prefix. */
export const parse = ({ key, value }: IKeyValue): Listed | null => {
  const slot = Number(key.toString().split('/').at(-1));
  if (!Number.isSafeInteger(slot) || slot < 0) return null;
  try {
    const read = JSON.parse(value.toString()) as Partial<Listed> | null;
    return {
      slot,
      gate: String(read?.gate ?? ''),
      tcp: typeof read?.tcp === 'string' ? read.tcp : null,
      websocket: typeof read?.websocket === 'string' ? read.websocket : null,
      load: Number(read?.load ?? 0),
      instance: String(read?.instance ?? ''),
      isReserved: read?.isReserved === true,
    };
  } catch {
    // Whoever wrote it, the slot is taken.
    return { slot, gate: '', tcp: null, websocket: null, load: 0, instance: '', isReserved: true };
  }
};
