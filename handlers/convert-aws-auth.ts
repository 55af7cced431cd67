import { ConvertAwsAuth, convertAwsAuth as convert, ConvertedAwsAuthView } from '../domain/conversions/aws-auth.ts';
import { isRefusal } from '../domain/refusal.ts';
import { ok } from './answers.ts';
import { readYaml } from './read-yaml.ts';
import { route } from './route.ts';

/** Turns an `aws-auth` ConfigMap into access entries. Nothing is written or looked at. */
export const convertAwsAuth = route({
  method: 'POST',
  path: '/v1/conversions/aws-auth',
  access: 'read',
  summary: 'Convert an aws-auth ConfigMap into access entries',
  body: ConvertAwsAuth,
  answers: { 200: { description: 'The entries, what was not converted, and in which order to go over.', schema: ConvertedAwsAuthView } },
  refusals: ['rules-broken'],
  run(ask) {
    const converted = convert(ask.body, readYaml);
    return Promise.resolve(isRefusal(converted) ? converted : ok(converted));
  },
});
