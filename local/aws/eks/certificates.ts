import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';

/** What makes a certificate: the same of these is the same certificate, byte for byte. */
export interface Authority {
  /** Of the cluster, so that no two clusters have one key. */
  readonly clusterId: string;
  /** 0 is the one that the cluster was made with. */
  readonly serial: number;
  /** Epoch milliseconds. */
  readonly notBefore: number;
}

/** Of the certificates that EKS makes with a cluster. */
const VALIDITY_DAYS = 3650;
const DAY_MS = 86_400_000;
const LINE_LENGTH = 64;
/** Object identifiers, as DER writes them: 1.3.101.112, 2.5.4.3, 2.5.29.15, 2.5.29.19. */
const [ED25519, COMMON_NAME, KEY_USAGE, BASIC_CONSTRAINTS] = ['06032b6570', '0603550403', '0603551d0f', '0603551d13'];
/** The head of a private key of Ed25519 in PKCS #8; its 32 bytes follow. */
const PKCS8_HEAD = '302e020100300506032b657004220420';

export function notAfterOf({ notBefore }: Authority): number {
  return notBefore + VALIDITY_DAYS * DAY_MS;
}

/** The authority's own certificate as PEM: a real one, which clients can read and compare. Its key is made from the cluster's id and kept nowhere. */
export function certificateOf(authority: Authority): string {
  const seed = createHash('sha256').update(`certificate authority ${authority.clusterId}/${authority.serial}`).digest();
  const key = createPrivateKey({ key: Buffer.concat([Buffer.from(PKCS8_HEAD, 'hex'), seed]), format: 'der', type: 'pkcs8' });
  const body = toBeSigned(authority, createPublicKey(key).export({ type: 'spki', format: 'der' }));
  const certificate = sequence(body, algorithm(), bits(sign(null, body, key)));
  const lines = certificate.toString('base64').match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** RFC 5280, a certificate of version 3 that may sign others. */
function toBeSigned(authority: Authority, publicKey: Buffer): Buffer {
  const name = sequence(der(0x31, sequence(hex(COMMON_NAME), der(0x0c, Buffer.from('kubernetes')))));
  const validity = sequence(time(authority.notBefore), time(notAfterOf(authority)));
  const critical = der(0x01, Buffer.from([0xff]));
  const usage = sequence(hex(KEY_USAGE), critical, der(0x04, hex('030202a4')));
  const constraints = sequence(hex(BASIC_CONSTRAINTS), critical, der(0x04, sequence(critical)));
  return sequence(hex('a003020102'), der(0x02, Buffer.from([authority.serial])), algorithm(), name, validity, name, publicKey, der(0xa3, sequence(usage, constraints)));
}

function algorithm(): Buffer {
  return sequence(hex(ED25519));
}

/** UTCTime through 2049, GeneralizedTime from then on (source: RFC 5280, 4.1.2.5). */
function time(at: number): Buffer {
  const written = `${new Date(at).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  return written < '2050' ? der(0x17, Buffer.from(written.slice(2))) : der(0x18, Buffer.from(written));
}

function bits(bytes: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([0]), bytes]));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}
