import type { AwsError } from '../service.ts';
import { namespaceOf, xmlAnswer } from './aws-query.ts';
import { checkStructure } from './json-values.ts';
import { isBound, readBound, routeByPath, writeHeader } from './rest-json.ts';
import type { ErrorShape, Model, OperationShape, Structure } from './shape.ts';
import { escapeXml, writeXml } from './xml-values.ts';
import { missing } from './wire.ts';
import type { Routed, WireAnswer, WireProtocol, WireRequest } from './wire.ts';
import { parseXml, readMembers } from './xml-reading.ts';

/** REST XML: method and path say the operation; labels, query, headers and an XML body carry the input. No operation here has its payload in one member. */
export const restXml: WireProtocol = {
  route: routeByPath,

  readInput(routed: Routed, request: WireRequest): unknown {
    const { input } = routed.operation;
    if (input.kind === 'unit') return {};
    const members = [...(input as Structure).members.values()];
    const inBody = members.filter((member) => !isBound(member));
    const read: Record<string, unknown> = {};
    for (const member of members.filter(isBound)) {
      const value = readBound(member, routed, request);
      if (value !== undefined) read[member.name] = value;
      else if (member.required) throw missing(member.name);
    }
    if (inBody.length === 0) return read;
    const text = Buffer.from(request.body).toString('utf8');
    const root = text.trim() === '' ? { name: '', children: [], text: '' } : parseXml(text);
    return { ...read, ...readMembers(inBody, root, '') };
  },

  writeOutput(operation: OperationShape, output: unknown, model: Model, requestId: string): WireAnswer {
    const status = operation.http?.status ?? 200;
    if (operation.output.kind === 'unit') return { status, headers: { 'x-amzn-requestid': requestId }, body: '' };
    const structure = operation.output as Structure;
    const value = output ?? {};
    checkStructure(structure, value, '');
    const headers: Record<string, string> = {};
    const body: Record<string, unknown> = {};
    for (const member of structure.members.values()) {
      const found = value[member.name];
      if (found === undefined) continue;
      if (member.traits.httpHeader !== undefined) headers[member.traits.httpHeader.toLowerCase()] = writeHeader(member, found);
      else body[member.name] = found;
    }
    const inBody: Structure = { kind: 'structure', name: structure.name, members: new Map([...structure.members].filter(([, member]) => member.traits.httpHeader === undefined)) };
    const answer = xmlAnswer(status, requestId, `<${operation.name}Response xmlns="${namespaceOf(model)}">${writeXml(inBody, body, '')}</${operation.name}Response>`);
    return { ...answer, headers: { ...answer.headers, ...headers } };
  },

  writeError(error: AwsError, shape: ErrorShape | undefined, model: Model, requestId: string): WireAnswer {
    const code = shape?.name ?? error.code;
    const type = (shape?.fault ?? (error.status >= 500 ? 'server' : 'client')) === 'client' ? 'Sender' : 'Receiver';
    const body = `<Error><Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId>`;
    return xmlAnswer(shape?.status ?? error.status, requestId, `<ErrorResponse xmlns="${namespaceOf(model)}">${body}</ErrorResponse>`);
  },
};
