/** Tells the row of a command whose outcome is not known among the rows of an inbox. */
import { sha256 } from '@noble/hashes/sha2.js';
import { groupIdOf, serverMsgIdOf } from '../../schemas/ids.ts';
import { OP } from '../../schemas/wire/operations.ts';
import type { StoredCommand } from './outbox-storage.ts';
import type { Row } from './rows.ts';

export interface Sender {
  readonly tenant: string;
  readonly user: string;
  readonly deviceId: string;
}

/** By the hash that the server computes too: so a row without clientMsgId would be found as well. */
export const rowOf = (
  command: StoredCommand,
  { tenant, user, deviceId }: Sender,
): ((row: Row) => boolean) => {
  const { clientMsgId, operation } = command;
  const created = operation === OP.GROUP_CREATE ? groupIdOf(sha256, tenant, user, clientMsgId) : '';
  const to = created === '' ? command.to : created;
  const serverMsgId = serverMsgIdOf(sha256, tenant, user, to, clientMsgId);
  return (row) =>
    row.own &&
    row.from === user &&
    (row.serverMsgId === serverMsgId || (row.clientMsgId === clientMsgId && row.deviceId === deviceId));
};
