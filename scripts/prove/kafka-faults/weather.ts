/**
 * Bad weather between bubble and its brokers: faults that come and go, drawn from a seed.
 *
 * All the time some answers are lost and some frames delayed. On top, one episode after another: frames that are all
 * slow, cuts in one direction or both, connections torn in the middle of a frame, new connections that nobody answers.
 * An episode is about one broker or all; a cut is about one client or all, and what it held gets there late, or is lost.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../../infra/random/seeded-random.ts';
import type { CutRule, FaultProxy, FaultRates } from '../../servers/fault-proxy.ts';

export type EpisodeKind = 'slow' | 'no requests' | 'no answers' | 'cut off' | 'torn' | 'half open';

export interface Episode {
  readonly kind: EpisodeKind;
  /** Number of the broker; null: all. */
  readonly broker: number | null;
  /** null: all. */
  readonly clientId: string | null;
  readonly after: CutRule['after'];
  readonly ms: number;
}

export interface WeatherOptions {
  readonly proxies: readonly FaultProxy[];
  readonly random: SeededRandom;
  /** Those that an episode may be about. */
  readonly clientIds: readonly string[];
  /** Between episodes, and during those that say nothing else. */
  readonly background: FaultRates;
  /** Of cuts, ms. */
  readonly shortestCutMs: number;
  readonly longestCutMs: number;
  readonly calmMs: number;
  /** After each episode. */
  readonly over: (episode: Episode, number: number) => void;
}

export const BACKGROUND: FaultRates = {
  lostProduced: 0.05,
  lostOthers: 0.002,
  delayed: 0.02,
  delayMs: 500,
  torn: 0.001,
};

const KINDS: readonly EpisodeKind[] = [
  'slow',
  'no requests',
  'no answers',
  'no answers',
  'cut off',
  'torn',
  'half open',
];
const STOPS: Partial<Record<EpisodeKind, CutRule['stops']>> = {
  'no requests': 'requests',
  'no answers': 'answers',
  'cut off': 'both',
  'half open': 'both',
};

const draw = (options: WeatherOptions): Episode => {
  const { random, proxies, clientIds, shortestCutMs, longestCutMs } = options;
  const kind = KINDS[random.below(KINDS.length)]!;
  const broker = random.oneIn(3) ? null : random.below(proxies.length);
  const clientId =
    random.oneIn(3) || clientIds.length === 0 ? null : clientIds[random.below(clientIds.length)]!;
  return {
    kind,
    broker,
    // What is a matter of rates meets whoever comes.
    clientId: STOPS[kind] === undefined ? null : clientId,
    after: random.oneIn(3) ? 'reset' : 'late',
    ms: shortestCutMs + random.below(longestCutMs - shortestCutMs + 1),
  };
};

const play = async (
  { proxies, background }: WeatherOptions,
  episode: Episode,
  signal: AbortSignal,
): Promise<void> => {
  const { kind, broker, clientId, after, ms } = episode;
  const about = broker === null ? proxies : [proxies[broker]!];
  const stops = STOPS[kind];
  const ends = about.map((proxy) => {
    if (kind === 'slow') proxy.rates = { ...background, delayed: 1 };
    if (kind === 'torn') proxy.rates = { ...background, torn: 0.05 };
    if (stops === undefined) {
      return () => {
        proxy.rates = background;
      };
    }
    const newOnly = kind === 'half open';
    const end = proxy.cut({ stops, clientId, newOnly, after });
    // So that there are new connections.
    if (newOnly) proxy.reset(clientId);
    return end;
  });
  await sleep(ms, undefined, { signal }).catch(() => {});
  for (const end of ends) end();
};

/** Until the signal; then the weather is fine. */
export const weather = async (options: WeatherOptions, signal: AbortSignal): Promise<void> => {
  const { proxies, random, background, calmMs, over } = options;
  for (const proxy of proxies) proxy.rates = background;
  for (let number = 1; !signal.aborted; number += 1) {
    await sleep(random.below(calmMs), undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    const episode = draw(options);
    await play(options, episode, signal);
    over(episode, number);
  }
};

export const episodeText = ({ kind, broker, clientId, after, ms }: Episode): string =>
  [
    `${kind} for ${(ms / 1_000).toFixed(1)} s, ${clientId ?? 'all'} at ${broker === null ? 'all brokers' : `broker ${broker}`}`,
    ...(STOPS[kind] === undefined ? [] : [`then ${after}`]),
  ].join(', ');
