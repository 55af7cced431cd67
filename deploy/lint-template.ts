import { spawnSync } from 'node:child_process';

const TEMPLATE = '.serverless/cloudformation-template-update-stack.json';
/**
 * W3005: a resource that names what it also refers to; the framework writes those itself, and they do no harm. E3601: the linter reads a Map's
 * MaxConcurrency as a number, where JSONata machines may have an expression (source: Amazon States Language, Map); asl-validator checks our machines.
 */
const IGNORED = ['W3005', 'E3601'];

/** Runs cfn-lint over the packaged template. It is Python's; where it is not installed that is said, and nothing fails. */
function lintTemplate(): number {
  const { status, error } = spawnSync('cfn-lint', ['--ignore-checks', ...IGNORED, '--', TEMPLATE], { stdio: 'inherit' });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') {
    console.log('cfn-lint: skipped, it is not installed (pip install cfn-lint)');
    return 0;
  }
  if (status === 0) console.log('cfn-lint: the template is clean');
  return status ?? 1;
}

process.exitCode = lintTemplate();
