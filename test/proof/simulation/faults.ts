// What can go wrong in the simulated world, and how often. Every fault that happens is counted, and noted for the request it touches.
// Used by the simulated world; `NO_FAULTS` is the control: then nobody may ever be answered `unknown`.

/** Probabilities of each fault, each time it could happen. */
export interface FaultRates {
  /** A storage request is refused: not executed, an error to the caller. */
  readonly storageRefused: number;
  /** A storage request is executed, but its answer is lost and the SDK gives up. */
  readonly storageAnswerLost: number;
  /** A storage request is executed, its answer is lost, and the SDK sends it again: the second answer is what the caller sees. */
  readonly storageRepeated: number;
  /** The same, but the SDK sends it again only seconds later. */
  readonly storageRepeatedLate: number;
  /** The client gives a write up after its time limit; it is applied some seconds later. */
  readonly storageLandsLate: number;
  /** A storage request takes seconds. */
  readonly storageSlow: number;
  /** Each world: storage, Graph and receivers are down together, for up to a minute. */
  readonly outage: number;
  /** A page of a query comes without rows, although there are more. */
  readonly pageEmpty: number;
  /** An instance of the app is killed, each time a request is made. */
  readonly kill: number;
  /** The queue delivers a message once more. */
  readonly redelivered: number;
  /** The deletion of a handled message is lost: it comes again after ten minutes. */
  readonly deleteLost: number;
  /** The answer to the caller is lost; it asks again. */
  readonly callerAnswerLost: number;
  /** The caller sends the same request twice at once. */
  readonly callerTwice: number;
  /** A token takes 2 to 25 seconds; or longer than the row is watched. */
  readonly tokenSlow: number;
  readonly tokenHung: number;
  readonly tokenUnavailable: number;
  /** The connection to Graph is there only after up to three seconds. */
  readonly connectionSlow: number;
  /** The process is frozen between its last check and the network, for up to W/2. */
  readonly frozen: number;
  /** Token, process and way are as slow as can be, one after the other; then the request arrives, or not. */
  readonly heldUp: number;
  /** The request is on its way to Graph for seconds; or never arrives. */
  readonly waySlow: number;
  readonly graphSilent: number;
  readonly graphUnreachable: number;
  readonly graphThrottled: number;
  readonly graphForbidden: number;
  readonly graphBusy: number;
  /** 500 after the press, 500 before it. */
  readonly graphFaultAfter: number;
  readonly graphFaultBefore: number;
  readonly graphReset: number;
  readonly graphSlow: number;
  readonly notificationLost: number;
  readonly notificationTwice: number;
  readonly notificationLate: number;
  /** Graph reports an operation that somebody else started under a name that is asked for later. */
  readonly strangersReport: number;
  /** The same under the name of a part that is pressed later, or never. */
  readonly strangersPart: number;
  /** Graph reports an operation of another call under the name of a request. */
  readonly otherCallsReport: number;
  /** The caller asks once more after ten minutes, when the entry of a request without a row is forgotten. */
  readonly askedLate: number;
  /** The function of the poison queue is never given the message: the timer must find it. */
  readonly poisonSkipped: number;
  readonly callEnds: number;
  readonly callNotificationLost: number;
  /** A callback's receiver has a fault or wants it later; or takes the outcome, and its answer is lost. */
  readonly callbackDown: number;
  readonly callbackAnswerLost: number;
}

export const NO_FAULTS: FaultRates = {
  storageRefused: 0,
  storageAnswerLost: 0,
  storageRepeated: 0,
  storageSlow: 0,
  kill: 0,
  redelivered: 0,
  deleteLost: 0,
  callerAnswerLost: 0,
  callerTwice: 0,
  tokenSlow: 0,
  tokenHung: 0,
  tokenUnavailable: 0,
  graphUnreachable: 0,
  graphThrottled: 0,
  graphForbidden: 0,
  graphBusy: 0,
  graphFaultAfter: 0,
  graphFaultBefore: 0,
  graphReset: 0,
  graphSlow: 0,
  notificationLost: 0,
  notificationTwice: 0,
  notificationLate: 0,
  callEnds: 0,
  callNotificationLost: 0,
  callbackDown: 0,
  callbackAnswerLost: 0,
  storageRepeatedLate: 0,
  storageLandsLate: 0,
  outage: 0,
  pageEmpty: 0,
  connectionSlow: 0,
  frozen: 0,
  heldUp: 0,
  waySlow: 0,
  graphSilent: 0,
  strangersReport: 0,
  strangersPart: 0,
  otherCallsReport: 0,
  askedLate: 0,
  poisonSkipped: 0,
};

/** About one fault in every second request. */
export const USUAL_FAULTS: FaultRates = {
  storageRefused: 0.004,
  storageAnswerLost: 0.004,
  storageRepeated: 0.006,
  storageSlow: 0.002,
  kill: 0.03,
  redelivered: 0.03,
  deleteLost: 0.02,
  callerAnswerLost: 0.03,
  callerTwice: 0.03,
  tokenSlow: 0.005,
  tokenHung: 0.002,
  tokenUnavailable: 0.01,
  graphUnreachable: 0.01,
  graphThrottled: 0.02,
  graphForbidden: 0.01,
  graphBusy: 0.02,
  graphFaultAfter: 0.01,
  graphFaultBefore: 0.01,
  graphReset: 0.01,
  graphSlow: 0.01,
  notificationLost: 0.02,
  notificationTwice: 0.03,
  notificationLate: 0.03,
  callEnds: 0.03,
  callNotificationLost: 0.2,
  callbackDown: 0.05,
  callbackAnswerLost: 0.03,
  storageRepeatedLate: 0.003,
  storageLandsLate: 0.003,
  outage: 0.04,
  pageEmpty: 0.1,
  connectionSlow: 0.01,
  frozen: 0.004,
  heldUp: 0.01,
  waySlow: 0.01,
  graphSilent: 0.01,
  strangersReport: 0.02,
  strangersPart: 0.03,
  otherCallsReport: 0.02,
  askedLate: 0.05,
  poisonSkipped: 0.3,
};

/** Storage executes every request, and each seventh answer is lost. */
export const MANY_LOST_ANSWERS: FaultRates = { ...NO_FAULTS, storageAnswerLost: 0.15 };

/** Storage refuses each seventeenth request. */
export const MANY_REFUSALS: FaultRates = { ...NO_FAULTS, storageRefused: 0.06 };

/** Graph's report of each third press is lost: its row is open until somebody looks after its time. */
export const MANY_LOST_REPORTS: FaultRates = { ...NO_FAULTS, notificationLost: 0.3 };

export type FaultName = keyof FaultRates;
