// All rules of the domain, made once from the ports: what the functions of the app call.
// Decides nothing itself; the ends of requests are given to the one rule that may write them.
import { makeCallbackBurier } from './callbacks/bury-callback';
import { makeCallbackDeliverer } from './callbacks/deliver';
import { makeCallbackForgetter } from './callbacks/forget';
import { makeCallbackSubscriber } from './callbacks/subscribe';
import { makeToneAcceptor } from './delivery/accept-tones';
import { makeCanceler } from './delivery/cancel';
import { makeFindWaiting } from './delivery/find-waiting';
import { makeRequestEnder, type RulePorts } from './delivery/end-request';
import { makeNotifiedRecorder } from './delivery/notified';
import { makeTonePresser } from './delivery/press/press-tones';
import { makeCallStateRecorder } from './delivery/record-call-state';
import { makeReportRecorder } from './delivery/record-report';
import type { Ports } from './ports/ports';
import type { OutcomeEnds } from './ports/rows';
import { makeAbandonedBurier } from './upkeep/bury-abandoned';
import { makeToneBurier } from './upkeep/bury-tones';
import { makeOverdueCloser } from './upkeep/close-overdue';
import { makeRetention } from './upkeep/delete-old';
import { makeCallLister } from './upkeep/list-call';
import { makeOutcomeReader } from './upkeep/read-outcome';

export type Rules = ReturnType<typeof makeRules>;

export function makeRules({ ends, ...ports }: Ports & { readonly ends: OutcomeEnds }) {
  const rulePorts: RulePorts = { ...ports, endRequest: makeRequestEnder({ ...ports, ends }) };
  const recordNotified = makeNotifiedRecorder(ports);
  const buryTones = makeToneBurier(rulePorts);
  const buryCallback = makeCallbackBurier(ports);
  return {
    accept: makeToneAcceptor(rulePorts),
    press: makeTonePresser(rulePorts),
    recordReport: makeReportRecorder(rulePorts, recordNotified),
    recordCallState: makeCallStateRecorder(rulePorts),
    recordNotified,
    readOutcome: makeOutcomeReader(rulePorts),
    cancel: makeCanceler(rulePorts),
    findWaiting: makeFindWaiting(ports),
    listCall: makeCallLister(rulePorts),
    subscribe: makeCallbackSubscriber(ports),
    forgetCallback: makeCallbackForgetter(ports),
    deliverCallback: makeCallbackDeliverer(ports),
    buryTones,
    buryCallback,
    closeOverdue: makeOverdueCloser(rulePorts),
    buryAbandoned: makeAbandonedBurier({ ...ports, buryTones, buryCallback }),
    deleteOld: makeRetention(ports),
  };
}
