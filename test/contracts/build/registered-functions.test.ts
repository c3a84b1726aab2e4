// What the built app registers with its host: the contract's functions, and nothing else.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { developmentNode } from '../../../local/development-node';
import { inherited, sampleSettings } from '../../../local/local-stack';
import { ROOT } from '../../support/documents/repository';

interface Registered {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function registeredWith(settings: Record<string, string>): {
  status: number | null;
  functions: Registered[];
  errors: string;
} {
  if (!existsSync(join(ROOT, 'dist/main.js'))) throw new Error('dist/main.js is missing: run "npm run build"');
  const { resolve } = createRequire(__filename);
  const script = join(ROOT, 'test/fixtures/registered-functions/print-registered-functions.ts');
  const child = spawnSync(developmentNode(), ['--import', resolve('tsx'), script], {
    cwd: ROOT,
    env: { ...inherited(), ...settings },
    encoding: 'utf8',
  });
  return {
    status: child.status,
    functions: child.status === 0 ? (JSON.parse(child.stdout) as Registered[]) : [],
    errors: child.stderr,
  };
}

function triggerOf({ bindings }: Registered): Readonly<Record<string, unknown>> {
  const triggers = Object.values(bindings).filter(({ type }) => String(type).endsWith('Trigger'));
  expect(triggers).toHaveLength(1);
  return triggers[0] ?? {};
}

const byName = (functions: Registered[]) => Object.fromEntries(functions.map((each) => [each.name, triggerOf(each)]));

describe('with the sample settings', () => {
  const { functions, errors } = registeredWith(sampleSettings());
  const triggers = byName(functions);

  test('the contract’s functions and those of callbacks are registered', () => {
    expect(errors).toBe('');
    expect(Object.keys(triggers).sort()).toEqual([
      'buryCallbacks',
      'buryTones',
      'callNotifications',
      'callTones',
      'cancelTones',
      'closeOverdueOutcomes',
      'console',
      'enqueueTones',
      'forgetCallback',
      'health',
      'sendCallbacks',
      'sendTones',
      'toneOutcome',
      'toneStatus',
    ]);
  });

  test.each([
    ['enqueueTones', ['POST'], 'function'],
    ['cancelTones', ['POST'], 'function'],
    ['callTones', ['GET'], 'function'],
    ['forgetCallback', ['POST'], 'function'],
    ['toneOutcome', ['GET'], 'function'],
    ['toneStatus', ['GET'], 'anonymous'],
    ['callNotifications', ['POST'], 'anonymous'],
    ['health', ['GET', 'HEAD'], 'anonymous'],
    ['console', ['GET'], 'anonymous'],
  ])('%s answers %p with auth level %s on its default route', (name, methods, authLevel) => {
    expect(triggers[name]).toMatchObject({ type: 'httpTrigger', methods, authLevel });
    // The library writes the function's name where no route is given; Logic Apps lists only such functions.
    expect([undefined, name]).toContain(triggers[name]?.['route']);
  });

  test.each([
    ['sendTones', 'tone-requests'],
    ['buryTones', 'tone-requests-poison'],
    ['sendCallbacks', 'tone-callbacks'],
    ['buryCallbacks', 'tone-callbacks-poison'],
  ])('%s listens to the queue %s', (name, queueName) => {
    expect(triggers[name]).toMatchObject({ type: 'queueTrigger', queueName, connection: 'AzureWebJobsStorage' });
  });

  test('the timer runs every 30 seconds, and not at start', () => {
    expect(triggers['closeOverdueOutcomes']).toMatchObject({ type: 'timerTrigger', schedule: '*/30 * * * * *' });
    expect(triggers['closeOverdueOutcomes']?.['runOnStartup']).not.toBe(true);
  });

  test('no function has an input, an output or a retry policy of its own', () => {
    for (const { name, bindings } of functions) {
      const others = Object.entries(bindings).filter(
        ([binding, { type }]) => !String(type).endsWith('Trigger') && binding !== '$return',
      );
      expect([name, others]).toEqual([name, []]);
    }
    expect(functions.filter((each) => 'retryOptions' in each && each.retryOptions !== undefined)).toEqual([]);
  });
});

test('queue names and auth level follow the settings', () => {
  const { functions } = registeredWith({
    ...sampleSettings(),
    TONE_REQUESTS_QUEUE: 'other',
    TONE_CALLBACKS_QUEUE: 'others',
    HTTP_AUTH_LEVEL: 'anonymous',
    WEBSITE_AUTH_ENABLED: 'True',
  });
  const triggers = byName(functions);
  expect(
    ['sendTones', 'buryTones', 'sendCallbacks', 'buryCallbacks'].map((name) => triggers[name]?.['queueName']),
  ).toEqual(['other', 'other-poison', 'others', 'others-poison']);
  const withKey = ['enqueueTones', 'toneOutcome', 'cancelTones', 'callTones', 'forgetCallback'];
  expect(withKey.map((name) => [name, triggers[name]?.['authLevel']])).toEqual(
    withKey.map((name) => [name, 'anonymous']),
  );
});

test('without the console page, every other function is registered', () => {
  const withPage = registeredWith(sampleSettings()).functions.map(({ name }) => name);
  const without = registeredWith({ ...sampleSettings(), CONSOLE_PAGE: 'off' }).functions.map(({ name }) => name);
  expect(without).toEqual(withPage.filter((name) => name !== 'console'));
  expect(without).toHaveLength(withPage.length - 1);
});

test('on Azure the app does not load with a local origin for callbacks', () => {
  const env = { ...sampleSettings(), CALLBACK_HOSTS: 'http://localhost:4000' };
  expect(registeredWith(env).status).toBe(0);
  const { status, errors } = registeredWith({ ...env, WEBSITE_INSTANCE_ID: '5f3a' });
  expect(status).not.toBe(0);
  expect(errors).toContain('CALLBACK_HOSTS: may name a local origin for development only, not on Azure');
});

test('with wrong settings loading fails with one message that names each, and never a value', () => {
  const { status, errors } = registeredWith({
    ...sampleSettings(),
    GRAPH_CLIENT_ID: 'not-a-guid-s3cret',
    MAX_TONES: 'many-s3cret',
    GRAPH_CLIENT_SECRET: '@Microsoft.KeyVault(s3cret)',
    CALLBACK_SIGNING_SECRET: 'whsec_s3cret',
    CALLBACK_HOSTS: 'http://localhost:4000/s3cret',
  });
  expect(status).not.toBe(0);
  // What the Functions worker prints of it (the stack): one line has it all, and the host takes it for an error by its
  // words.
  const thrown = errors.split('\n').filter((line) => line.includes('Settings are missing or wrong'));
  expect(thrown).toHaveLength(1);
  expect(thrown[0]).toMatch(/error/i);
  expect(thrown[0]).not.toMatch(/warn/i);
  for (const name of [
    'GRAPH_CLIENT_ID',
    'MAX_TONES',
    'GRAPH_CLIENT_SECRET',
    'GRAPH_TENANT_ID',
    'CALLBACK_SIGNING_SECRET',
    'CALLBACK_HOSTS',
  ])
    expect(thrown[0]).toMatch(new RegExp(`[:;] ${name}: `));
  expect(errors).not.toContain('s3cret');
});
