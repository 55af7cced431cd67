import { sees } from '../domain/caller.ts';
import { profileErrors, type Profile } from '../domain/profile.ts';
import { refuseBroken } from '../domain/nodegroup-rules.ts';
import { refuse } from '../domain/refusal.ts';
import { WriteProfile } from '../domain/requests.ts';
import { ProfileView } from '../domain/view.ts';
import { viewProfile } from '../domain/views.ts';
import { created, MOVED } from './answers.ts';
import { route } from './route.ts';

/** Writes a profile, or the next version of one. Clusters that have an earlier version keep it until the new one is applied. */
export const writeProfile = route({
  method: 'POST',
  path: '/v1/profiles',
  access: 'administer',
  summary: 'Write a profile, or the next version of one',
  body: WriteProfile,
  answers: { 201: { description: 'The version that was written.', schema: ProfileView } },
  refusals: ['rules-broken', 'team-not-allowed'],
  async run(ask, { store, log }) {
    const { name, description, parts, reason } = ask.body;
    const team = ask.body.team ?? ask.caller.team;
    const before = await store.profile(name);
    const theirs = before !== undefined && !sees(ask.caller, before);
    if (theirs || (ask.caller.team !== undefined && team !== ask.caller.team)) return refuse('team-not-allowed', `The profile ${name} is not of team ${ask.caller.team ?? ''}.`, { remedy: 'Choose another name, or ask its owner.' });

    const broken = refuseBroken(profileErrors(parts));
    if (broken !== undefined) return broken;

    const profile: Profile = {
      name,
      version: (before?.version ?? 0) + 1,
      ...(description === undefined ? {} : { description }),
      ...(team === undefined ? {} : { team }),
      parts,
      ...(reason === undefined ? {} : { reason }),
      createdAt: ask.now,
      createdBy: ask.caller.sub,
    };
    const answer = created(viewProfile(profile), profile.version, `/v1/profiles/${name}?version=${profile.version}`);
    const written = await store.addProfileVersion(profile, ask.remember(answer));
    if (written.kind === 'answered') return written;
    if (written.kind === 'moved') return MOVED;
    log.info('A profile was written', { requestId: ask.requestId, profile: name, version: profile.version, caller: ask.caller.sub, reason });
    return answer;
  },
});
