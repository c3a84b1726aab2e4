// ESLint: type-aware rules for our code, and the direction of imports: one entry a room, no overlapping globs, because in a
// flat config a later entry for the same file replaces the rule of an earlier one. test/contracts lints a bad sample of each room.
import tseslint from 'typescript-eslint';

/** A room may import no module that matches these patterns. */
function room(files, message, patterns) {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns: [{ group: patterns, message }] }] } };
}

const SDKS = ['@azure/*', '@microsoft/*', 'jose', 'node:*'];
const OUTSIDE = ['**/local/**', '**/test/**'];

/** Every room of shared/ that is not named: none of them may be imported. shared/tones may be, by all. */
function otherRooms(...allowed) {
  const rooms = ['settings', 'graph', 'storage', 'outbound', 'http', 'telemetry'];
  return rooms.filter((name) => !allowed.includes(name)).flatMap((name) => [`../${name}/**`, `../../${name}/**`]);
}

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
  room(['shared/tones/event-log.ts'], 'The log of the delivery knows the facts, and nothing else.', [
    ...SDKS,
    '../*',
    ...['ports', 'request', 'callbacks', 'delivery', 'upkeep'].map((name) => `./${name}/**`),
    './rules',
  ]),
  room(['shared/tones/ports/**/*.ts'], 'The ports know the facts and the request, and no rule.', [
    ...SDKS,
    '../../*',
    '../callbacks/**',
    '../delivery/**',
    '../upkeep/**',
    '../rules',
  ]),
  {
    files: ['shared/**/*.ts', 'functions/**/*.ts', 'console/**/*.ts'],
    // Prettier wraps no comment; what it cannot break (texts, patterns, addresses) is left as it is.
    rules: {
      'max-len': [
        'error',
        {
          code: 120,
          ignoreStrings: true,
          ignoreTemplateLiterals: true,
          ignoreRegExpLiterals: true,
          ignoreUrls: true,
          ignorePattern: '// Stryker disable',
        },
      ],
      'max-lines': ['error', { max: 200 }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
    },
  },
  room(['shared/tones/rules.ts'], 'The rules are made of shared/tones alone.', [...SDKS, '../*']),
  room(['shared/tones/facts/*.ts'], 'The facts are the ground floor: they import zod and themselves.', [
    ...SDKS,
    '../*',
  ]),
  room(['shared/tones/facts/parts/*.ts'], 'The facts are the ground floor: they import zod and themselves.', [
    ...SDKS,
    '../../*',
  ]),
  room(['shared/tones/request/**/*.ts'], 'What a caller asks knows the facts, and no rule of the delivery.', [
    ...SDKS,
    '../../*',
    '../delivery/**',
    '../callbacks/**',
    '../upkeep/**',
    '../ports/**',
    '../rules',
  ]),
  room(['shared/tones/callbacks/**/*.ts'], 'Callbacks know the facts and the ports, not the delivery.', [
    ...SDKS,
    '../../*',
    '../delivery/**',
    '../upkeep/**',
    '../rules',
  ]),
  room(
    ['shared/tones/delivery/*.ts'],
    'The delivery is the domain: it imports nothing outside shared/tones but zod, and not the upkeep after it.',
    [...SDKS, '../../*', '../upkeep/**', '../rules', './press/**'],
  ),
  room(
    ['shared/tones/delivery/press/*.ts'],
    'The press is the domain: it imports nothing outside shared/tones but zod, and not the upkeep after it.',
    [...SDKS, '../../../*', '../../upkeep/**', '../../rules'],
  ),
  room(['shared/tones/upkeep/**/*.ts'], 'The upkeep uses the other rules, and nothing outside shared/tones.', [
    ...SDKS,
    '../../*',
    '../rules',
  ]),
  room(['shared/settings/**/*.ts'], 'The settings know plain rules of the domain, and no room that works with them.', [
    ...OUTSIDE,
    '**/functions/**',
    ...otherRooms(),
    '@azure/*',
    '@microsoft/*',
    'jose',
  ]),
  room(['shared/graph/**/*.ts'], 'shared/graph may import shared/tones and the settings, and no other room.', [
    ...OUTSIDE,
    '**/functions/**',
    ...otherRooms('graph', 'settings'),
    '@azure/data-tables',
    '@azure/storage-*',
    '@azure/functions',
  ]),
  room(['shared/storage/**/*.ts'], 'shared/storage may import shared/tones and the settings, and no other room.', [
    ...OUTSIDE,
    '**/functions/**',
    ...otherRooms('storage', 'settings'),
    '@microsoft/*',
    '@azure/functions',
    'jose',
  ]),
  room(['shared/http/**/*.ts'], 'shared/http may import shared/tones and names, and no other room.', [
    ...OUTSIDE,
    '**/functions/**',
    ...otherRooms('http'),
    '@microsoft/*',
    '@azure/data-tables',
    '@azure/storage-*',
    '@azure/identity',
    'jose',
  ]),
  room(['shared/outbound/**/*.ts'], 'shared/outbound may import shared/tones: it alone calls the URLs of others.', [
    ...OUTSIDE,
    '**/functions/**',
    ...otherRooms('outbound'),
    '@azure/*',
    '@microsoft/*',
    'jose',
  ]),
  room(['shared/telemetry/**/*.ts'], 'shared/telemetry may import shared/tones, the settings and OpenTelemetry.', [
    ...OUTSIDE,
    '**/functions/**',
    ...otherRooms('telemetry', 'settings'),
    '@microsoft/*',
    '@azure/data-tables',
    '@azure/storage-*',
    'jose',
  ]),
  room(['shared/*.ts'], 'What every room may use knows no room but the ports.', [
    ...OUTSIDE,
    '**/functions/**',
    ...['settings', 'graph', 'storage', 'outbound', 'http', 'telemetry'].map((name) => `./${name}/**`),
    '@azure/*',
    '@microsoft/*',
    'jose',
  ]),
  room(
    ['functions/**/*.ts'],
    'A function uses shared/, never an SDK other than @azure/functions, and nothing of local/ or test/.',
    [...OUTSIDE, '../console/**', '@microsoft/*', '@azure/data-tables', '@azure/storage-*', '@azure/identity', 'jose'],
  ),
  room(
    ['console/**/*.ts'],
    'The page imports nothing of the app: it uses the published API alone, which proves that the API is enough.',
    ['../*', '**/shared/**', '**/functions/**', ...OUTSIDE, ...SDKS, 'zod'],
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
  {
    files: ['functions/main.ts', ...['local', 'test', 'bench', 'scripts'].map((folder) => `${folder}/**/*.ts`)],
    rules: { 'no-console': 'off' },
  },
);
