// The design under proof: the production rules, or a naive one that must fail, behind one shape.
// The harness calls it as the functions of the app call the rules.
import { makeToneAcceptor, type Acceptance } from '../../shared/tones/accept-tones';
import { makeToneBurier } from '../../shared/tones/bury-tones';
import { makeOverdueCloser } from '../../shared/tones/close-overdue';
import type { DeliveryPolicy } from '../../shared/tones/delivery-policy';
import type { EventLog } from '../../shared/tones/event-log';
import type { OperationReport } from '../../shared/tones/operation-report';
import type { CallRows, Clock, GraphCalls, OutcomeRows, Randomness, RequestIndex, ToneMessage, ToneQueue } from '../../shared/tones/ports';
import { makeTonePresser } from '../../shared/tones/press-tones';
import { makeCallStateRecorder, type CallTold } from '../../shared/tones/record-call-state';
import { makeReportRecorder } from '../../shared/tones/record-report';
import type { ToneRequest } from '../../shared/tones/tone-request';

/** Everything that a design may use. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Randomness;
  readonly outcomes: OutcomeRows;
  readonly calls: CallRows;
  readonly index: RequestIndex;
  readonly queue: ToneQueue;
  readonly graph: GraphCalls;
  readonly fingerprint: (request: ToneRequest) => Promise<string>;
  readonly policy: DeliveryPolicy;
  readonly log: EventLog;
}

export interface Rules {
  accept(request: ToneRequest): Promise<Acceptance>;
  press(message: ToneMessage): Promise<unknown>;
  bury(clientContext: string): Promise<void>;
  report(report: OperationReport): Promise<void>;
  tellCall(told: CallTold): Promise<void>;
  closeOverdue(): Promise<void>;
}

export type Design = (ports: Ports) => Rules;

export const productionDesign: Design = (ports) => ({
  accept: makeToneAcceptor(ports),
  press: makeTonePresser(ports),
  bury: makeToneBurier(ports),
  report: makeReportRecorder(ports),
  tellCall: makeCallStateRecorder(ports),
  closeOverdue: () => makeOverdueCloser(ports).closeOverdue(),
});
