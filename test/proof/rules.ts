// The design under proof: the production rules, or a naive one that must fail, behind one shape.
// The harness calls it as the functions of the app call the rules.
import { makeToneAcceptor, type Acceptance, type AcceptPorts } from '../../shared/tones/delivery/accept-tones';
import { makeToneBurier } from '../../shared/tones/delivery/bury-tones';
import {
  makeCallbackBurier,
  makeCallbackSubscriber,
  makeCallbackTeller,
  type CallbackPorts,
  type PostCallback,
} from '../../shared/tones/callbacks/callbacks';
import { makeOverdueCloser } from '../../shared/tones/delivery/close-overdue';
import type { OperationReport } from '../../shared/tones/facts/operation-report';
import type { CallbackMessage, ToneMessage } from '../../shared/tones/ports';
import { makeTonePresser, type PressPorts } from '../../shared/tones/delivery/press-tones';
import { makeCallStateRecorder, type CallTold } from '../../shared/tones/delivery/record-call-state';
import { makeReportRecorder } from '../../shared/tones/delivery/record-report';
import type { ToneRequest } from '../../shared/tones/request/tone-request';

/** Everything that a design may use. */
export interface Ports extends AcceptPorts, PressPorts, CallbackPorts {
  readonly post: PostCallback;
}

export interface Rules {
  accept(request: ToneRequest): Promise<Acceptance>;
  press(message: ToneMessage): Promise<unknown>;
  bury(clientContext: string): Promise<void>;
  report(report: OperationReport): Promise<void>;
  tellCall(told: CallTold): Promise<void>;
  closeOverdue(): Promise<void>;
  subscribe(clientContext: string, callbackUrl: string): Promise<unknown>;
  tell(message: CallbackMessage): Promise<unknown>;
  buryCallback(message: CallbackMessage): Promise<void>;
}

export type Design = (ports: Ports) => Rules;

export const productionDesign: Design = (ports) => ({
  accept: makeToneAcceptor(ports),
  press: makeTonePresser(ports),
  bury: makeToneBurier(ports),
  report: makeReportRecorder(ports),
  tellCall: makeCallStateRecorder(ports),
  closeOverdue: () => makeOverdueCloser(ports).closeOverdue(),
  subscribe: makeCallbackSubscriber(ports),
  tell: makeCallbackTeller(ports),
  buryCallback: makeCallbackBurier(ports),
});
