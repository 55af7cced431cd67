import * as acm from '@aws-sdk/client-acm';
import type { Faults } from '../faults.ts';
import { Route53Records } from '../route53/records.ts';
import type { Call, Needed, SimulatedService, World } from '../service.ts';
import { certificateOperations } from './certificates.ts';
import { AcmRecords } from './records.ts';

/** Public certificates that are validated by DNS, and that the simulated Route 53 proves. */
export function createAcm(world: World, faults: Faults): SimulatedService {
  const records = new AcmRecords(world.disk);
  return {
    name: 'acm',
    protocol: 'aws-json-1.1',
    schemas: { ...acm },
    operations: certificateOperations(world, records, new Route53Records(world.disk), faults),
    needs: (operation, input, call) => needsOf(operation, input as Input, call, records),
  };
}

interface Input {
  readonly CertificateArn?: string;
  readonly DomainName?: string;
  readonly SubjectAlternativeNames?: readonly string[];
  readonly ValidationMethod?: string;
  readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
}

/** Source: Service Authorization Reference, AWS Certificate Manager. */
function needsOf(operation: string, input: Input, call: Call, records: AcmRecords): Needed[] {
  const context: Record<string, string | readonly string[]> = {};
  for (const { Key = '', Value = '' } of input.Tags ?? []) context[`aws:RequestTag/${Key}`] = Value;
  if (input.Tags !== undefined) context['aws:TagKeys'] = input.Tags.map(({ Key = '' }) => Key);
  if (operation === 'RequestCertificate') {
    context['acm:DomainNames'] = [...new Set([input.DomainName ?? '', ...(input.SubjectAlternativeNames ?? [])])];
    context['acm:ValidationMethod'] = input.ValidationMethod ?? 'DNS';
  }
  for (const { Key = '', Value = '' } of records.certificates.get(input.CertificateArn ?? '')?.tags ?? []) context[`aws:ResourceTag/${Key}`] = Value;
  // Asking for a certificate, and listing, name none.
  const itself = { action: `acm:${operation}`, resource: input.CertificateArn ?? '*', context };
  const tagging = operation === 'RequestCertificate' && (input.Tags ?? []).length > 0 ? [{ ...itself, action: 'acm:AddTagsToCertificate', resource: `arn:aws:acm:${call.region}:${call.accountId}:certificate/*` }] : [];
  return [itself, ...tagging];
}
