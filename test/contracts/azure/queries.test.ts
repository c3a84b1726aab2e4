// The KQL of infra/queries, as Microsoft's own language service reads it: no fault, and the columns that alerts and workbook count on.
// Azure does not validate the queries of the alert rules when they are deployed (skipQueryValidation), so this does.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { queries } from '../../support/documents/infrastructure';
import { ROOT, readText } from '../../support/documents/repository';

/** What is used of the language service, which is C# compiled to JavaScript and has no types for this. */
interface Kusto {
  readonly Language: {
    readonly KustoCode: {
      ParseAndAnalyze(
        text: string,
        globals: unknown,
      ): { GetDiagnostics(): unknown; readonly ResultType: { readonly Columns: unknown } | null };
    };
    readonly GlobalState: { readonly Default: { WithDatabase(database: unknown): unknown } };
    readonly Symbols: {
      readonly TableSymbol: { From(schema: string): { WithName(name: string): unknown } };
      readonly DatabaseSymbol: { readonly ctor: new (name: string, tables: readonly unknown[]) => unknown };
    };
  };
}

interface Column {
  readonly Name: string;
  readonly Type: { readonly Name: string };
}

/** The columns of AppTraces that the queries may use. */
const APP_TRACES =
  '(TimeGenerated: datetime, Message: string, OperationId: string, SeverityLevel: int, Properties: dynamic)';

function languageServiceFolder(): string | undefined {
  try {
    const { resolve } = createRequire(join(ROOT, 'tools/queries/package.json'));
    return dirname(resolve('@kusto/language-service-next/package.json'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

function loadLanguageService(folder: string): { kusto: Kusto; toArray: (list: unknown) => unknown[] } {
  for (const file of ['bridge.min.js', 'Kusto.Language.Bridge.min.js'])
    runInThisContext(readFileSync(join(folder, file), 'utf8'), { filename: join(folder, file) });
  return runInThisContext('({ kusto: Kusto, toArray: Bridge.toArray })') as {
    kusto: Kusto;
    toArray: (list: unknown) => unknown[];
  };
}

const folder = languageServiceFolder();

if (folder === undefined) {
  test('NOT RUN: the Kusto parser is not installed, so nobody has parsed the queries', () => {
    const notRun = 'NOT RUN: test/contracts/azure/queries.test.ts needs "npm ci --prefix tools/queries".';
    if (process.env['CI'] === 'true') throw new Error(notRun);
    console.warn(notRun);
  });
} else {
  const { kusto, toArray } = loadLanguageService(folder);
  const { KustoCode, GlobalState, Symbols } = kusto.Language;
  const globals = GlobalState.Default.WithDatabase(
    new Symbols.DatabaseSymbol.ctor('workspace', [Symbols.TableSymbol.From(APP_TRACES).WithName('AppTraces')]),
  );

  const analyze = (text: string) => {
    const code = KustoCode.ParseAndAnalyze(text, globals);
    const faults = toArray(code.GetDiagnostics()).map((fault) => (fault as { readonly Message: string }).Message);
    const columns = toArray(code.ResultType?.Columns ?? []).map(
      (column) => `${(column as Column).Name}: ${(column as Column).Type.Name}`,
    );
    return { faults, columns };
  };

  test.each([
    ['accept-to-press.kql', ['TimeGenerated: datetime', 'ClientContext: string', 'CallId: string', 'LatencyMs: long']],
    [
      'accepted-requests.kql',
      ['TimeGenerated: datetime', 'ClientContext: string', 'CallId: string', 'ToneCount: int', 'OperationId: string'],
    ],
    [
      'given-up-messages.kql',
      [
        'TimeGenerated: datetime',
        'Event: string',
        'ClientContext: string',
        'CallId: string',
        'Status: string',
        'Reason: string',
        'OperationId: string',
      ],
    ],
    ['oldest-open-request.kql', ['TimeGenerated: datetime', 'OpenRequests: int', 'OldestSeconds: real']],
    [
      'outcomes.kql',
      [
        'ClientContext: string',
        'TimeGenerated: datetime',
        'Status: string',
        'By: string',
        'Code: string',
        'CallId: string',
      ],
    ],
    ['refused-notifications.kql', ['TimeGenerated: datetime', 'Reason: string', 'OperationId: string']],
    [
      'unknown-outcomes.kql',
      ['TimeGenerated: datetime', 'ClientContext: string', 'CallId: string', 'Code: string', 'OperationId: string'],
    ],
  ])('%s has no fault, and these columns', (name, columns) => {
    expect(analyze(queries.find(({ path }) => path.endsWith(`/${name}`))?.text ?? '')).toEqual({ faults: [], columns });
  });

  test('the charts of the workbook, which continue the queries, have no fault', () => {
    const workbook = readText('infra/modules/workbook.bicep');
    const perInterval = /var perInterval = '([^']+)'/.exec(workbook)?.[1] ?? '';
    const charts = [...workbook.matchAll(/query: '\$\{loadTextContent\('\.\.\/queries\/([\w-]+\.kql)'\)\}(.*)'$/gm)];
    expect(charts.length).toBe([...workbook.matchAll(/ query: '/g)].length);
    for (const [, name = '', suffix = ''] of charts) {
      const text = `${readText(`infra/queries/${name}`)}${suffix.replace('${perInterval}', perInterval).replaceAll('\\n', '\n').replaceAll('{TimeRange:grain}', '5m')}`;
      expect([name, analyze(text).faults]).toEqual([name, []]);
    }
  });

  test('a fault would be found', () => {
    expect(analyze('AppTraces | where Mesage has "x"').faults).toEqual([
      "The name 'Mesage' does not refer to any known column, table, variable or function.",
    ]);
  });
}
