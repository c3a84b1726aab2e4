// host.json: what the app relies on in its host.
import { readdirSync } from 'node:fs';
import { readJsonFile, readText } from '../../support/documents/repository';

const host = readJsonFile<Record<string, unknown>>('host.json');

test('routes are under /api, the app decodes messages itself, five attempts and then poison', () => {
  expect(host).toMatchObject({
    version: '2.0',
    extensions: { http: { routePrefix: 'api' }, queues: { messageEncoding: 'none', maxDequeueCount: 5 } },
  });
});

test('an idle queue is looked at every half second, and a failed message comes again after two', () => {
  expect(host).toMatchObject({
    extensions: { queues: { maxPollingInterval: '00:00:00.500', visibilityTimeout: '00:00:02' } },
  });
});

test('the extension bundle is any of version 4', () => {
  expect(host).toMatchObject({
    extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.*, 5.0.0)' },
  });
});

test('the host exports its requests and our log lines by OpenTelemetry, in the same traces as ours', () => {
  expect(host).toMatchObject({ telemetryMode: 'OpenTelemetry' });
});

test('HTTP streams are on, and no function has an output binding: it would be served after the answer', () => {
  expect(readText('functions/main.ts')).toContain('app.setup({ enableHttpStream: true })');
  const functions = readdirSync('functions');
  expect(functions.length).toBeGreaterThan(10);
  for (const file of functions) expect(readText(`functions/${file}`)).not.toMatch(/\boutput\b|extraOutputs|return: /);
});
