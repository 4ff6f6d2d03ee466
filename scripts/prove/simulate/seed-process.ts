/** Runs seeds for `main.ts`, one after the other, in a process of its own. */
import { type PortBug, runSeed, type SeedResult } from './run-seed.ts';

export interface SeedRequest {
  readonly seed: number;
  readonly portBug: PortBug | null;
}

/** A SeedResult as it travels between processes. */
export interface SeedReply {
  readonly seed: number;
  readonly commands: number;
  readonly operations: number;
  readonly faults: number;
  readonly simulatedMs: number;
  readonly wallMs: number;
  readonly digest: string;
  readonly violations: number;
  /** The process hung or ended by itself: nothing was judged. */
  readonly isLost: boolean;
  /** The first of each kind, and the problems, in words. */
  readonly findings: readonly string[];
}

export const replyOf = (result: SeedResult, wallMs: number): SeedReply => {
  const { seed, commands, operations, faults, simulatedMs, digest, report, problems } = result;
  return {
    seed,
    commands,
    operations,
    faults,
    simulatedMs,
    wallMs,
    digest,
    violations: report.violations + problems.length,
    isLost: false,
    findings: [
      ...problems.slice(0, 10),
      ...report.first.slice(0, 20).map(({ kind, message }) => `${kind}: ${message}`),
    ],
  };
};

/** A run that throws has failed like any other. */
export const runToReply = async ({ seed, portBug }: SeedRequest): Promise<SeedReply> => {
  const began = performance.now();
  try {
    const result = await runSeed(portBug === null ? { seed } : { seed, portBug });
    return replyOf(result, performance.now() - began);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      seed,
      commands: 0,
      operations: 0,
      faults: 0,
      simulatedMs: 0,
      wallMs: performance.now() - began,
      digest: '',
      violations: 1,
      isLost: false,
      findings: [`the run broke off: ${text}`],
    };
  }
};

if (process.send !== undefined) {
  process.on('message', (request: SeedRequest) => {
    void runToReply(request).then((reply) => process.send?.(reply));
  });
  process.on('disconnect', () => process.exit());
}
