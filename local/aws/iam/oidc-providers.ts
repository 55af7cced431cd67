import { createHash } from 'node:crypto';
import type {
  AddClientIDToOpenIDConnectProviderCommandInput,
  CreateOpenIDConnectProviderCommandInput,
  DeleteOpenIDConnectProviderCommandInput,
  GetOpenIDConnectProviderCommandInput,
  ListOpenIDConnectProviderTagsCommandInput,
  RemoveClientIDFromOpenIDConnectProviderCommandInput,
  TagOpenIDConnectProviderCommandInput,
  UntagOpenIDConnectProviderCommandInput,
  UpdateOpenIDConnectProviderThumbprintCommandInput,
} from '@aws-sdk/client-iam';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler } from '../service.ts';
import type { IamRecords, OidcProviderRecord } from './records.ts';
import { checkedTags, invalid, page, untagged, wholeSeconds } from './rules.ts';

const URL_CHARACTERS_MAX = 255;
const CLIENT_IDS_MAX = 100;
const THUMBPRINTS_MAX = 5;
const PROVIDERS_MAX = 100;

/** Identity providers that roles trust by web identity (IRSA). Source: IAM API reference; "IAM and AWS STS quotas". */
export function oidcProviderOperations(records: IamRecords): Record<string, OperationHandler> {
  const providers = records.oidcProviders;
  const named = (arn: string | undefined, call: Call): OidcProviderRecord => {
    const provider = providers.get(arn ?? '');
    if (provider === undefined || provider.accountId !== call.accountId) throw new AwsError('NoSuchEntity', `OpenIDConnect Provider not found for arn ${arn}`, 404);
    return provider;
  };
  const change = (arn: string | undefined, call: Call, changed: (provider: OidcProviderRecord) => Partial<OidcProviderRecord>): void => {
    const provider = named(arn, call);
    providers.put(provider.arn, { ...provider, ...changed(provider) });
  };

  return {
    CreateOpenIDConnectProvider(input: CreateOpenIDConnectProviderCommandInput, call: Call) {
      const url = checkedUrl(input.Url ?? '');
      const arn = oidcProviderArn(call.accountId, url);
      const clientIds = checkedClientIds(input.ClientIDList ?? []);
      // Without thumbprints IAM takes that of the provider's certificate, which here is one of its host's name.
      const thumbprints = checkedThumbprints(input.ThumbprintList ?? [createHash('sha1').update(url.split('/')[0] ?? '').digest('hex')]);
      const tags = checkedTags(input.Tags);
      if (providers.get(arn) !== undefined) throw new AwsError('EntityAlreadyExists', `Provider with url https://${url} already exists.`, 409);
      if (providers.list(oidcProviderArn(call.accountId, '')).length >= PROVIDERS_MAX) throw new AwsError('LimitExceeded', `Cannot exceed quota for OpenIdConnectProvidersPerAccount: ${PROVIDERS_MAX}`, 409);
      providers.put(arn, { accountId: call.accountId, arn, url, clientIds, thumbprints, createdAt: call.now, tags });
      return { OpenIDConnectProviderArn: arn, ...(tags.length === 0 ? {} : { Tags: tags }) };
    },

    GetOpenIDConnectProvider(input: GetOpenIDConnectProviderCommandInput, call: Call) {
      const { url, clientIds, thumbprints, createdAt, tags } = named(input.OpenIDConnectProviderArn, call);
      return { Url: url, ClientIDList: [...clientIds], ThumbprintList: [...thumbprints], CreateDate: wholeSeconds(createdAt), ...(tags.length === 0 ? {} : { Tags: [...tags] }) };
    },

    ListOpenIDConnectProviders: (_input: unknown, call: Call) => ({ OpenIDConnectProviderList: providers.list(oidcProviderArn(call.accountId, '')).map(({ arn }) => ({ Arn: arn })) }),

    /** Idempotent: one that is not there is no error. */
    DeleteOpenIDConnectProvider(input: DeleteOpenIDConnectProviderCommandInput, call: Call) {
      const provider = providers.get(input.OpenIDConnectProviderArn ?? '');
      if (provider?.accountId === call.accountId) providers.delete(provider.arn);
    },

    AddClientIDToOpenIDConnectProvider(input: AddClientIDToOpenIDConnectProviderCommandInput, call: Call) {
      change(input.OpenIDConnectProviderArn, call, ({ clientIds }) => ({ clientIds: checkedClientIds([...new Set([...clientIds, input.ClientID ?? ''])]) }));
    },

    RemoveClientIDFromOpenIDConnectProvider(input: RemoveClientIDFromOpenIDConnectProviderCommandInput, call: Call) {
      change(input.OpenIDConnectProviderArn, call, ({ clientIds }) => ({ clientIds: clientIds.filter((id) => id !== input.ClientID) }));
    },

    UpdateOpenIDConnectProviderThumbprint(input: UpdateOpenIDConnectProviderThumbprintCommandInput, call: Call) {
      change(input.OpenIDConnectProviderArn, call, () => ({ thumbprints: checkedThumbprints(input.ThumbprintList ?? []) }));
    },

    TagOpenIDConnectProvider(input: TagOpenIDConnectProviderCommandInput, call: Call) {
      change(input.OpenIDConnectProviderArn, call, ({ tags }) => ({ tags: checkedTags(input.Tags, tags) }));
    },

    UntagOpenIDConnectProvider(input: UntagOpenIDConnectProviderCommandInput, call: Call) {
      change(input.OpenIDConnectProviderArn, call, ({ tags }) => ({ tags: untagged(tags, input.TagKeys) }));
    },

    ListOpenIDConnectProviderTags(input: ListOpenIDConnectProviderTagsCommandInput, call: Call) {
      const { items, ...rest } = page(named(input.OpenIDConnectProviderArn, call).tags, input);
      return { Tags: items, ...rest };
    },
  };
}

