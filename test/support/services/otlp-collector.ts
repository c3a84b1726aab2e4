// An OpenTelemetry collector on this machine: takes OTLP/HTTP in JSON and keeps spans, sums and histograms in plain form.
// Used by the tests of telemetry. The format: https://github.com/open-telemetry/opentelemetry-proto, `trace.proto` and `metrics.proto`.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** `takes` everything; `hangs`: reads and never answers; `fails`: 500. */
export type CollectorMood = 'takes' | 'hangs' | 'fails';

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly attributes: Attributes;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly failed: boolean;
}

export interface CollectedPoint {
  readonly metric: string;
  readonly unit: string;
  readonly attributes: Attributes;
  /** Sum of a counter or a histogram, since the process began. */
  readonly sum: number;
  /** Of a histogram: how many values. */
  readonly count?: number;
}

const KINDS = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const STATUS_ERROR = 2;

export class OtlpCollector {
  readonly spans: CollectedSpan[] = [];
  readonly resources: Attributes[] = [];
  /** Every body as it came. */
  readonly payloads: string[] = [];
  readonly requests: { readonly path: string; readonly headers: Readonly<Record<string, unknown>> }[] = [];
  mood: CollectorMood = 'takes';
  #points = new Map<string, CollectedPoint>();

  constructor(
    readonly url: string,
    private readonly end: () => Promise<void>,
  ) {}

  /** The newest value of each metric and attribute set; of one metric where it is named. */
  points(metric?: string): CollectedPoint[] {
    return [...this.#points.values()].filter((point) => metric === undefined || point.metric === metric);
  }

  spansNamed(name: string): CollectedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  take(path: string, headers: Readonly<Record<string, unknown>>, body: string): void {
    this.requests.push({ path, headers });
    this.payloads.push(body);
    const { resourceSpans = [], resourceMetrics = [] } = JSON.parse(body) as {
      resourceSpans?: ResourceSpans[];
      resourceMetrics?: ResourceMetrics[];
    };
    for (const { resource, scopeSpans } of resourceSpans) {
      this.resources.push(plain(resource.attributes));
      for (const { spans } of scopeSpans) this.spans.push(...spans.map(toSpan));
    }
    for (const { scopeMetrics } of resourceMetrics) {
      for (const point of scopeMetrics.flatMap(({ metrics }) => metrics.flatMap(toPoints)))
        this.#points.set(`${point.metric} ${JSON.stringify(point.attributes)}`, point);
    }
  }

  close(): Promise<void> {
    return this.end();
  }
}

export async function startOtlpCollector(): Promise<OtlpCollector> {
  const unanswered = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      collector.take(request.url ?? '', request.headers, body);
      if (collector.mood === 'hangs') return void unanswered.add(response);
      response.writeHead(collector.mood === 'fails' ? 500 : 200, { 'Content-Type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const collector = new OtlpCollector(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, async () => {
    for (const response of unanswered) response.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return collector;
}

interface KeyValue {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly intValue?: string | number;
    readonly doubleValue?: number;
    readonly boolValue?: boolean;
  };
}

interface ResourceSpans {
  readonly resource: { readonly attributes: readonly KeyValue[] };
  readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly KeyValue[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status?: { readonly code?: number };
}

interface ResourceMetrics {
  readonly scopeMetrics: readonly { readonly metrics: readonly OtlpMetric[] }[];
}

interface OtlpPoint {
  readonly attributes: readonly KeyValue[];
  readonly asDouble?: number;
  readonly asInt?: string | number;
  readonly sum?: number;
  readonly count?: string | number;
}

interface OtlpMetric {
  readonly name: string;
  readonly unit: string;
  readonly sum?: { readonly dataPoints: readonly OtlpPoint[] };
  readonly histogram?: { readonly dataPoints: readonly OtlpPoint[] };
}

function toSpan({
  traceId,
  spanId,
  parentSpanId,
  name,
  kind,
  attributes,
  links = [],
  status,
}: OtlpSpan): CollectedSpan {
  return {
    traceId,
    spanId,
    name,
    ...(parentSpanId && { parentSpanId }),
    kind: KINDS[kind] ?? 'internal',
    attributes: plain(attributes),
    links: links.map((link) => ({ traceId: link.traceId, spanId: link.spanId })),
    failed: status?.code === STATUS_ERROR,
  };
}

function toPoints({ name, unit, sum, histogram }: OtlpMetric): CollectedPoint[] {
  return (
    (sum ?? histogram)?.dataPoints.map((point) => ({
      metric: name,
      unit,
      attributes: plain(point.attributes),
      sum: Number(point.asDouble ?? point.asInt ?? point.sum ?? 0),
      ...(histogram !== undefined && { count: Number(point.count) }),
    })) ?? []
  );
}

function plain(attributes: readonly KeyValue[]): Attributes {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? Number(value.intValue ?? value.doubleValue),
    ]),
  );
}
