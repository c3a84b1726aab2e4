// Outages of services: for a while every request to them fails, to several of them together.
// Each request that meets one is noted for the tone request that it was for.
import type { World } from './simulated-world';

export type Service = 'table' | 'queue' | 'callbackQueue' | 'graph' | 'receivers';
const SERVICES: readonly Service[] = ['table', 'queue', 'callbackQueue', 'graph', 'receivers'];
const LATEST_START_MS = 90_000;
const LONGEST_MS = 60_000;

export class Outages {
  private readonly from: number;
  private readonly to: number;
  private readonly services = new Set<Service>();
  private readonly losesAnswers: boolean;

  constructor(private readonly world: World) {
    const { random, time } = world;
    const happens = random.chance(world.faults.outage);
    this.from = time.now + random.between(0, LATEST_START_MS);
    this.to = this.from + random.between(2000, LONGEST_MS);
    this.losesAnswers = random.chance(0.3);
    for (const service of SERVICES) if (happens && random.chance(0.5)) this.services.add(service);
  }

  /** True while the service is down: nothing is executed. */
  strikes(service: Service, clientContext: string): boolean {
    return !this.losesAnswers && this.isOn(service, clientContext);
  }

  /** True while the service executes what it is asked, and all its answers are lost. */
  strikesAnswers(service: Service, clientContext: string): boolean {
    return this.losesAnswers && this.isOn(service, clientContext);
  }

  private isOn(service: Service, clientContext: string): boolean {
    const { now } = this.world.time;
    if (!this.services.has(service) || now < this.from || now >= this.to) return false;
    this.world.witness.fault('outage', clientContext);
    return true;
  }
}
