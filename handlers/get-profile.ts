import { ProfileQuery } from '../domain/requests.ts';
import { ProfileView } from '../domain/view.ts';
import { viewProfile } from '../domain/views.ts';
import { isRefusal } from '../domain/refusal.ts';
import { resource } from './answers.ts';
import { profileToRead } from './profile-reached.ts';
import { route } from './route.ts';

/** One profile, in its newest version or the one asked for. Its ETag is the version. */
export const getProfile = route({
  method: 'GET',
  path: '/v1/profiles/{profileName}',
  access: 'read',
  summary: 'Read a profile',
  query: ProfileQuery,
  answers: { 200: { description: 'The profile.', schema: ProfileView } },
  refusals: ['not-found'],
  async run(ask, ports) {
    const profile = await profileToRead(ask, ports, ask.params.profileName, ask.query.version);
    return isRefusal(profile) ? profile : resource(viewProfile(profile), profile.version);
  },
});
