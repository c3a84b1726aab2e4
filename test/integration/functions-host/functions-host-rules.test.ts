// The local Functions host's rules that need neither a process nor a network: polling, messages, times, routes.
// Stands over the files of `local/functions-host` that only compute.

import type { HttpFunction } from '../../../local/functions-host/worker/app-functions';
import { toDotnetTime } from '../../../local/functions-host/timer/dotnet-time';
import { describeFault, HostFault } from '../../../local/functions-host/host-log';
import { readHostSettings } from '../../../local/functions-host/host-settings';
import { makeFindRoute } from '../../../local/functions-host/http/http-routes';
import { makePollingDelay } from '../../../local/functions-host/queue/polling-delay';
import { decodeMessage, toQueueTrigger } from '../../../local/functions-host/queue/queue-message';
import { buildApp } from '../../fixtures/functions-host/build-app';

function routes(...templates: string[]) {
  const functions = templates.map((route): HttpFunction => ({
    kind: 'http',
    name: route,
    id: route,
    triggerName: 'request',
    metadata: { name: route, bindings: {} },
    callback: () => undefined,
    route,
    methods: ['GET'],
    authLevel: 'anonymous',
  }));
  const find = makeFindRoute(functions, 'api');
  return (path: string) => {
    const match = find('GET', path);
    return match === undefined ? undefined : [match.target.name, match.params];
  };
}

test('polling slows down from 100 ms to the maximum, and starts again after a message', () => {
  const next = makePollingDelay({ minimumMs: 100, maximumMs: 1_000, random: () => 0.5 });
  expect([next(false), next(false), next(false), next(false), next(false), next(false), next(false)]).toEqual([
    100, 200, 300, 500, 900, 1000, 1000,
  ]);
  expect([next(true), next(false), next(false)]).toEqual([100, 200, 300]);
});

test('chance makes the steps of polling up to a fifth shorter or longer', () => {
  const waits = (random: number) => {
    const next = makePollingDelay({ minimumMs: 100, maximumMs: 60_000, random: () => random });
    return [next(true), next(false), next(false)].map((ms) => Math.round(ms));
  };
  expect(waits(0)).toEqual([100, 180, 260]);
  expect(waits(1)).toEqual([100, 220, 340]);
});

test('base64 is read as strictly as .NET does', () => {
  expect(decodeMessage('aGVs\r\nbG8=', 'base64')?.toString()).toBe('hello');
  expect(decodeMessage('aGVsbG8', 'base64')).toBeUndefined();
  expect(decodeMessage('aGV-bG8=', 'base64')).toBeUndefined();
  expect(decodeMessage('{}', 'base64')).toBeUndefined();
  expect(decodeMessage('{}', 'none')?.toString()).toBe('{}');
});

test('a field of the message hides the metadata of the same name, whatever its case', () => {
  const { data, metadata } = toQueueTrigger(
    Buffer.from('{"ID":"mine","n":1.5}'),
    { messageId: 'theirs', dequeueCount: 2 },
    false,
  );
  expect(data).toEqual({ string: '{"ID":"mine","n":1.5}' });
  expect(metadata).toMatchObject({ Id: { string: 'mine' }, n: { string: '1.5' }, DequeueCount: { json: '2' } });
  expect(metadata).not.toHaveProperty('ID');
});

test('a function that asks for bytes gets them, and text that is no UTF-8 fails', () => {
  const bytes = Buffer.from([0xff, 0xfe]);
  expect(toQueueTrigger(bytes, { dequeueCount: 1 }, true).data).toEqual({ bytes });
  expect(() => toQueueTrigger(bytes, { dequeueCount: 1 }, false)).toThrow('not valid UTF-8');
});

test('times are written as .NET writes them', () => {
  expect(toDotnetTime(new Date('2026-01-02T03:04:05.000Z'))).toBe('2026-01-02T03:04:05+00:00');
  expect(toDotnetTime(new Date('2026-01-02T03:04:10.120Z'))).toBe('2026-01-02T03:04:10.12+00:00');
});

