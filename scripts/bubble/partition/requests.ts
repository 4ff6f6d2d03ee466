/** An operator's decision as it comes over HTTP. */
import { BubbleError } from '../../../schemas/errors.ts';
import type { DecisionRequest } from './standing.ts';

/** The request of a `POST /partition`. @throws BubbleError REFUSED where it is none */
export const requestIn = (query: URLSearchParams): DecisionRequest => {
  const action = query.get('action');
  if (action !== 'reject' && action !== 'resume') {
    throw new BubbleError('REFUSED', 'action is reject or resume');
  }
  const numberOf = (name: string): number => {
    const number = Number(query.get(name) ?? Number.NaN);
    if (!Number.isSafeInteger(number) || number < 0) throw new BubbleError('REFUSED', `${name} is needed`);
    return number;
  };
  return {
    action,
    partition: numberOf('partition'),
    offset: numberOf('offset'),
    operator: query.get('operator') ?? '',
    reason: query.get('reason') ?? '',
  };
};
