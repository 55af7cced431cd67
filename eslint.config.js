import tseslint from 'typescript-eslint';

/** What lets a decision depend on when, where or by chance it is made. The domain gets all of it as arguments. */
const CLOCKS_AND_CHANCE = [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'The moment is an argument.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'The moment is an argument.' },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Chance is an argument.' },
  { selector: "MemberExpression[object.name='process'][property.name='env']", message: 'Settings are arguments.' },
  { selector: "MemberExpression[object.name='Temporal'][property.name='Now']", message: 'The moment is an argument.' },
];

/** One person's import of zod costs every bundle 350 KB. */
const ZOD_AS_NAMESPACE = { selector: "ImportDeclaration[source.value='zod'] > ImportSpecifier", message: "import * as z from 'zod': the named import bundles 350 KB more." };
const NO_DEFAULT_EXPORT = { selector: 'ExportDefaultDeclaration', message: 'A thing has one name, and is imported by it.' };

export default tseslint.config(
  { ignores: ['node_modules/', '.build/', '.serverless/', '.slipway/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // A promise that nobody waits for is a fault that nobody hears.
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['describe', 'it', 'test', 'before', 'after'] }] }],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
      'prefer-const': 'error',
      'no-var': 'error',
      eqeqeq: 'error',
      'no-control-regex': 'error',
      'no-console': 'off',
      'no-restricted-syntax': ['error', ZOD_AS_NAMESPACE, NO_DEFAULT_EXPORT],
    },
  },
  { files: ['domain/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ZOD_AS_NAMESPACE, NO_DEFAULT_EXPORT, ...CLOCKS_AND_CHANCE] } },
  // Tests say what they know of their own examples.
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  // The framework takes a plugin by its default export.
  { files: ['deploy/live-alias.ts'], rules: { 'no-restricted-syntax': ['error', ZOD_AS_NAMESPACE] } },
);