test('a literal route goes before a parameter, and that before a catch-all', () => {
  const find = routes('{*rest}', 'cups/{id}', 'cups/mine', 'cups/{id}/{part?}', '{year}-{month}');
  expect(find('/api/cups/mine')).toEqual(['cups/mine', {}]);
  expect(find('/api/CUPS/7')).toEqual(['cups/{id}', { id: '7' }]);
  expect(find('/api/cups/7/handle')).toEqual(['cups/{id}/{part?}', { id: '7', part: 'handle' }]);
  expect(find('/api/2026-01')).toEqual(['{year}-{month}', { year: '2026', month: '01' }]);
  expect(find('/api/a/b/c')).toEqual(['{*rest}', { rest: 'a/b/c' }]);
  expect(find('/other')).toBeUndefined();
});

test('a path that cannot be decoded is taken as it is', () => {
  expect(routes('cups/{id}')('/api/cups/%zz')).toEqual(['cups/{id}', { id: '%zz' }]);
});

test('a route with a constraint is refused', () => {
  expect(() => routes('cups/{id:int}')).toThrow(
    "The route 'cups/{id:int}' of the function 'cups/{id:int}' is not supported",
  );
});

test('host.json has the real defaults', async () => {
  const { directory, remove } = await buildApp({
    main: '',
    hostJson: { extensions: { queues: { newBatchThreshold: 4 } } },
  });
  expect(readHostSettings(directory)).toEqual({
    routePrefix: 'api',
    queues: {
      batchSize: 16,
      newBatchThreshold: 4,
      maxDequeueCount: 5,
      maxPollingIntervalMs: 60_000,
      visibilityTimeoutSeconds: 0,
      messageEncoding: 'base64',
    },
  });
  await remove();
});

describe('what is printed of a failure', () => {
  const url = 'http://u:p@x/api?code=key';
  const failure = (frames: string, error: Error = new TypeError(`Not ${url}`)) =>
    Object.assign(error, { stack: `${error.name}: ${error.message}\n${frames}` });

  test('is its kind, its code and the first place in the code of the app; never its text', () => {
    const frames = [
      '    at new Request (node:internal/deps/undici/undici:9580:13)',
      '    at convert (/app/node_modules/library/index.js:7:7)',
      '    at handler (/app/dist/main.js:3:5)',
      '    at next (/app/dist/main.js:9:9)',
    ].join('\n');
    const refused = Object.assign(failure(frames), { code: 'ERR_INVALID', statusCode: 418 });
    expect(describeFault(refused)).toBe('TypeError ERR_INVALID 418 at handler (/app/dist/main.js:3:5)');
  });

  test('is the first place of all where none is the app’s', () => {
    const refused = failure('    at new Request (node:internal/deps/undici/undici:9580:13)');
    expect(describeFault(refused)).toBe('TypeError at new Request (node:internal/deps/undici/undici:9580:13)');
  });

  test('is no line of its text that looks like a place', () => {
    const refused = failure('    at handler (/app/dist/main.js:3:5)', new Error(`no\n    at ${url}:1:1`));
    expect(describeFault(refused)).toBe('Error at handler (/app/dist/main.js:3:5)');
    refused.message = 'another text';
    expect(describeFault(refused)).toBe('Error at handler (/app/dist/main.js:3:5)');
  });

  test('names what caused it, and the host’s own words', () => {
    const cause = new HostFault('The worker closed the connection.');
    expect(describeFault(failure('', new Error(url, { cause })))).toBe(
      'Error; caused by The worker closed the connection.',
    );
  });

  test('is the kind alone of what is no error', () => {
    expect(describeFault(url)).toBe('a thrown string');
    expect(describeFault(null)).toBe('a thrown null');
    expect(describeFault({ url })).toBe('Error');
  });
});
