// The design under proof: the production rules, or a naive one that must fail, behind one shape.
// The harness calls it as the functions of the app call the rules.
import type { Acceptance } from '../../shared/tones/delivery/accept-tones';
import type { Delivery } from '../../shared/tones/delivery/press-tones';
import type { ReportedCallState } from '../../shared/tones/facts/call-facts';
import type { OperationReport } from '../../shared/tones/facts/operation-report';
import type { Ports as ProductionPorts } from '../../shared/tones/ports/ports';
import type { CallbackMessage, ToneMessage } from '../../shared/tones/ports/queues';
import type { OutcomeEnds } from '../../shared/tones/ports/rows';
import type { ToneRequest } from '../../shared/tones/request/tone-request';
import { makeRules } from '../../shared/tones/rules';

/** Everything that a design may use. */
export type Ports = ProductionPorts & { readonly ends: OutcomeEnds };

export interface Rules {
  accept(request: ToneRequest): Promise<Acceptance>;
  press(message: ToneMessage, delivery: Delivery): Promise<unknown>;
  bury(clientContext: string): Promise<void>;
  report(report: OperationReport): Promise<void>;
  tellCall(told: ReportedCallState): Promise<void>;
  closeOverdue(): Promise<void>;
  subscribe(clientContext: string, callbackUrl: string): Promise<unknown>;
  tell(message: CallbackMessage): Promise<unknown>;
  buryCallback(message: CallbackMessage): Promise<void>;
}

export type Design = (ports: Ports) => Rules;

export const productionDesign: Design = (ports) => {
  const rules = makeRules(ports);
  return {
    accept: rules.accept,
    press: rules.press,
    bury: rules.buryTones,
    report: rules.recordReport,
    tellCall: rules.recordCallState,
    closeOverdue: rules.closeOverdue,
    subscribe: rules.subscribe,
    tell: rules.deliverCallback,
    buryCallback: rules.buryCallback,
  };
};
