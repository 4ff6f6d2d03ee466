/**
 * Traces as OTLP over HTTP, by OpenTelemetry's SDK. Spans come here finished; ids are computed from the place of the
 * command and the hop (see tracing.ts), in place of random ones.
 *
 * A collector that is away costs nothing but spans: at most `SPANS_WAITING` wait for it, beyond they are dropped, and
 * what it does not take in one request is dropped too. Both are counted.
 */
import { createHash } from 'node:crypto';
import { ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  type IdGenerator,
  type ReadableSpan,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { Clock, Timer } from '../../schemas/ports/clock.ts';
import type { Logger } from '../logger/logger.ts';
import { HOPS, isSampled, type Place, spanKey, type TracedSpan, type Tracing } from './tracing.ts';

export interface OtlpTracingOptions {
  /** http://host:4318/v1/traces */
  readonly url: string;
  /** One command in so many is traced. */
  readonly share: number;
  /** Places of two deployments that share a collector are told apart by it. */
  readonly deployment: string;
  /** How this process calls itself: service.instance.id. */
  readonly processName: string;
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const SPANS_WAITING = 4_096;
const SPANS_IN_REQUEST = 512;
const SEND_AFTER_MS = 1_000;
const REQUEST_MS = 2_000;

type Exporter = Pick<OTLPTraceExporter, 'export' | 'shutdown'>;

/** Ended spans on their way to the exporter, one request at a time. */
export class SpanQueue implements SpanProcessor {
  dropped = 0;
  readonly #exporter: Exporter;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #waiting: ReadableSpan[] = [];
  #timer: Timer | null = null;
  #sending: Promise<void> | null = null;
  #failing = false;

  constructor(exporter: Exporter, clock: Clock, logger: Logger) {
    this.#exporter = exporter;
    this.#clock = clock;
    this.#logger = logger;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#waiting.length >= SPANS_WAITING) {
      this.dropped += 1;
      return;
    }
    this.#waiting.push(span);
    this.#timer ??= this.#clock.after(SEND_AFTER_MS, () => {
      this.#timer = null;
      void this.forceFlush();
    });
  }

  async forceFlush(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
    await this.#sending;
  }

  async shutdown(): Promise<void> {
    this.#timer?.cancel();
    await this.forceFlush();
    await this.#exporter.shutdown();
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const spans = this.#waiting.splice(0, SPANS_IN_REQUEST);
      const failure = await new Promise<Error | null>((resolve) => {
        this.#exporter.export(spans, ({ code, error }) =>
          resolve(code === 0 ? null : (error ?? new Error('the collector took no spans'))),
        );
      });
      if (failure !== null) this.dropped += spans.length;
      // One line when it begins to fail, not one for each request.
      if (failure !== null && !this.#failing)
        this.#logger.warn({ error: failure.message }, 'the trace collector takes no spans; they are dropped');
      this.#failing = failure !== null;
    }
  }
}

/** Gives the ids that were set before each span. */
class ComputedIds implements IdGenerator {
  traceId = '';
  spanId = '';

  generateTraceId = (): string => this.traceId;
  generateSpanId = (): string => this.spanId;
}

const HEX_OF_TRACE = 32;
const HEX_OF_SPAN = 16;
const hexOf = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);

/** Seconds and nanoseconds: a plain number could be taken for milliseconds since the process began. */
const timeOf = (ms: number): [number, number] => {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
};

export const traceIdOf = (deployment: string, { partition, offset }: Place): string =>
  hexOf(`${deployment}\n${partition}\n${offset}`, HEX_OF_TRACE);

class OtlpTracing implements Tracing {
  readonly #options: OtlpTracingOptions;
  readonly #queue: SpanQueue;
  readonly #provider: BasicTracerProvider;
  readonly #ids = new ComputedIds();

  constructor(options: OtlpTracingOptions) {
    this.#options = options;
    const exporter = new OTLPTraceExporter({ url: options.url, timeoutMillis: REQUEST_MS });
    this.#queue = new SpanQueue(exporter, options.clock, options.logger);
    this.#provider = new BasicTracerProvider({
      resource: resourceFromAttributes({
        'service.name': 'bubble',
        'service.namespace': options.deployment,
        'service.instance.id': options.processName,
        'service.version': options.version,
      }),
      sampler: new AlwaysOnSampler(),
      idGenerator: this.#ids,
      spanProcessors: [this.#queue],
    });
  }

  get dropped(): number {
    return this.#queue.dropped;
  }

  samples(offset: number): boolean {
    return isSampled(offset, this.#options.share);
  }

  span(span: TracedSpan): void {
    const { hop, place, startMs, endMs, inboxPartition, slot, attributes } = span;
    const traceId = traceIdOf(this.#options.deployment, place);
    const { parent } = HOPS[hop];
    this.#ids.traceId = traceId;
    this.#ids.spanId = hexOf(`${traceId}\n${spanKey(hop, span)}`, HEX_OF_SPAN);
    const parentContext =
      parent === null
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, {
            traceId,
            spanId: hexOf(`${traceId}\n${spanKey(parent, span)}`, HEX_OF_SPAN),
            traceFlags: TraceFlags.SAMPLED,
            isRemote: true,
          });
    const kept = {
      'bubble.inbound.partition': place.partition,
      'bubble.inbound.offset': place.offset,
      ...(inboxPartition === undefined ? {} : { 'bubble.inbox.partition': inboxPartition }),
      ...(slot === undefined ? {} : { 'bubble.slot': slot }),
      ...attributes,
    };
    this.#provider
      .getTracer('bubble')
      .startSpan(
        hop,
        {
          kind: hop === 'gate.receive' ? SpanKind.SERVER : SpanKind.INTERNAL,
          startTime: timeOf(startMs),
          attributes: kept,
        },
        parentContext,
      )
      .end(timeOf(Math.max(startMs, endMs)));
  }

  async close(): Promise<void> {
    await this.#provider.shutdown();
  }
}

export const openOtlpTracing = (options: OtlpTracingOptions): Tracing => new OtlpTracing(options);
