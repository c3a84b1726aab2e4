// The design under proof: the production rules, or a naive one that must fail, behind one shape.
// The harness calls it as the functions of the app call the rules.
import type { TableClient } from '@azure/data-tables';
import { fromCallbackAnswer, type CallbackAnswer } from '../../shared/outbound/callback-answer';
import { makeRequestIndex } from '../../shared/storage/request-index';
import type { Container } from '../../shared/storage/storage-clients';
import type { Acceptance } from '../../shared/tones/delivery/accept-tones';
import type { ReportedCallState } from '../../shared/tones/facts/call-facts';
import type { OperationReport } from '../../shared/tones/facts/operation-report';
import type { PostCallback } from '../../shared/tones/ports/callbacks';
import type { Ports as ProductionPorts } from '../../shared/tones/ports/ports';
import type { CallbackMessage, Delivery, ToneMessage } from '../../shared/tones/ports/queues';
import type { OutcomeEnds } from '../../shared/tones/ports/rows';
import type { ToneRequest } from '../../shared/tones/request/tone-request';
import { makeRules } from '../../shared/tones/rules';

/** Everything that a design may use. The index is the production one, on the table that the world gives it; so is what an answer means. */
export type Ports = Omit<ProductionPorts, 'index' | 'post'> & {
  readonly ends: OutcomeEnds;
  readonly indexTable: Container<TableClient>;
  /** A callback's receiver: its answer over HTTP; undefined where none came. */
  readonly receiver: (clientContext: string, status: string) => Promise<CallbackAnswer | undefined>;
};

export interface Rules {
  accept(request: ToneRequest): Promise<Acceptance>;
  press(message: ToneMessage, delivery: Delivery): Promise<unknown>;
  bury(message: Pick<ToneMessage, 'clientContext' | 'part'>): Promise<void>;
  report(report: OperationReport): Promise<void>;
  tellCall(reported: ReportedCallState): Promise<void>;
  read(clientContext: string): Promise<unknown>;
  /** What the answer shows; undefined: no request of that name. */
  cancel(clientContext: string): Promise<{ readonly status: string; readonly part?: number } | undefined>;
  /** The works of one run of the timer, in their order. */
  readonly timer: readonly (() => Promise<void>)[];
  subscribe(clientContext: string, callbackUrl: string): Promise<unknown>;
  tell(message: CallbackMessage): Promise<unknown>;
  buryCallback(message: CallbackMessage): Promise<void>;
}

export type Design = (ports: Ports) => Rules;

export const productionDesign: Design = ({ indexTable, receiver, ...ports }) => {
  const post: PostCallback = async (_url, { clientContext, status }) => {
    const answer = await receiver(clientContext, status);
    return answer ? fromCallbackAnswer(answer, ports.clock.now()) : { kind: 'failed', reason: 'no answer in time' };
  };
  const rules = makeRules({ ...ports, post, index: makeRequestIndex(indexTable) });
  return {
    accept: rules.accept,
    press: rules.press,
    bury: rules.buryTones,
    report: rules.recordReport,
    tellCall: rules.recordCallState,
    read: rules.readOutcome,
    cancel: rules.cancel,
    timer: [rules.closeOverdue, rules.buryAbandoned, rules.deleteOld],
    subscribe: rules.subscribe,
    tell: rules.deliverCallback,
    buryCallback: rules.buryCallback,
  };
};

/** One run of the timer, as functions/close-overdue-outcomes has it: a work that fails does not keep the others from being done. */
export async function runTimer({ timer }: Rules): Promise<void> {
  const failures: unknown[] = [];
  for (const work of timer) await work().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
