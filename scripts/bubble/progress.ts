/** Progress for people: a bar on a terminal, a line now and then elsewhere. Written to standard error. */
import { Presets, SingleBar } from 'cli-progress';
import { note } from './terminal.ts';

const LINE_EVERY_MS = 5_000;

export interface Progress {
  update(done: number): void;
  finish(): void;
}

const rateText = (done: number, startedMs: number, nowMs: number): string => {
  const seconds = Math.max(0.001, (nowMs - startedMs) / 1_000);
  return `${Math.round(done / seconds).toLocaleString('en')}/s`;
};

const barOf = (title: string, total: number): Progress => {
  const started = performance.now();
  const bar = new SingleBar(
    {
      format: `${title} {bar} {percentage}% {value}/{total} {rate} ready in {eta_formatted}`,
      etaBuffer: 200,
      hideCursor: true,
      stream: process.stderr,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { rate: '' });
  return {
    update: (done) => bar.update(done, { rate: rateText(done, started, performance.now()) }),
    finish: () => bar.stop(),
  };
};

const linesOf = (title: string, total: number): Progress => {
  const started = performance.now();
  let last = started;
  let seen = 0;
  const line = (now: number): void => {
    const left =
      seen === 0 ? '' : `, ready in ${Math.round(((total - seen) * (now - started)) / seen / 1_000)} s`;
    note(
      `${title}: ${seen.toLocaleString('en')} of ${total.toLocaleString('en')}, ${rateText(seen, started, now)}${left}`,
    );
  };
  return {
    update: (done) => {
      seen = done;
      const now = performance.now();
      if (now - last < LINE_EVERY_MS) return;
      last = now;
      line(now);
    },
    finish: () => line(performance.now()),
  };
};

export const startProgress = (title: string, total: number): Progress =>
  process.stderr.isTTY === true ? barOf(title, total) : linesOf(title, total);
