import { PageQuery } from '../domain/requests.ts';
import { pageOf as pageSchema, ProfileView } from '../domain/view.ts';
import { viewProfile } from '../domain/views.ts';
import { pageAsked, pageIn, pageOf } from './paging.ts';
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
    const profiles = (await store.profiles()).filter((profile) => seesProfile(ask.caller, profile));
    return pageOf(ask, pageIn(profiles, 'name', page), viewProfile);
  },
});
