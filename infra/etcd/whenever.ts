/** Asking again whenever something may have changed, one question at a time, and telling only of changes. */
import type { Logger } from '../logger/logger.ts';
import type { GateEntry } from './gate-entry.ts';

export interface Look {
  (): void;
  /** Nothing is told afterwards. */
  end(): void;
}

export const whenever = (
  changed: (gates: readonly GateEntry[]) => void,
  list: () => Promise<GateEntry[]>,
  logger: Logger,
): Look => {
  let before = '';
  let isAsking = false;
  let isAskedAgain = false;
  let isEnded = false;
  const ask = async (): Promise<void> => {
    isAskedAgain = isAsking;
    if (isAsking) return;
    isAsking = true;
    try {
      const gates = await list();
      const text = JSON.stringify(gates);
      if (text !== before && !isEnded) changed(gates);
      before = text;
    } catch (error) {
      logger.debug({ err: error }, 'the gates cannot be listed now');
    }
    isAsking = false;
    if (isAskedAgain && !isEnded) void ask();
  };
  return Object.assign(() => void ask(), {
    end: () => {
      isEnded = true;
    },
  });
};
