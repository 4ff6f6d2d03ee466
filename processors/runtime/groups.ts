/**
 * The consumer groups of the processors, and what the composition root calls the processors. Positions are stored under
 * these names, so a name is never changed and never used for something else.
 */
export const FAN_OUT_GROUP = 'fan-out';
export const DELIVERY_GROUP = 'delivery';
export const TIMELINE_GROUP = 'timeline';
export const PRESENCE_GROUP = 'presence';

/** Those that read inbox; their positions tell whether what was acknowledged there is there. */
export const INBOX_GROUPS = [DELIVERY_GROUP, TIMELINE_GROUP] as const;
