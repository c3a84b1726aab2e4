// ESLint: type-aware rules for our code, and the direction of imports: one entry a room, no overlapping globs, because in a
// flat config a later entry for the same file replaces the rule of an earlier one. test/contracts lints a bad sample of each room.
import tseslint from 'typescript-eslint';

/** A room may import no module that matches these patterns. */
function room(files, message, patterns) {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns: [{ group: patterns, message }] }] } };
}

const SDKS = ['@azure/*', '@microsoft/*', 'jose', 'node:*'];
const OUTSIDE = ['**/local/**', '**/test/**'];

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', '.local/', 'coverage/', 'reports/', '.stryker-tmp/'] },
  ...tseslint.configs.recommendedTypeChecked.map((entry) => ({ ...entry, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  room(['shared/tones/**/*.ts'], 'shared/tones is the domain: it imports nothing but zod and itself.', [
    ...SDKS,
    '../*',
    '../../*',
  ]),
  room(
    ['shared/graph/**/*.ts'],
    'shared/graph may import shared/tones and the settings, not storage, http or the functions.',
    [
      ...OUTSIDE,
      '**/storage/**',
      '**/http/**',
      '**/functions/**',
      '@azure/data-tables',
      '@azure/storage-*',
      '@azure/functions',
    ],
  ),
  room(
    ['shared/storage/**/*.ts'],
    'shared/storage may import shared/tones and the settings, not graph, http or the functions.',
    [...OUTSIDE, '**/graph/**', '**/http/**', '**/functions/**', '@microsoft/*', '@azure/functions', 'jose'],
  ),
  room(['shared/http/**/*.ts'], 'shared/http may import shared/tones and names, not graph, storage or the functions.', [
    ...OUTSIDE,
    '**/graph/**',
    '**/storage/**',
    '**/functions/**',
    '@microsoft/*',
    '@azure/data-tables',
    '@azure/storage-*',
    '@azure/identity',
    'jose',
  ]),
  room(
    ['shared/callbacks/**/*.ts'],
    'shared/callbacks may import shared/tones, not the rest of the app; it is the only room that calls a URL of a caller.',
    [...OUTSIDE, '**/graph/**', '**/storage/**', '**/http/**', '**/functions/**', '@azure/*', '@microsoft/*', 'jose'],
  ),
  room(
    ['shared/telemetry/**/*.ts'],
    'shared/telemetry may import shared/tones and the settings, and the SDK of OpenTelemetry; nothing that does the work.',
    [
      ...OUTSIDE,
      '**/graph/**',
      '**/storage/**',
      '**/http/**',
      '**/callbacks/**',
      '**/functions/**',
      '@microsoft/*',
      '@azure/data-tables',
      '@azure/storage-*',
      'jose',
    ],
  ),
  room(['shared/*.ts'], 'The settings know clouds and plain rules, no SDK and no function.', [
    ...OUTSIDE,
    '**/functions/**',
    '**/storage/**',
    '**/http/**',
    '@azure/*',
    '@microsoft/*',
    'jose',
  ]),
  room(
    ['functions/**/*.ts'],
    'A function uses shared/, never an SDK other than @azure/functions, and nothing of local/ or test/.',
    [...OUTSIDE, '@microsoft/*', '@azure/data-tables', '@azure/storage-*', '@azure/identity', 'jose'],
  ),
  room(
    ['local/graph-simulator/**/*.ts'],
    'The simulator imports nothing of the app: shared code would share its mistakes.',
    ['**/shared/**', '**/functions/**', '**/test/**', '@azure/*', 'zod'],
  ),
  room(['local/*.ts', 'local/functions-host/**/*.ts'], 'local/ may import the app, never the tests.', ['**/test/**']),
  room(
    ['openapi/**/*.ts'],
    'The documents are made from shared/ and zod alone: what they describe never depends on what runs it.',
    [...OUTSIDE, '**/functions/**', '@azure/*', '@microsoft/*', 'jose'],
  ),
  { files: ['functions/main.ts', 'local/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'], rules: { 'no-console': 'off' } },
);
