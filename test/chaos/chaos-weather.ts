// What a chaos run is exposed to: the settings of the app under it, and how often each fault comes on the way to storage and to Graph.
// Figures only.
import type { FaultRates } from './proxy/network-faults';

export const PART_LATENESS_SECONDS = 7;

/**
 * LOCAL_DEQUEUE_VISIBILITY_SECONDS: the messages of a killed instance come again within the run, and not after ten minutes. It is
 * shorter than some deliveries take, so that second deliveries meet claims that are being worked on, too. Of the parts whose message
 * comes again some are still in time, and some too late: PART_LATENESS_SECONDS is a little less.
 */
export const SETTINGS = {
  PART_LATENESS_SECONDS: String(PART_LATENESS_SECONDS),
  SEND_GRACE_SECONDS: '6',
  NOTIFICATION_GRACE_SECONDS: '5',
  WAIT_MAX_SECONDS: '4',
  LOCAL_DEQUEUE_VISIBILITY_SECONDS: '8',
};

export const STORAGE_RATES: FaultRates = {
  resetBefore: 0.01,
  resetAfter: 0.015,
  delayBefore: 0.01,
  delayAfter: 0.01,
  errorBefore: 0.01,
  errorAfter: 0.015,
  mostDelayBeforeMs: 1500,
  mostDelayAfterMs: 2500,
};

/** A press is delayed on its way by much less than the lead that the app keeps to a deadline (250 ms): nobody can call back what has left. */
export const GRAPH_RATES: FaultRates = {
  resetBefore: 0.03,
  resetAfter: 0.04,
  delayBefore: 0.1,
  delayAfter: 0.06,
  errorBefore: 0.02,
  errorAfter: 0.03,
  mostDelayBeforeMs: 50,
  mostDelayAfterMs: 5000,
};
