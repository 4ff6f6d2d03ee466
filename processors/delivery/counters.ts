/** What delivery has done since it started; for metrics and alarms. */
export interface DeliveryCounters {
  accepted: number;
  repeats: number;
  /** Records dropped because one before them is missing. Each is an alarm. */
  holes: number;
  targets: number;
  answers: number;
  /** Records that are none of inbox: left out by all its readers. Each is an alarm. */
  unreadable: number;
}

export const noDeliveries = (): DeliveryCounters => ({
  accepted: 0,
  repeats: 0,
  holes: 0,
  targets: 0,
  answers: 0,
  unreadable: 0,
});
