import { ConvertedStackView, ConvertStack, convertStack as convert } from '../domain/conversions/stack.ts';
import { isRefusal } from '../domain/refusal.ts';
import { ok } from './answers.ts';
import { readTemplate } from './read-template.ts';
import { route } from './route.ts';
import { writeYaml } from './write-yaml.ts';

/** Turns a Stack of the cloudformation-operator into manifests of ACK. Nothing is written or looked at. */
export const convertStack = route({
  method: 'POST',
  path: '/v1/conversions/stack',
  access: 'read',
  summary: 'Convert a CloudFormation stack in a manifest into manifests of ACK',
  body: ConvertStack,
  answers: { 200: { description: 'The manifests, what was not converted and why, and in which order to go over.', schema: ConvertedStackView } },
  refusals: ['rules-broken'],
  run(ask) {
    const converted = convert(ask.body, readTemplate);
    return Promise.resolve(isRefusal(converted) ? converted : ok({ ...converted, yaml: converted.manifests.map((manifest) => writeYaml(manifest)).join('---\n') }));
  },
});
