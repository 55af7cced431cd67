import type { AwsError } from '../service.ts';
import { parseForm, QUERY_NAMES, readForm } from './query-values.ts';
import type { ErrorShape, Model, OperationShape } from './shape.ts';
import { escapeXml, writeXml } from './xml-values.ts';
import type { Routed, WireAnswer, WireProtocol, WireRequest } from './wire.ts';

const NAMESPACES: Readonly<Record<string, string>> = {
  'com.amazonaws.sts': 'https://sts.amazonaws.com/doc/2011-06-15/',
  'com.amazonaws.iam': 'https://iam.amazonaws.com/doc/2010-05-08/',
  'com.amazonaws.cloudwatch': 'http://monitoring.amazonaws.com/doc/2010-08-01/',
  'com.amazonaws.autoscaling': 'http://autoscaling.amazonaws.com/doc/2011-01-01/',
  'com.amazonaws.route53': 'https://route53.amazonaws.com/doc/2013-04-01/',
};

/** The namespace that a service's answers in XML stand in. */
export const namespaceOf = (model: Model): string => NAMESPACES[model.namespace] ?? '';

/** AWS Query: a form with `Action`, answered in XML. */
export const awsQuery: WireProtocol = {
  route(request, model) {
    const name = formOf(request).get('Action') ?? '';
    const operation = model.operations.get(name);
    return operation === undefined ? name : { operation, labels: {} };
  },

  readInput(routed: Routed, request: WireRequest): unknown {
    return routed.operation.input.kind === 'unit' ? {} : readForm(routed.operation.input, parseForm(formOf(request)), QUERY_NAMES);
  },

  writeOutput(operation: OperationShape, output: unknown, model: Model, requestId: string): WireAnswer {
    const { name } = operation;
    const result = operation.output.kind === 'unit' ? '' : `<${name}Result>${writeXml(operation.output, output ?? {}, '')}</${name}Result>`;
    const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
    return xmlAnswer(200, requestId, `<${name}Response xmlns="${namespaceOf(model)}">${result}${metadata}</${name}Response>`);
  },

  writeError(error: AwsError, shape: ErrorShape | undefined, model: Model, requestId: string): WireAnswer {
    const code = shape?.queryCode ?? shape?.name ?? error.code;
    const type = (shape?.fault ?? (error.status >= 500 ? 'server' : 'client')) === 'client' ? 'Sender' : 'Receiver';
    const body = `<Error><Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId>`;
    return xmlAnswer(shape?.status ?? error.status, requestId, `<ErrorResponse xmlns="${namespaceOf(model)}">${body}</ErrorResponse>`);
  },
};

/** The request's form: the body of a POST, or the query of a GET. */
export function formOf(request: WireRequest): URLSearchParams {
  return request.body.byteLength > 0 ? new URLSearchParams(Buffer.from(request.body).toString('utf8')) : request.query;
}

export function xmlAnswer(status: number, requestId: string, xml: string): WireAnswer {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body: `<?xml version="1.0" encoding="UTF-8"?>\n${xml}\n` };
}
