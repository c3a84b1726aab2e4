// The calls that the simulated Graph knows: their state, callback URL and
// plan, and which scenario the next request meets.
// Knows no HTTP, and no operation.
import { randomUUID } from 'node:crypto';
import {
  faultsOf,
  isObject,
  isOneOf,
  isText,
  PLAN_CHECKS,
  timesOf,
  type Check,
  type Checks,
  type Scenario,
  type ScenarioPlan,
} from './scenarios';

export const CALL_STATES = ['establishing', 'established', 'terminated'] as const;
export type CallState = (typeof CALL_STATES)[number];
export const MEDIA_STATES = ['active', 'inactive'] as const;
export type MediaState = (typeof MEDIA_STATES)[number];

/** What the control API takes to create a call or, with PATCH, to change it. */
export interface CallOptions extends ScenarioPlan {
  /** Default `established`. */
  state?: CallState;
  /** Default `active`. */
  mediaState?: MediaState;
  /** http or https; where every notification of the call goes. Absent: none is sent. */
  callbackUrl?: string;
  /** `tid` of the notification tokens. Default: the simulator's tenant. */
  tenantId?: string;
  /** `aud` of the notification tokens. Default: the simulator's app. */
  appId?: string;
  /** Plans for single clientContexts; what they leave out is taken from the call's own. */
  byClientContext?: Record<string, ScenarioPlan>;
}

export interface SimulatedCall {
  readonly id: string;
  /** Sent as X-Microsoft-Skype-Chain-ID with every notification of the call. */
  readonly chainId: string;
  readonly options: CallOptions;
  readonly state: CallState;
  readonly mediaState: MediaState;
  readonly tenantId: string;
  readonly appId: string;
  /** Requests that met each plan so far; the call's own plan has the key `undefined`. */
  readonly used: Map<string | undefined, number>;
}

export class OptionFault extends Error {}

const isUrl: Check = (value) =>
  typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
const CALL_CHECKS: Checks<CallOptions> = {
  ...PLAN_CHECKS,
  state: isOneOf(CALL_STATES),
  mediaState: isOneOf(MEDIA_STATES),
  callbackUrl: isUrl,
  tenantId: isText,
  appId: isText,
  byClientContext: (value) =>
    isObject(value) && Object.values(value).every((plan) => isObject(plan) && faultsOf(plan, PLAN_CHECKS).length === 0),
};

const MAX_CALLS = 200_000;

export class CallRegistry {
  readonly #calls = new Map<string, SimulatedCall>();

  constructor(private readonly defaults: { tenantId: string; appId: string }) {}

  get(id: string): SimulatedCall | undefined {
    return this.#calls.get(id);
  }

  /**
   * Creates the call, or replaces it with all its counters. Throws
   * OptionFault. The oldest call goes when there are 200,000.
   */
  put(id: string, options: CallOptions): SimulatedCall {
    checkOptions(options);
    this.#calls.delete(id);
    const oldest = this.#calls.size >= MAX_CALLS ? this.#calls.keys().next().value : undefined;
    if (oldest !== undefined) this.#calls.delete(oldest);
    return this.#store(id, randomUUID(), options, new Map());
  }

  /** Changes the fields given. A new scenario or `times` starts its counting again. */
  patch(call: SimulatedCall, changes: CallOptions): SimulatedCall {
    checkOptions(changes);
    const used = new Map(call.used);
    if (changes.scenario !== undefined || changes.times !== undefined) used.delete(undefined);
    for (const clientContext of Object.keys(changes.byClientContext ?? {})) used.delete(clientContext);
    const byClientContext = { ...call.options.byClientContext, ...changes.byClientContext };
    const options = { ...call.options, ...changes, byClientContext };
    if (changes.scenario !== undefined && changes.times === undefined) delete options.times;
    return this.#store(call.id, call.chainId, options, used);
  }

  clear(): void {
    this.#calls.clear();
  }

  #store(id: string, chainId: string, options: CallOptions, used: SimulatedCall['used']): SimulatedCall {
    const {
      state = 'established',
      mediaState = 'active',
      tenantId = this.defaults.tenantId,
      appId = this.defaults.appId,
    } = options;
    const call: SimulatedCall = { id, chainId, options, state, mediaState, tenantId, appId, used };
    this.#calls.set(id, call);
    return call;
  }
}

/** The plan that a request with this clientContext meets, and its scenario; counts the request. */
export function nextPlan(
  call: SimulatedCall,
  clientContext: string | undefined,
): { plan: ScenarioPlan; scenario: Scenario } {
  const { byClientContext = {}, ...common } = call.options;
  const own =
    clientContext !== undefined && Object.hasOwn(byClientContext, clientContext)
      ? byClientContext[clientContext]
      : undefined;
  const plan: ScenarioPlan = { ...common, ...own };
  // A scenario of its own counts by itself: the call's `times` and `then` belong to the call's scenario.
  if (own?.scenario !== undefined && own.times === undefined) delete plan.times;
  if (own?.scenario !== undefined && own.then === undefined) delete plan.then;
  const key = own ? clientContext : undefined;
  const used = call.used.get(key) ?? 0;
  if (used >= timesOf(plan)) return { plan, scenario: plan.then ?? 'success' };
  call.used.set(key, used + 1);
  return { plan, scenario: plan.scenario ?? 'success' };
}

/** The call as the control API shows it. */
export function describeCall(call: SimulatedCall): Record<string, unknown> {
  const { id, state, mediaState, tenantId, appId, options } = call;
  return { scenario: 'success', ...options, id, state, mediaState, tenantId, appId };
}

/** Throws OptionFault. */
export function checkOptions(options: CallOptions): void {
  const faults = faultsOf({ ...options }, CALL_CHECKS);
  if (faults.length > 0) throw new OptionFault(`unknown or wrong: ${faults.join(', ')}`);
}
