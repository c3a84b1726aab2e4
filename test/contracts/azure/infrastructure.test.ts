// infra/ and the code must agree: settings, functions, events; and infra/README.md must say what the templates do. Read
// as text.
// What the real compiler makes of the templates is in bicep.test.ts.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { FUNCTION_NAMES } from '../../../shared/resource-names';
import { runScript } from '../../support/documents/bicep';
import {
  azdParameters,
  bicepComputed,
  bicepDefaults,
  bicepOverrides,
  bicepParameters,
  notSet,
  queries,
  settingEntries,
} from '../../support/documents/infrastructure';
import { readText, repositoryFiles, sectionOf, tableOf } from '../../support/documents/repository';
import { SHIPPED } from '../../support/documents/shipped-files';

/**
 * Settings of the platform that the templates may set although the code does not read them: the sampler of the
 * Functions host (decision 0011).
 */
const PLATFORM_SETTINGS: readonly string[] = ['OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG'];

const readByCode = settingEntries.map(({ name }) => name);
const setByBicep = [...new Set([...Object.keys(bicepDefaults), ...bicepOverrides, ...bicepComputed])];
const bicepFiles = repositoryFiles().filter((path) => /^infra\/.*\.bicep$/.test(path));

describe('settings', () => {
  test('every setting that Bicep sets is one that the code reads', () => {
    expect(setByBicep.length).toBeGreaterThan(30);
    expect(setByBicep.filter((name) => !readByCode.includes(name) && !PLATFORM_SETTINGS.includes(name))).toEqual([]);
  });

  test('every setting that the code reads is set by Bicep, or left out for a reason that infra/README.md gives', () => {
    expect(readByCode.filter((name) => !setByBicep.includes(name)).sort()).toEqual([...notSet].sort());
    expect(notSet).toEqual([
      'AzureWebJobsStorage',
      'AzureWebJobsStorage__queueServiceUri',
      'AzureWebJobsStorage__tableServiceUri',
      'AzureWebJobsStorage__blobServiceUri',
      'GRAPH_CLIENT_CERTIFICATE_PATH',
    ]);
    const stated = `| ${readByCode.length}; Bicep sets ${readByCode.length - notSet.length} of them, ${notSet.length} are left out`;
    expect(readText('docs/performance.md')).toContain(stated);
  });

  test('the defaults in Bicep are the defaults of the code, all of them', () => {
    expect(bicepDefaults).toEqual(
      Object.fromEntries(
        settingEntries.flatMap((entry) => (entry.default === undefined ? [] : [[entry.name, entry.default]])),
      ),
    );
  });

  test('whatever has a default may be overridden, but not HTTP_AUTH_LEVEL: nothing here asks for a login', () => {
    expect(Object.keys(bicepDefaults).filter((name) => !bicepOverrides.includes(name))).toEqual(['HTTP_AUTH_LEVEL']);
  });

  test('a secret can only be a reference to Key Vault', () => {
    for (const name of ['GRAPH_CLIENT_SECRET', 'CALLBACK_SIGNING_SECRET']) {
      expect(readText('infra/modules/function-app.bicep')).toContain(`${name}: '@Microsoft.KeyVault(SecretUri=`);
      expect(bicepOverrides).not.toContain(name);
    }
    for (const path of bicepFiles)
      expect([path, /@secure\(|listKeys\(|listAccountSas\(|AccountKey=/.test(readText(path))]).toEqual([path, false]);
  });
});

describe('functions and events', () => {
  test('instances can be kept ready for HTTP and for each function that scales by itself', () => {
    const names = [
      ...(/^ {2}name: (.+)$/m.exec(readText('infra/settings.bicep'))?.[1] ?? '').matchAll(/'([^']+)'/g),
    ].map((match) => match[1]);
    const byHttp: readonly string[] = [
      'enqueueTones',
      'toneOutcome',
      'toneStatus',
      'cancelTones',
      'callTones',
      'callNotifications',
      'console',
      'health',
      'forgetCallback',
    ];
    const notByHttp = Object.values(FUNCTION_NAMES).filter((name) => !byHttp.includes(name));
    expect(names[0]).toBe('http');
    expect(names.slice(1).sort()).toEqual(notByHttp.map((name) => `function:${name}`).sort());
  });

  test('the callback URL ends with the route of callNotifications', () => {
    expect(readText('infra/modules/function-app.bicep')).toContain(`/api/${FUNCTION_NAMES.callNotifications}'`);
    expect(readText('infra/connect-bot.sh')).toContain(`/api/${FUNCTION_NAMES.callNotifications}$`);
  });

  test('the queries look for events and fields that the app writes', () => {
    const log = readText('shared/tones/event-log.ts');
    const events = [...(/export type EventName =([^;]*);/.exec(log)?.[1] ?? '').matchAll(/'([a-z-]+)'/g)].map(
      (match) => match[1],
    );
    const fields = [...log.matchAll(/readonly (\w+)\?:/g)].map((match) => match[1]);
    expect(queries.map(({ path }) => path.replace(/^.*\//, ''))).toEqual([
      'accept-to-press.kql',
      'accepted-requests.kql',
      'given-up-messages.kql',
      'oldest-open-request.kql',
      'outcomes.kql',
      'refused-notifications.kql',
      'unknown-outcomes.kql',
    ]);
    for (const { path, text } of queries) {
      const code = text.replaceAll(/^\/\/.*$/gm, '');
      const named = [...code.matchAll(/startswith "([a-z-]+) \{"|strlen\("([a-z-]+) "\)/g)].map(
        (match) => match[1] ?? match[2],
      );
      const listed = [...code.matchAll(/Event (?:in \(([^)]+)\)|== ("[a-z-]+"))/g)].flatMap((match) =>
        [...(match[1] ?? match[2] ?? '').matchAll(/"([a-z-]+)"/g)].map((event) => event[1]),
      );
      expect([
        path,
        [...named, ...listed].length > 0,
        [...named, ...listed].filter((event) => !events.includes(event)),
      ]).toEqual([path, true, []]);
      const used = [...code.matchAll(/Facts(?:\.(\w+)|\["(\w+)"\])/g)].map((match) => match[1] ?? match[2]);
      expect([path, used.filter((field) => !fields.includes(field))]).toEqual([path, []]);
    }
  });

  test('an outcome counts as ended in the workbook by the one event of an end, in every status', () => {
    const query = readText('infra/queries/outcomes.kql').replaceAll(/^\/\/.*$/gm, '');
    expect([...query.matchAll(/"([a-z-]+) \{"/g)].map((match) => match[1])).toEqual(['request-ended']);
    // The writer of that event is given an End, whose status is final: no status is left out.
    expect(query).not.toMatch(/where .*Status/);
  });

  test('every alert has a line in infra/README.md with its query, and every query is used', () => {
    const alerts = readText('infra/modules/alerts.bicep');
    const rules = [
      ...alerts.matchAll(
        /name: '(tones-[\w-]+)'\n(?:.+\n){3} {4}query: loadTextContent\('\.\.\/queries\/([\w-]+\.kql)'\)/g,
      ),
    ].map((match) => [match[1], match[2]]);
    expect(rules.map(([name]) => name)).toEqual([
      'tones-given-up-messages',
      'tones-unknown-outcomes',
      'tones-refused-notifications',
      'tones-oldest-open-request',
    ]);
    expect(
      tableOf(sectionOf(readText('infra/README.md'), 'Alerts')).map(([name, query]) => [
        name?.replaceAll('`', ''),
        /\[([^\]]+)\]/.exec(query ?? '')?.[1],
      ]),
    ).toEqual(rules);
    const used = alerts + readText('infra/modules/workbook.bicep');
    expect(queries.filter(({ path }) => !used.includes(path.replace('infra/', '../')))).toEqual([]);
  });
});

describe('parameters', () => {
  test('azd can give every parameter, and infra/README.md has each with its variable and default', () => {
    expect(azdParameters.map(([name]) => name)).toEqual(bicepParameters.map(([name]) => name));
    const rows = tableOf(sectionOf(readText('infra/README.md'), 'Parameters')).map((row) =>
      row.slice(0, 3).map((cell) => cell.replaceAll('`', '')),
    );
    expect(rows).toEqual(bicepParameters.map(([name, initial], index) => [name, azdParameters[index]?.[1], initial]));
  });

  test('only plain resources and modules of ours are used', () => {
    for (const path of bicepFiles) {
      const modules = [...readText(path).matchAll(/^module \w+ '([^']+)'/gm)].map((match) => match[1] ?? '');
      expect([
        path,
        modules.filter((module) => !/^modules\/[\w-]+\.bicep$/.test(module)),
        /^(?:extension|provider) /m.test(readText(path)),
      ]).toEqual([path, [], false]);
    }
  });
});

describe('azure.yaml', () => {
  const file = parse(readText('azure.yaml')) as {
    services: Record<
      string,
      {
        host: string;
        language: string;
        remoteBuild: boolean;
        project: string;
        dist: string;
        hooks: { prepackage: Record<string, { run: string }> };
      }
    >;
  };

  test('azd uploads the finished package to the app with the same tag, and has nothing built in the cloud', () => {
    expect(Object.keys(file.services)).toEqual(['tones']);
    expect(file.services['tones']).toMatchObject({
      project: '.',
      host: 'function',
      language: 'custom',
      remoteBuild: false,
      dist: '.local/package',
    });
    expect(readText('infra/modules/function-app.bicep')).toContain("'azd-service-name': 'tones'");
    for (const { run } of Object.values(file.services['tones']?.hooks.prepackage ?? {}))
      expect(run).toBe('npm ci && npm run build && node scripts/package.mjs');
  });

  test('the package has the bundle, its map, host.json and package.json, and nothing else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tones-package-'));
    try {
      runScript('scripts/package.mjs', folder);
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
        statSync(join(folder, path)).isFile(),
      );
      expect(files.map((path) => path.replaceAll('\\', '/')).sort()).toEqual(SHIPPED);
      expect(() => runScript('scripts/package.mjs', folder)).toThrow('is not empty');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
