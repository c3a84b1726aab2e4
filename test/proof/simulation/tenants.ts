// The tenants of a simulated world: whose calls they are, who has not consented, and which tenant Graph's token names.
// In a third of the worlds; they have a random of their own, so that the others stay as they are.
import type { ToneRequest } from '../../../shared/tones/request/tone-request';
import { seededRandom, type SeededRandom } from './seeded-random';

const OF_TENANTS = 0x7e4a47;
export const OWN_TENANT = '0a000000-0000-4000-8000-000000000000';
const OTHERS = ['0b000000-0000-4000-8000-00000000000b', '0c000000-0000-4000-8000-00000000000c'] as const;
/** Of the calls of a world that has several tenants. */
const SHARE_OF_CALLS = 0.5;
const SHARE_WITHOUT_CONSENT = 0.3;
/** Reports whose token names another tenant than that of the call. */
const SHARE_OF_ODD_REPORTS = 0.2;

export class Tenants {
  readonly areHere: boolean;
  private readonly random: SeededRandom;
  /** No token is given there, however often it is asked for. */
  private readonly withoutConsent: string | undefined;
  private readonly ofCalls = new Map<string, string | undefined>();

  constructor(seed: number) {
    this.random = seededRandom(seed ^ OF_TENANTS);
    this.areHere = this.random.chance(1 / 3);
    this.withoutConsent = this.random.chance(SHARE_WITHOUT_CONSENT) ? this.random.pick(OTHERS) : undefined;
  }

  /** The request as its caller makes it: with the tenant of the call, where that is not the app's own. */
  named(request: ToneRequest): ToneRequest {
    const tenantId = this.areHere ? this.tenantOf(request.callId) : undefined;
    return tenantId === undefined ? request : { ...request, tenantId };
  }

  hasConsented(tenantId: string | undefined): boolean {
    return tenantId === undefined || tenantId !== this.withoutConsent;
  }

  /** What the app is configured with; nothing in a world of one tenant. */
  ownId(): { readonly ownTenantId?: string } {
    return this.areHere ? { ownTenantId: OWN_TENANT } : {};
  }

  /** The tenant that the token of a report names. */
  ofReport(tenantId = OWN_TENANT): { readonly tenantId?: string } {
    if (!this.areHere) return {};
    return {
      tenantId: this.random.chance(SHARE_OF_ODD_REPORTS) ? this.random.pick([OWN_TENANT, ...OTHERS]) : tenantId,
    };
  }

  private tenantOf(callId: string): string | undefined {
    if (!this.ofCalls.has(callId))
      this.ofCalls.set(callId, this.random.chance(SHARE_OF_CALLS) ? this.random.pick(OTHERS) : undefined);
    return this.ofCalls.get(callId);
  }
}
