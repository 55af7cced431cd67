import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { startAws } from './aws-stage.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 170_000;
/** A filesystem mirror of Terraform's providers; the AWS provider weighs half a gigabyte, so nothing is downloaded for a test. */
const mirror = process.env['SLIPWAY_TERRAFORM_PROVIDERS'];

/** Why Terraform cannot be asked, if it cannot. */
function absent(): string | false {
  if (mirror === undefined) return 'SLIPWAY_TERRAFORM_PROVIDERS does not name a filesystem mirror with the AWS provider';
  try {
    execFileSync('terraform', ['version'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'terraform is not installed';
  }
}

describe('Terraform', { skip: absent() }, () => {
  it('makes what a workload account needs, finds it unchanged, and takes it down', { timeout: TIMEOUT_MS }, async (context) => {
    const stage = await startAws(context, { speed: 60 });
    const directory = await mkdtemp(join(tmpdir(), 'slipway-terraform-'));
    context.after(() => rm(directory, { recursive: true, force: true }));
    await cp(join(import.meta.dirname, 'terraform/account'), directory, { recursive: true });
    await writeFile(join(directory, 'cli.tfrc'), `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`);
    const env = { ...process.env, TF_CLI_CONFIG_FILE: join(directory, 'cli.tfrc'), TF_VAR_endpoint: stage.url, TF_VAR_account_id: '111111111111', AWS_EC2_METADATA_DISABLED: 'true', CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' };
    const terraform = (...words: readonly string[]) => run('terraform', [...words, '-no-color'], { cwd: directory, env, timeout: TIMEOUT_MS });

    await terraform('init');
    assert.match((await terraform('apply', '-auto-approve')).stdout, /Apply complete! Resources: 12 added/);
    // With -detailed-exitcode a difference would be exit code 2, and so a rejection.
    assert.match((await terraform('plan', '-detailed-exitcode')).stdout, /No changes/);
    assert.match((await terraform('destroy', '-auto-approve')).stdout, /Destroy complete! Resources: 12 destroyed/);
    assert.deepEqual(stage.told, []);
  });
});
