import * as z from 'zod';

/** What clients are told of exposures. */

const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.enum(['Service', 'Ingress']),
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.record(z.string(), z.unknown()),
});

export const RenderedExposureView = z
  .strictObject({
    manifests: z.array(Manifest).meta({ description: 'Kubernetes objects, to be applied in this order.' }),
    yaml: z.string().meta({ description: 'The same as one YAML text.' }),
    warnings: z.array(z.strictObject({ code: z.string(), path: z.string(), reason: z.string() })),
  })
  .meta({ id: 'RenderedExposure' });

export const ExplainedAnnotationsView = z
  .strictObject({
    items: z.array(
      z.strictObject({
        annotation: z.string(),
        value: z.string(),
        meaning: z.string(),
        status: z.enum(['current', 'obsolete', 'unknown']),
        replacement: z.string().optional().meta({ description: 'What says it today: the lines to write, or why there are none.' }),
        replacedBy: z.record(z.string(), z.string()).optional().meta({ description: 'The same as annotations, where the value could be translated.' }),
        problem: z.string().optional().meta({ description: 'What is wrong with the value, or with it beside the others.' }),
        readBy: z.string().optional(),
        sources: z.array(z.string()).optional(),
      }),
    ),
  })
  .meta({ id: 'ExplainedAnnotations' });