/** `url` is without its scheme. */
export const oidcProviderArn = (accountId: string, url: string): string => `arn:aws:iam::${accountId}:oidc-provider/${url}`;

function checkedUrl(url: string): string {
  if (url.length < 1 || url.length > URL_CHARACTERS_MAX) throw invalid(`Value '${url}' at 'url' failed to satisfy constraint: Member must have length between 1 and ${URL_CHARACTERS_MAX}`);
  const isUrl = URL.canParse(url) && url.startsWith('https://');
  if (!isUrl || new URL(url).search !== '' || new URL(url).port !== '') throw invalid('Invalid Open ID Connect Provider URL');
  return url.slice('https://'.length).replace(/\/$/, '');
}

function checkedClientIds(ids: readonly string[]): string[] {
  const wrong = ids.find((id) => id.length < 1 || id.length > 255);
  if (wrong !== undefined) throw invalid(`Value '${wrong}' at 'clientIDList.member' failed to satisfy constraint: Member must have length between 1 and 255`);
  if (ids.length > CLIENT_IDS_MAX) throw new AwsError('LimitExceeded', `Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: ${CLIENT_IDS_MAX}`, 409);
  return [...ids];
}

function checkedThumbprints(thumbprints: readonly string[]): string[] {
  if (thumbprints.length > THUMBPRINTS_MAX) throw new AwsError('InvalidInput', `Thumbprint list must contain fewer than ${THUMBPRINTS_MAX + 1} entries.`, 400);
  const wrong = thumbprints.find((thumbprint) => thumbprint.length !== 40);
  if (wrong !== undefined) throw invalid(`Value '${wrong}' at 'thumbprintList.member' failed to satisfy constraint: Member must have length equal to 40`);
  if (thumbprints.some((thumbprint) => !/^[0-9a-f]{40}$/i.test(thumbprint))) throw new AwsError('InvalidInput', 'Thumbprint contains invalid characters.', 400);
  return [...thumbprints];
}
