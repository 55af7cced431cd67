import { renderExposure as render } from '../domain/exposures/render-exposure.ts';
import { RenderExposure } from '../domain/exposures/requests.ts';
import { RenderedExposureView } from '../domain/exposures/views.ts';
import { isRefusal } from '../domain/refusal.ts';
import { ok } from './answers.ts';
import { route } from './route.ts';
import { writeYaml } from './write-yaml.ts';

/** Renders what exposes pods by a load balancer. Nothing is written or looked at, so that the same body always has the same answer. */
export const renderExposure = route({
  method: 'POST',
  path: '/v1/exposures/render',
  access: 'read',
  summary: 'Render the manifests that expose pods by a load balancer',
  body: RenderExposure,
  answers: { 200: { description: 'The manifests, and what to know of them.', schema: RenderedExposureView } },
  refusals: ['rules-broken'],
  run(ask) {
    const rendered = render(ask.body);
    if (isRefusal(rendered)) return Promise.resolve(rendered);
    const yaml = rendered.manifests.map((manifest) => writeYaml(manifest)).join('---\n');
    return Promise.resolve(ok({ manifests: rendered.manifests, yaml, warnings: rendered.warnings }));
  },
});
