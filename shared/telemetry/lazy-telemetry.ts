// Telemetry where it is asked for: the SDK is loaded when the app has been,
// never with it, and never where no exporter is set.
// Knows the SDK by one import() only: the build puts open-telemetry.ts into a file of its own, dist/telemetry.js.
import type { TelemetrySettings } from '../settings/telemetry-settings';
import { errorName } from '../tones/event-log';
import { makeMonitorCredential } from './monitor-credential';
import { noTelemetry, type OnTelemetryFault, type Telemetry } from './telemetry';

export interface TelemetryOptions {
  /** Called at the first failure of each exporter, and again of the first one after a success. Must not throw. */
  readonly onFault: OnTelemetryFault;
  /** For tests. By default the SDK with the exporters of the settings. */
  readonly load?: (settings: TelemetrySettings, onFault: OnTelemetryFault) => Promise<Telemetry>;
}

/** `noTelemetry` where `settings` is undefined. */
export function makeTelemetry(
  settings: TelemetrySettings | undefined,
  { onFault, load = loadOpenTelemetry }: TelemetryOptions,
): Telemetry {
  if (settings === undefined) return noTelemetry;
  let loaded: Telemetry | undefined;
  let loading: Promise<Telemetry> | undefined;

  function ready(): Promise<Telemetry> {
    loading ??= tryToLoad(settings as TelemetrySettings);
    return loading;
  }

  async function tryToLoad(present: TelemetrySettings): Promise<Telemetry> {
    try {
      loaded = await load(present, onFault);
    } catch (error) {
      loaded = noTelemetry;
      onFault({ part: 'loading', code: errorName(error) });
    }
    return loaded;
  }

  // Behind the entry point, so that it does not count for its load time; mostly done when the first invocation comes.
  setImmediate(() => void ready()).unref();

  return {
    inSpan: async (name, options, work) => (loaded ?? (await ready())).inSpan(name, options, work),
    traceparent: () => loaded?.traceparent(),
    describe: (attributes) => loaded?.describe(attributes),
    link: (traceparent) => loaded?.link(traceparent),
    fail: (code) => loaded?.fail(code),
    observe(event, fields) {
      if (loaded !== undefined) loaded.observe(event, fields);
      else void ready().then((telemetry) => telemetry.observe(event, fields));
    },
    flush: async () => (await loading)?.flush(),
  };
}

async function loadOpenTelemetry(settings: TelemetrySettings, onFault: OnTelemetryFault): Promise<Telemetry> {
  const { startOpenTelemetry } = await import('./open-telemetry');
  const identity = settings.azureMonitor?.identity;
  return startOpenTelemetry(settings, {
    onFault,
    ...(identity !== undefined && { credential: await makeMonitorCredential(identity) }),
  });
}
