/**
 * Who may import whom: one rule per arrow of the house, each with its reason. test/house/imports.test.ts runs them, and
 * shows each of them a file that breaks it.
 * @type {import('dependency-cruiser').IConfiguration}
 */
export default {
  forbidden: [
    {
      name: 'domain-imports-only-the-timeless',
      comment: 'The rules must give the same answer tomorrow, on any machine and in any test: no network, no clock, no SDK, not even Node itself.',
      severity: 'error',
      from: { path: '^domain/' },
      to: { pathNot: ['^domain/', '(^|/)node_modules/(zod|semver|@types/semver|temporal-polyfill|temporal-spec)/'] },
    },
    {
      name: 'aws-imports-domain-and-the-sdk',
      comment: 'The hands know what is true and how to speak to AWS. What to do next is not theirs to know.',
      severity: 'error',
      from: { path: '^aws/' },
      to: { path: '.', pathNot: ['^aws/', '^domain/', '(^|/)node_modules/(@aws-sdk|@smithy|@aws-lambda-powertools)/'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'only-aws-imports-the-sdk',
      comment: 'One room knows how AWS spells things. The rehearsal stage and the tests may look at the same shapes.',
      severity: 'error',
      from: { pathNot: '^(aws|local|test)/' },
      to: { path: '(^|/)node_modules/(@aws-sdk|@smithy|aws-sdk-client-mock)/' },
    },
    {
      name: 'handlers-meet-aws-in-its-wiring',
      comment: 'A route asks for its world in one place, so that a test can hand it another. Ports are only their types.',
      severity: 'error',
      from: { path: '^handlers/' },
      to: { path: '^aws/', pathNot: ['^aws/wiring\\.ts$', '^aws/ports\\.ts$'] },
    },
    {
      name: 'workflows-meet-aws-in-its-wiring',
      comment: 'A task asks for its world in one place, so that a test can hand it another. Ports are only their types.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^aws/', pathNot: ['^aws/wiring\\.ts$', '^aws/ports\\.ts$'] },
    },
    {
      name: 'handlers-do-not-import-workflows',
      comment: 'The front door and the back door meet in the operation record and in the name of an execution, nowhere else.',
      severity: 'error',
      from: { path: '^handlers/' },
      to: { path: '^workflows/' },
    },
    {
      name: 'workflows-do-not-import-handlers',
      comment: 'The front door and the back door meet in the operation record and in the name of an execution, nowhere else.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^handlers/' },
    },
    {
      name: 'nothing-imports-local',
      comment: 'What runs on AWS must not know that it is ever rehearsed. Only tests look onto the stage.',
      severity: 'error',
      from: { pathNot: '^(local|test)/' },
      to: { path: '^local/' },
    },
    {
      name: 'nothing-imports-tests',
      comment: 'A test is an audience.',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'what-is-deployed-needs-no-development-dependency',
      comment: 'Bundles are made of `dependencies`; what only tests and tools need stays out of them.',
      severity: 'error',
      from: { path: '^(domain|handlers|workflows|aws)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '(^|/)node_modules/@types/' },
    },
    {
      name: 'no-circles',
      comment: 'Two files that need each other are one subject, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'], mainFields: ['module', 'main', 'types'] },
  },
};
