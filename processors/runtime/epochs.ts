/**
 * The change of the inbox epoch: more inbox partitions.
 *
 * 1. The decision is the creation of the new epoch's topics, one durable step of the log. From then on the change goes
 *    forward, whoever dies: what follows is repeated at every start until it is done.
 * 2. The fact EPOCH_CHANGE is appended to every inbound partition. The fold keeps the first, a repeat changes nothing.
 *    Where each partition stands in the log, its owner seals the old topic and goes on in the new one.
 * 3. Readers of the old topic finish it (schemas/rules/epoch.ts). When timeline and delivery have stored that for all
 *    its partitions, both go on in the new one, and the gate announces its sessions there.
 */
import type { Log } from '../../infra/log/log.ts';
import type { TimelineStore } from '../../infra/timeline/timeline-store.ts';
import { BubbleError } from '../../schemas/errors.ts';
import type { Codecs } from '../../schemas/events/codecs.ts';
import { COMMAND, NO_RETURN } from '../../schemas/events/inbound.ts';
import { MAX_EPOCH } from '../../schemas/positions.ts';
import { isFinished } from '../../schemas/rules/epoch.ts';
import { encodeFact } from '../../schemas/rules/facts.ts';
import {
  INBOUND,
  inboxEpochOf,
  inboxTopic,
  type Layout,
  MAX_PARTITIONS,
  type TopicSpec,
  topicSpecs,
} from '../../schemas/topics.ts';
import { DELIVERY_GROUP } from './groups.ts';

/** The layouts of all epochs of a log, rising. @param first what it began with, or will */
export const layoutsOf = async (log: Log, first: Layout): Promise<Layout[]> => {
  const prefix = inboxTopic(first.epoch).slice(0, -String(first.epoch).length);
  const later = (await log.topics())
    .filter(({ name }) => name.startsWith(prefix) && inboxEpochOf(name) > first.epoch)
    .map(({ name, partitions }) => ({ ...first, epoch: inboxEpochOf(name), inboxPartitions: partitions }));
  return [first, ...later.toSorted((one, other) => one.epoch - other.epoch)];
};

/**
 * Decides that a new epoch begins: makes its topics.
 * @param specs the topics of an epoch, as this log keeps them
 * @throws BubbleError REFUSED where the number is no growth
 */
export const beginEpoch = async (
  log: Log,
  newest: Layout,
  inboxPartitions: number,
  specs: (layout: Layout) => TopicSpec[] = topicSpecs,
): Promise<Layout> => {
  if (!Number.isSafeInteger(inboxPartitions) || inboxPartitions > MAX_PARTITIONS) {
    throw new BubbleError('REFUSED', `inbox can have ${MAX_PARTITIONS} partitions at most`);
  }
  if (inboxPartitions <= newest.inboxPartitions) {
    throw new BubbleError(
      'REFUSED',
      `inbox has ${newest.inboxPartitions} partitions: it can only get more, not ${inboxPartitions}`,
    );
  }
  if (newest.epoch >= MAX_EPOCH) throw new BubbleError('REFUSED', `epoch ${MAX_EPOCH} is the last`);
  const layout: Layout = { ...newest, epoch: newest.epoch + 1, inboxPartitions };
  await log.ensureTopics(specs(layout));
  return layout;
};

/** Appends the fact to one inbound partition. Its id is the same at each repeat. */
export const announceEpoch = async (
  log: Log,
  codecs: Codecs,
  { epoch, inboxPartitions }: Layout,
  partition: number,
  gateTime: number,
): Promise<void> => {
  const value = codecs.inbound.encode({
    ...NO_RETURN,
    tenant: '',
    conversation: '',
    kind: COMMAND.EPOCH_CHANGE,
    sender: '',
    device: '',
    generation: 0,
    clientMsgId: BigInt(epoch),
    to: '',
    body: Buffer.from(encodeFact({ kind: COMMAND.EPOCH_CHANGE, epoch, inboxPartitions })),
    bodyKey: null,
    gateTime,
  });
  await log.append(INBOUND, partition, [{ key: Buffer.from(`fact/epoch/${epoch}`), value }]);
};

/** Whether every partition of the epoch's timeline is finished, as stored. */
export const isTimelineFinished = async (store: TimelineStore, layout: Layout): Promise<boolean> => {
  const { epoch, inboundPartitions, inboxPartitions } = layout;
  for (let partition = 0; partition < inboxPartitions; partition += 1) {
    const { vector } = await store.checkpoint(partition);
    if (!isFinished(vector, epoch, inboundPartitions)) return false;
  }
  return true;
};

/** Whether delivery has committed the end of every partition of the epoch. */
export const isDeliveryFinished = async (log: Log, layout: Layout): Promise<boolean> => {
  const { epoch, inboundPartitions, inboxPartitions } = layout;
  for (let partition = 0; partition < inboxPartitions; partition += 1) {
    const committed = await log.committed(DELIVERY_GROUP, inboxTopic(epoch), partition);
    if (committed === null || !isFinished(committed.vector, epoch, inboundPartitions)) return false;
  }
  return true;
};
