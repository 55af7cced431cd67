import { PageQuery } from '../domain/requests.ts';
import { pageOf as pageSchema, ProfileView } from '../domain/view.ts';
import { viewProfile } from '../domain/views.ts';
import { pageAsked, pageOf } from './paging.ts';
import { seesProfile } from './profile-reached.ts';
import { route } from './route.ts';

/** The newest version of each profile that the caller sees, by name. */
export const listProfiles = route({
  method: 'GET',
  path: '/v1/profiles',
  access: 'read',
  summary: 'List profiles',
  query: PageQuery,
  answers: { 200: { description: 'A page of profiles.', schema: pageSchema(ProfileView) } },
  async run(ask, { store }) {
    const page = pageAsked(ask);
    if ('kind' in page) return page;
    const after = page.after?.['name'] ?? '';
    const left = (await store.profiles()).filter((profile) => profile.name > after && seesProfile(ask.caller, profile));
    const items = left.slice(0, page.limit);
    const last = items.at(-1);
    return pageOf(ask, { items, ...(left.length > items.length && last !== undefined ? { next: { name: last.name } } : {}) }, viewProfile);
  },
});
