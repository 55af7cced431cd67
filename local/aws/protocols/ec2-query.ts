import type { AwsError } from '../service.ts';
import { formOf, xmlAnswer } from './aws-query.ts';
import { EC2_NAMES, parseForm, readForm } from './query-values.ts';
import type { ErrorShape, Model, OperationShape } from './shape.ts';
import { escapeXml, writeXml } from './xml-values.ts';
import type { Routed, WireAnswer, WireProtocol, WireRequest } from './wire.ts';

const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';

/** EC2's own query protocol: other names, flat lists, no result element. */
export const ec2Query: WireProtocol = {
  route(request, model) {
    const name = formOf(request).get('Action') ?? '';
    const operation = model.operations.get(name);
    return operation === undefined ? name : { operation, labels: {} };
  },

  readInput(routed: Routed, request: WireRequest): unknown {
    return routed.operation.input.kind === 'unit' ? {} : readForm(routed.operation.input, parseForm(formOf(request)), EC2_NAMES);
  },

  writeOutput(operation: OperationShape, output: unknown, _model: Model, requestId: string): WireAnswer {
    const { name } = operation;
    // Operations without an output say that they were done.
    const inner = operation.output.kind === 'unit' ? '<return>true</return>' : writeXml(operation.output, output ?? {}, '');
    return xmlAnswer(200, requestId, `<${name}Response xmlns="${NAMESPACE}"><requestId>${requestId}</requestId>${inner}</${name}Response>`);
  },

  writeError(error: AwsError, _shape: ErrorShape | undefined, _model: Model, requestId: string): WireAnswer {
    const errors = `<Errors><Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error></Errors>`;
    return xmlAnswer(error.status, requestId, `<Response>${errors}<RequestID>${requestId}</RequestID></Response>`);
  },
};
