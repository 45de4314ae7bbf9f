import { builtinModules } from 'node:module';
import eslint from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import typescriptEslint from 'typescript-eslint';
import { guardedLibraries, roles } from './eslint.imports.mjs';

const sourceFiles = ['libs/**/*.ts', 'services/**/*.ts', 'connectors/**/*.ts'];
/** A bench is what several tests stand on. */
const benchFiles = '**/src/**/*-bench.ts';
const testFiles = ['**/*.test.ts', benchFiles, 'test/**/*.ts'];
const engineTestFiles = '**/*.{it,scenario}.test.ts';

const singleLetterTypeNames = [
  'TSTypeParameter[name.name=/^.$/]',
  'TSPropertySignature > Identifier.key[name=/^.$/]',
  'TSMethodSignature > Identifier.key[name=/^.$/]',
  'TSEnumMember > Identifier.id[name=/^.$/]',
  ':matches(ImportSpecifier, ImportDefaultSpecifier, ImportNamespaceSpecifier) > Identifier.local[name=/^.$/]',
  ':matches(TSTypeAliasDeclaration, TSInterfaceDeclaration) > Identifier.id[name=/^.$/]',
  ':matches(TSFunctionType, TSMethodSignature, TSCallSignatureDeclaration) > Identifier.params[name=/^.$/]',
].map((selector) => ({ selector, message: 'Use a full descriptive word, not a single letter.' }));

const reExports = ['ExportAllDeclaration', 'ExportNamedDeclaration[source]'].map((selector) => ({
  selector,
  message: 'Only the package entry src/index.ts re-exports.',
}));

const restrictedImports = {
  paths: [
    ...builtinModules
      .filter((name) => !name.startsWith('_') && !name.includes(':'))
      .map((name) => ({ name, message: `Write node:${name}.` })),
  ],
  patterns: [
    {
      regex: '/(src|dist)/',
      message: 'Import another package by its name; what it offers is in its src/index.ts.',
    },
  ],
};

const importPolicies = [
  ...roles.map(({ role, may }) => ({
    from: { element: { type: role } },
    allow: { to: { element: { types: { anyOf: [role, ...may] } } } },
  })),
  {
    from: { file: { categories: 'test' } },
    allow: { to: { element: { types: { anyOf: roles.map(({ role }) => role) } } } },
  },
  { disallow: { to: { file: { categories: 'test' } } }, message: 'only tests import tests' },
  { from: { file: { categories: 'test' } }, allow: { to: { file: { categories: 'test' } } } },
  { allow: { to: { module: { origin: ['external', 'core'] } } } },
  ...guardedLibraries.flatMap(({ sources, roles: allowedRoles, reason, testsMay }) => [
    { disallow: { to: { module: { origin: 'external', source: sources } } }, message: reason },
    {
      from: { element: { types: { anyOf: allowedRoles } } },
      allow: { to: { module: { origin: 'external', source: sources } } },
    },
    ...(testsMay
      ? [
          {
            from: { file: { categories: 'engine-test' } },
            allow: { to: { module: { origin: 'external', source: sources } } },
          },
        ]
      : []),
  ]),
];

export default typescriptEslint.config(
  {
    ignores: ['**/dist/', '**/node_modules/', '.nx/', '.rowbridge/', 'coverage/', 'docs/reference/'],
  },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    rules: {
      'id-length': ['error', { min: 2, properties: 'always', exceptions: [] }],
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 60 }],
      'max-params': ['error', { max: 3 }],
      'no-restricted-imports': ['error', restrictedImports],
      'no-restricted-syntax': ['error', ...singleLetterTypeNames],
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      // Values are data of any kind: control characters are matched on purpose where they are escaped or refused.
      'no-control-regex': 'off',
    },
  },
  {
    files: ['**/*.{mjs,cjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        Buffer: 'readonly',
        console: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        URL: 'readonly',
      },
    },
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { require: 'readonly', module: 'writable', jest: 'readonly', globalThis: 'readonly' },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [...typescriptEslint.configs.recommended],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_[a-z]', destructuredArrayIgnorePattern: '^_[a-z]', ignoreRestSiblings: true },
      ],
    },
  },
  {
    files: sourceFiles,
    ignores: testFiles,
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  },
  {
    files: testFiles,
    languageOptions: {
      parserOptions: { project: ['./tsconfig.tests.json'], tsconfigRootDir: import.meta.dirname },
    },
  },
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: sourceFiles,
    ignores: ['**/src/index.ts'],
    rules: { 'no-restricted-syntax': ['error', ...singleLetterTypeNames, ...reExports] },
  },
  {
    files: ['**/*.ts'],
    plugins: { boundaries },
    settings: {
      'import/resolver': { typescript: { project: './tsconfig.json', alwaysTryTypes: true } },
      'boundaries/elements': roles.map(({ role, pattern }) => ({ type: role, pattern })),
      'boundaries/files': [
        { category: 'test', pattern: '**/*.test.ts' },
        { category: 'test', pattern: benchFiles },
        { category: 'test', pattern: 'test/**/*.ts' },
        { category: 'engine-test', pattern: engineTestFiles },
        { category: 'engine-test', pattern: 'test/**/*.ts' },
      ],
    },
    rules: {
      'boundaries/dependencies': [
        'error',
        { default: 'disallow', checkAllOrigins: true, checkInternals: true, policies: importPolicies },
      ],
    },
  },
  { files: sourceFiles, plugins: { boundaries }, rules: { 'boundaries/no-unknown-files': 'error' } },
  {
    files: testFiles,
    rules: { 'max-lines-per-function': 'off', 'max-lines': ['error', { max: 500 }] },
  },
  {
    // A behaviour suite: its functions are lists of tests.
    files: ['libs/writer-contract/src/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  { files: ['services/launcher/**/*.ts', 'test/**/*.ts'], rules: { 'no-console': 'off' } },
);
