// The exporters that the settings ask for, each loaded only then: OTLP over HTTP (JSON), and Azure Monitor.
// Knows no span and no metric. A fault of an exporter is reported once, and
// ends here: batches are dropped, nothing waits for them.
import type { TokenCredential } from '@azure/identity';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { AzureMonitorSettings, TelemetrySettings } from '../settings/telemetry-settings';
import type { OnTelemetryFault } from './telemetry';

export interface ExporterOptions {
  readonly onFault: OnTelemetryFault;
  /** Needed where the settings name an identity. */
  readonly credential?: TokenCredential;
}

/** One place that spans and metrics are sent to. */
export interface Exporters {
  readonly traces: SpanExporter;
  readonly metrics: PushMetricExporter;
}

/** Longest wait for one export, repetitions included, in milliseconds. */
export const EXPORT_TIMEOUT_MS = 10_000;

export async function makeExporters(
  { otlpEndpoint, azureMonitor }: TelemetrySettings,
  { onFault, credential }: ExporterOptions,
): Promise<Exporters[]> {
  return Promise.all([
    ...(otlpEndpoint === undefined ? [] : [makeOtlpExporters(otlpEndpoint, onFault)]),
    ...(azureMonitor === undefined ? [] : [makeAzureMonitorExporters(azureMonitor, credential, onFault)]),
  ]);
}

/**
 * Headers (a key of the collector), compression and certificates are read by the
 * exporter itself: OTEL_EXPORTER_OTLP_HEADERS and the like.
 */
async function makeOtlpExporters(endpoint: string, onFault: OnTelemetryFault): Promise<Exporters> {
  const [{ OTLPTraceExporter }, { OTLPMetricExporter }] = await Promise.all([
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/exporter-metrics-otlp-http'),
  ]);
  const traces = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: EXPORT_TIMEOUT_MS });
  const metrics = new OTLPMetricExporter({ url: `${endpoint}/v1/metrics`, timeoutMillis: EXPORT_TIMEOUT_MS });
  watchResults(
    traces,
    makeFaultReporter((code) => onFault({ part: 'traces', exporter: 'otlp', code })),
  );
  watchResults(
    metrics,
    makeFaultReporter((code) => onFault({ part: 'metrics', exporter: 'otlp', code })),
  );
  return { traces, metrics };
}

async function makeAzureMonitorExporters(
  { connectionString }: AzureMonitorSettings,
  credential: TokenCredential | undefined,
  onFault: OnTelemetryFault,
): Promise<Exporters> {
  const { AzureMonitorMetricExporter, AzureMonitorTraceExporter } =
    await import('@azure/monitor-opentelemetry-exporter');
  const optionsFor = (part: 'traces' | 'metrics') => ({
    connectionString,
    ...(credential !== undefined && { credential }),
    // What cannot be sent is dropped, not kept on the disk of the instance.
    disableOfflineStorage: true,
    additionalPolicies: [
      {
        position: 'perCall' as const,
        policy: watchRequests(makeFaultReporter((code) => onFault({ part, exporter: 'azure-monitor', code }))),
      },
    ],
  });
  return {
    traces: new AzureMonitorTraceExporter(optionsFor('traces')),
    metrics: new AzureMonitorMetricExporter(optionsFor('metrics')),
  };
}

/**
 * Given the code of a failure, or undefined for a success. Reports the first
 * failure, and again the first one after a success.
 */
type FaultReporter = (code: string | undefined) => void;

function makeFaultReporter(report: (code: string) => void): FaultReporter {
  let failing = false;
  return (code) => {
    if (code !== undefined && !failing) report(code);
    failing = code !== undefined;
  };
}

function watchResults<Items>(
  exporter: { export(items: Items, done: (result: ExportResult) => void): void },
  judge: FaultReporter,
): void {
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) =>
    send(items, (result) => {
      judge(result.code === ExportResultCode.SUCCESS ? undefined : codeOf(result.error));
      done(result);
    });
}

/**
 * A policy of the exporter's HTTP client. Azure Monitor's exporter calls it a success when it drops what a service
 * refused for now (403 among them), so its requests are looked at; and it sets no time limit, so a silent service would
 * pile up connections.
 */
function watchRequests(judge: FaultReporter) {
  return {
    name: 'watchRequests',
    async sendRequest<Request extends { timeout: number }, Answer extends { readonly status: number }>(
      request: Request,
      next: (request: Request) => Promise<Answer>,
    ): Promise<Answer> {
      request.timeout = EXPORT_TIMEOUT_MS;
      try {
        const answer = await next(request);
        judge(answer.status >= 400 ? String(answer.status) : undefined);
        return answer;
      } catch (error) {
        judge(codeOf(error));
        throw error;
      }
    },
  };
}

/** An HTTP status, an error code (`ECONNREFUSED`) or a name; the message may hold what a server answered. */
function codeOf(error: unknown): string {
  const { code, statusCode, name, cause } = (error ?? {}) as {
    code?: unknown;
    statusCode?: unknown;
    name?: unknown;
    cause?: { code?: unknown };
  };
  const parts = [statusCode, code, cause?.code, name].map((part) =>
    typeof part === 'string' || typeof part === 'number' ? String(part) : '',
  );
  return parts.find((part) => /^\w{1,64}$/.test(part)) ?? 'unknown';
}
