import { explainAnnotations as explain } from '../domain/exposures/explain-annotations.ts';
import { ExplainAnnotations } from '../domain/exposures/requests.ts';
import { ExplainedAnnotationsView } from '../domain/exposures/views.ts';
import { ok } from './answers.ts';
import { route } from './route.ts';

/** Says what the annotations of a Service or an Ingress do. */
export const explainAnnotations = route({
  method: 'POST',
  path: '/v1/exposures/explain',
  access: 'read',
  summary: 'Explain the annotations of a Service or an Ingress',
  body: ExplainAnnotations,
  answers: { 200: { description: 'Each annotation, by name.', schema: ExplainedAnnotationsView } },
  run(ask) {
    return Promise.resolve(ok({ items: explain(ask.body.annotations) }));
  },
});
