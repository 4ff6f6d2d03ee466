/** Positions of groups that the caller need not be a member of. */
import { BubbleError } from '../../../schemas/errors.ts';
import type { Committed } from '../log.ts';
import type { Cluster } from './cluster.ts';
import { encodeVector } from './commit-metadata.ts';
import { readCommitted } from './committed-offsets.ts';
import { Coordinator } from './coordinator.ts';
import { offsetCommit } from './exchanges.ts';
import { isLostMembership, KAFKA, kafkaFailure } from './kafka-errors.ts';
import { type Patience, retrying } from './waiting.ts';

export class GroupPositions {
  readonly #cluster: Cluster;
  readonly #patience: Patience;
  readonly #timeoutMs: number;
  readonly #coordinators = new Map<string, Coordinator>();

  constructor(cluster: Cluster, patience: Patience, timeoutMs: number) {
    this.#cluster = cluster;
    this.#patience = patience;
    this.#timeoutMs = timeoutMs;
  }

  async committed(group: string, topic: string, partition: number): Promise<Committed | null> {
    const positions = await retrying(this.#patience, () =>
      readCommitted(this.#coordinator(group), [{ topic, partition }], this.#timeoutMs),
    );
    return positions.get(`${partition}/${topic}`) ?? null;
  }

  /** Rejects with REFUSED where the group has members. */
  async commit(group: string, topic: string, partition: number, position: Committed): Promise<void> {
    const doing = `committing ${topic}/${partition} for group ${group}`;
    const place = { partition, offset: position.offset, metadata: encodeVector(position.vector) };
    const { responses } = await retrying(this.#patience, () =>
      this.#coordinator(group).ask(
        offsetCommit({
          groupId: group,
          groupGenerationId: -1,
          memberId: '',
          topics: [{ topic, partitions: [place] }],
        }),
        (answer) => answer.responses[0]?.partitions[0]?.errorCode ?? 0,
        this.#timeoutMs,
      ),
    );
    const code = responses[0]?.partitions[0]?.errorCode;
    if (code === KAFKA.NONE) return;
    if (code !== undefined && isLostMembership(code))
      throw new BubbleError(
        'REFUSED',
        `${doing}: the group has members, only they can commit; stop them first`,
      );
    throw kafkaFailure(code ?? -1, doing);
  }

  #coordinator(group: string): Coordinator {
    let coordinator = this.#coordinators.get(group);
    if (coordinator === undefined) {
      coordinator = new Coordinator(group, this.#cluster);
      this.#coordinators.set(group, coordinator);
    }
    return coordinator;
  }
}
