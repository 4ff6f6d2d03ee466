/** A processor that runs: what the composition root, health checks and metrics see of it. */

export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to process. */
  readonly position: number;
  readonly end: number;
}

export interface RunningProcessor {
  readonly name: string;
  /** Rejects when the processor cannot go on; resolves after stop. */
  readonly ended: Promise<void>;
  lag(): PartitionLag[];
  /** Finishes what is under way, commits, leaves. */
  stop(): Promise<void>;
}
