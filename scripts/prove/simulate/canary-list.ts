/** The planted bugs. */
import type { PortBug } from './run-seed.ts';

export interface Patch {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export type Canary =
  | { readonly kind: 'patch'; readonly name: string; readonly patches: readonly Patch[] }
  | { readonly kind: 'port'; readonly name: string; readonly portBug: PortBug };

/** Fan-out looks for lost outputs and makes them again: what it would heal shows only without that. */
const NO_REPAIR: Patch = {
  file: 'processors/fan-out/partition-owner.ts',
  find: 'if (lowest === null) return;',
  replace: 'return;',
};

const patch = (name: string, file: string, find: string, replace: string): Canary => ({
  kind: 'patch',
  name,
  patches: [{ file, find, replace }],
});

export const CANARIES: readonly Canary[] = [
  { kind: 'port', name: 'a sync that never happened', portBug: 'lying-sync' },
  patch(
    'answer before the append is durable',
    'infra/log/embedded/partition.ts',
    `const mustSync = durability === 'log' && this.settings.durability === 'always';`,
    'const mustSync = false && durability;',
  ),
  patch(
    'what a killed process left is taken for synced',
    'infra/log/embedded/partition.ts',
    'await newest.file.sync();',
    '',
  ),
  patch(
    'no dedup: the ring is not looked at',
    'processors/fan-out/outcomes.ts',
    'if (this.#words[at] === low && this.#words[at + 1] === high) return at;',
    '',
  ),
  patch(
    'the floor is ignored',
    'processors/fan-out/outcomes.ts',
    ': atOrBelow(low, high, ring.floorLow, ring.floorHigh);',
    ': false;',
  ),
  {
    kind: 'patch',
    name: 'commit before effect',
    patches: [
      {
        file: 'processors/fan-out/partition-owner.ts',
        find: 'this.#pauseBefore(await run.batch(batch));',
        replace:
          'const early = this.#options.membership(); if (early !== null) await this.#commit(early, batch.next); this.#pauseBefore(await run.batch(batch));',
      },
      {
        file: 'processors/fan-out/partition-owner.ts',
        find: 'await this.#commit(membership, checkpoint);',
        replace: '',
      },
      NO_REPAIR,
    ],
  },
  {
    kind: 'patch',
    name: 'a snapshot before its outputs are acknowledged',
    patches: [
      {
        file: 'processors/fan-out/state-keeper.ts',
        find: 'await lane.reached(position);',
        replace: '',
      },
      NO_REPAIR,
    ],
  },
  patch(
    'a reader starts with an empty vector',
    'processors/timeline/timeline.ts',
    'vector: new SourceVector(position.vector),',
    'vector: new SourceVector(),',
  ),
  patch(
    'repeats are accepted',
    'schemas/rules/acceptance.ts',
    `if (src <= last) return 'repeat';\n    if (prev !== last) return 'hole';`,
    '',
  ),
  patch(
    'prevSeq too low',
    'processors/delivery/row-addressing.ts',
    'const prevSeq = entry.lastSeq;',
    'const prevSeq = 0;',
  ),
  {
    kind: 'patch',
    name: 'a bare proof: "processed to P"',
    patches: [
      {
        file: 'gateways/gate/proofs.ts',
        find: 'if (state.provenTo === 0 || state.recordOffset >= claim.sessionsBelow || state.provenTo < claim.from)\n    return;',
        replace: '',
      },
    ],
  },
  patch(
    'a push is lost silently',
    'gateways/gate/connection-queue.ts',
    'if (seq > this.#newestSeq) this.#newestSeq = seq;\n    if (this.#withheld > 0) {',
    'if (seq % 5 === 0) return;\n    if (seq > this.#newestSeq) this.#newestSeq = seq;\n    if (this.#withheld > 0) {',
  ),
  patch(
    'a nonce is used again',
    'schemas/channel/traffic.ts',
    'this.#counter = counter + 1;',
    'this.#counter = counter === 3 ? 3 : counter + 1;',
  ),
  patch(
    'those who left still get rows',
    'processors/fan-out/audience.ts',
    'if (!there) return audience;\n  const recipients = Buffer.concat([\n    part.recipients.subarray(0, at),\n    part.recipients.subarray(at + 1',
    'if (there) return audience;\n  const recipients = Buffer.concat([\n    part.recipients.subarray(0, at),\n    part.recipients.subarray(at + 1',
  ),
  patch(
    'anybody may write into a group',
    'processors/fan-out/group.ts',
    `return group.members.has(sender) ? null : 'NOT_A_MEMBER';`,
    'return null;',
  ),
  patch(
    'the client takes a gap for the next row',
    'schemas/rules/completeness.ts',
    'if (prevSeq <= this.#completeTo) {',
    'if (prevSeq >= 0) {',
  ),
  patch(
    'a retry gets a new id',
    'clients/sdk/outbox.ts',
    `case 'retry':\n        return this.#backOff(entry, now);`,
    `case 'retry':\n        this.#byId.delete(clientMsgId);\n        entry.command = { ...entry.command, clientMsgId: this.#nextId(now) };\n        this.#byId.set(entry.command.clientMsgId, entry);\n        return this.#backOff(entry, now);`,
  ),
  patch(
    'the seal of one source ends the old epoch',
    'schemas/rules/epoch.ts',
    'if ((vector[source] ?? 0) < closedAt(epoch)) return false;',
    'if (source === 0 && (vector[source] ?? 0) < closedAt(epoch)) return false;',
  ),
  patch(
    'a pull goes on into an epoch that may not follow yet',
    'infra/timeline/epochs.ts',
    '(await this.#isFinished(index, owner));\n      const page',
    'index >= 0;\n      const page',
  ),
];
