// Spans around invocations: whose trace goes on, what is told of them, and that nothing of a URL or a message is.
import { noTelemetry } from '../../../shared/telemetry/telemetry';
import { traceparentOf, tracedHttp, tracedMessage } from '../../../shared/telemetry/traced-functions';
import { InvocationContext } from '@azure/functions';
import { post } from '../../support/invocation';
import { makeRecordingTelemetry } from '../../support/recording-telemetry';

const HOST_SPAN = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
const SENDER_SPAN = `00-${'3'.repeat(32)}-${'4'.repeat(16)}-01`;

const context = (functionName: string, traceParent?: string) =>
  new InvocationContext({
    functionName,
    invocationId: 'invocation-1',
    ...(traceParent !== undefined && { traceContext: { traceParent } }),
  });

test('without telemetry a handler is handed back', () => {
  const handler = () => ({ status: 200 });
  expect(tracedHttp(noTelemetry, handler)).toBe(handler);
  const messageHandler = async () => {};
  expect(tracedMessage(noTelemetry, messageHandler)).toBe(messageHandler);
});

describe('an HTTP function', () => {
  test('continues the host’s trace, and tells method and status', async () => {
    const telemetry = makeRecordingTelemetry();
    const handler = tracedHttp(telemetry, async () => ({ status: 202 }));
    expect(
      await handler(post('/api/enqueueTones?code=s3cret', { digits: '42#' }), context('enqueueTones', HOST_SPAN)),
    ).toEqual({ status: 202 });
    expect(telemetry.spans).toEqual([
      {
        name: 'enqueueTones',
        options: {
          kind: 'server',
          parent: HOST_SPAN,
          attributes: { 'http.request.method': 'POST', 'faas.invocation_id': 'invocation-1' },
        },
        attributes: {
          'http.request.method': 'POST',
          'faas.invocation_id': 'invocation-1',
          'http.response.status_code': 202,
        },
        links: [],
        failures: [],
        ended: true,
      },
    ]);
  });

  test('fails with a 5xx, not with a 4xx; no status is 200', async () => {
    const telemetry = makeRecordingTelemetry();
    for (const answer of [{ status: 503 }, { status: 409 }, {}])
      await tracedHttp(telemetry, () => answer)(post('/api/x', {}), context('x'));
    expect(
      telemetry.spans.map(({ attributes, failures }) => [attributes['http.response.status_code'], failures]),
    ).toEqual([
      [503, ['503']],
      [409, []],
      [200, []],
    ]);
  });

  test('begins a trace of its own where the host has none', async () => {
    const telemetry = makeRecordingTelemetry();
    await tracedHttp(telemetry, () => ({}))(post('/api/x', {}), context('x'));
    await tracedHttp(telemetry, () => ({}))(post('/api/x', {}), context('x', ''));
    expect(telemetry.spans.map(({ options }) => options.parent)).toEqual([undefined, undefined]);
  });
});

describe('a function of the queue', () => {
  const attributes = {
    'messaging.system': 'azure_storage_queue',
    'messaging.operation.type': 'process',
    'faas.invocation_id': 'invocation-1',
  };

  test('continues the trace of the sender, and links the host’s own', async () => {
    const telemetry = makeRecordingTelemetry();
    const handled: unknown[] = [];
    const message = { clientContext: 'order-42', traceparent: SENDER_SPAN };
    await tracedMessage(telemetry, async (handed) => void handled.push(handed))(
      message,
      context('sendTones', HOST_SPAN),
    );
    expect(handled).toEqual([message]);
    expect(telemetry.spans).toEqual([
      {
        name: 'sendTones',
        options: { kind: 'consumer', parent: SENDER_SPAN, links: [HOST_SPAN], attributes },
        attributes,
        links: [HOST_SPAN],
        failures: [],
        ended: true,
      },
    ]);
  });

  test('continues the host’s trace where the message names none', async () => {
    const telemetry = makeRecordingTelemetry();
    const handler = tracedMessage<{ clientContext: string }>(telemetry, async () => {});
    for (const message of [{ clientContext: 'order-42' }, { clientContext: 'x', traceparent: undefined }, undefined])
      await handler(message, context('sendTones', HOST_SPAN));
    const options = { kind: 'consumer', parent: HOST_SPAN, links: [], attributes };
    expect(telemetry.spans.map((span) => span.options)).toEqual([options, options, options]);
  });

  test('throws what its handler throws, so that the queue delivers again', async () => {
    const handler = tracedMessage(makeRecordingTelemetry(), () => Promise.reject(new RangeError('storage')));
    await expect(handler({}, context('sendTones'))).rejects.toThrow(RangeError);
  });
});

test('the traceparent of an invocation is the host’s, where it has one', () => {
  expect([
    traceparentOf(context('x', HOST_SPAN)),
    traceparentOf(context('x', '')),
    traceparentOf(context('x')),
  ]).toEqual([HOST_SPAN, undefined, undefined]);
});
