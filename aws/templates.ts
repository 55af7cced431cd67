import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Clock, Templates } from './ports.ts';

/** How long the owner of an account has to begin a stack with the URL. It dies earlier with the session that signed it. */
export const TEMPLATE_URL_MINUTES = 60;
/** The text is in the answer anyway: an upload must not hold it up. */
const UPLOAD_SECONDS_MAX = 3;

/**
 * Templates in the stack's own bucket. The URL is a signed GET of one object for an hour: CloudFormation reads a template with the
 * rights of whoever makes the stack, so a private bucket is open to another account only by a policy that names it, or by a URL that
 * carries its own right; and a policy for every account would outgrow its 20 KB and leave the external id readable for good.
 *
 * The key ends in a hash of the text, which holds the external id with its 256 random bits: nobody guesses it, and the same text is the
 * same object. The bucket encrypts, refuses the public, and forgets its objects after a day.
 */
export function createTemplates(client: S3Client, bucket: string | undefined, clock: Clock): Templates {
  return {
    async publish(accountId, template) {
      if (bucket === undefined || bucket === '') return undefined;
      const object = { Bucket: bucket, Key: `accounts/${accountId}/${createHash('sha256').update(template).digest('hex')}.json` };
      const put = new PutObjectCommand({ ...object, Body: template, ContentType: 'application/json' });
      await client.send(put, { abortSignal: AbortSignal.timeout(UPLOAD_SECONDS_MAX * 1000) });
      return getSignedUrl(client, new GetObjectCommand(object), { expiresIn: TEMPLATE_URL_MINUTES * 60, signingDate: new Date(clock.now()) });
    },
  };
}
