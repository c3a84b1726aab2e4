// Spans around requests of ours: the request goes out untouched, its answer comes back untouched, and no URL is told.
import { noTelemetry } from '../../../shared/telemetry/telemetry';
import { tracedFetch, tracedPost } from '../../../shared/telemetry/traced-requests';
import { makeRecordingTelemetry } from '../../support/recording-telemetry';

const TEMPLATE = '/calls/{id}/sendDtmfTones';
const templateOf = ({ pathname }: URL) => pathname.replace(/^.*\/calls\/[^/]+/, '/calls/{id}');
const GRAPH = 'https://graph.microsoft.com/v1.0/communications/calls/57dab8b1/sendDtmfTones?x=s3cret';
const ASKED = { 'http.request.method': 'POST', 'server.address': 'graph.microsoft.com', 'url.template': TEMPLATE };

test('without telemetry what sends is handed back', () => {
  expect(tracedFetch(noTelemetry, templateOf, fetch)).toBe(fetch);
  const post = async () => ({ kind: 'taken' as const });
  expect(tracedPost(noTelemetry, 'callback', post)).toBe(post);
});

describe('fetch', () => {
  test('is called once, with what was given', async () => {
    const telemetry = makeRecordingTelemetry();
    const calls: unknown[][] = [];
    const answer = new Response('{}', { status: 200 });
    const init = { method: 'POST', body: '{"tones":["tone4"]}', headers: { Authorization: 'Bearer s3cret' } };
    const send = async (...given: unknown[]) => (calls.push(given), answer);
    expect(await tracedFetch(telemetry, templateOf, send as typeof fetch)(GRAPH, init)).toBe(answer);
    expect(calls).toEqual([[GRAPH, init]]);
    expect(calls[0]?.[1]).toBe(init);
    expect(telemetry.spans).toEqual([
      {
        name: `POST ${TEMPLATE}`,
        options: { kind: 'client', attributes: ASKED },
        attributes: { ...ASKED, 'http.response.status_code': 200 },
        links: [],
        failures: [],
        ended: true,
      },
    ]);
    expect(JSON.stringify(telemetry.spans)).not.toMatch(/s3cret|tone4|57dab8b1/);
  });

  test('an answer of 4xx or 5xx is a failure, by its status', async () => {
    const telemetry = makeRecordingTelemetry();
    for (const status of [403, 503])
      await tracedFetch(telemetry, templateOf, async () => new Response(null, { status }))(GRAPH, { method: 'POST' });
    expect(
      telemetry.spans.map(({ attributes, failures }) => [attributes['http.response.status_code'], failures]),
    ).toEqual([
      [403, ['403']],
      [503, ['503']],
    ]);
  });

  test('what it throws is thrown on', async () => {
    const fault = new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } });
    await expect(
      tracedFetch(makeRecordingTelemetry(), templateOf, () => Promise.reject(fault))(new URL(GRAPH)),
    ).rejects.toBe(fault);
  });

  test('takes a Request as well', async () => {
    const telemetry = makeRecordingTelemetry();
    await tracedFetch(telemetry, templateOf, async () => new Response())(new Request(GRAPH));
    expect(telemetry.spans[0]?.attributes['server.address']).toBe('graph.microsoft.com');
  });
});

describe('the POST to a callback, or to a receiver of notifications', () => {
  test('tells the status, and nothing of the URL', async () => {
    const telemetry = makeRecordingTelemetry();
    const reply = { kind: 'taken', httpStatus: 200 } as const;
    const given: unknown[] = [];
    const post = tracedPost(
      telemetry,
      'callback',
      async (url: string, outcome: object) => (given.push(url, outcome), reply),
    );
    expect(
      await post('https://prod-1.westeurope.logic.azure.com/workflows/s3cret?sig=s3cret', { status: 'succeeded' }),
    ).toBe(reply);
    expect(given).toEqual([
      'https://prod-1.westeurope.logic.azure.com/workflows/s3cret?sig=s3cret',
      { status: 'succeeded' },
    ]);
    expect(telemetry.spans[0]).toMatchObject({
      name: 'POST callback',
      attributes: { 'http.request.method': 'POST', 'http.response.status_code': 200 },
      failures: [],
    });
    expect(JSON.stringify(telemetry.spans)).not.toMatch(/s3cret|logic\.azure/);
  });

  test.each([
    [{ kind: 'failed', httpStatus: 502 }, ['502']],
    [{ kind: 'failed' }, ['failed']],
    [{ kind: 'refused' }, ['refused']],
    [{ kind: 'refused', httpStatus: 302 }, ['302']],
  ] as const)('%p fails as %p', async (reply, failures) => {
    const telemetry = makeRecordingTelemetry();
    await tracedPost(telemetry, 'receiver', async () => reply)();
    expect(telemetry.spans[0]).toMatchObject({ name: 'POST receiver', failures });
  });
});
