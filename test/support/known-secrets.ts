// The secrets of a run as texts that can be looked for: in whole, and in the parts that tell as much.
// Knows how a token, a URL and a body are built; where each may stand is in secrets-of-run.
import type { Secret, SecretKind } from './secrets-of-run';

/** A signed token, and a tone as Graph spells it, whoever made them. */
export const KNOWN_BY_SHAPE: readonly Secret[] = [
  { kind: 'signed token', pattern: /eyJ[\w-]+\.eyJ[\w-]+/ },
  { kind: 'tones', pattern: /\btone\d\b/ },
];

/** Shorter texts of tests (`x`, an empty key) would be met by chance. */
const SHORTEST = 8;

export function secretOf(kind: SecretKind, text: unknown): Secret[] {
  return typeof text === 'string' && text.length >= SHORTEST ? [{ kind, pattern: text }] : [];
}

/** The signature of a signed token tells as much as the whole. */
export function secretsOfToken(token: string): Secret[] {
  return [...secretOf('signed token', token), ...secretOf('signed token', token.split('.')[2])];
}

/** The URL, and what its query proves its bearer with, both as written and decoded. */
export function secretsOfCallback(url: string): Secret[] {
  const query = url.split('?')[1] ?? '';
  const decoded = [...new URLSearchParams(query)].map(([, value]) => value);
  const written = query.split('&').map((pair) => pair.slice(pair.indexOf('=') + 1));
  const signatures = [...new Set([...decoded, ...written])];
  return [
    ...secretOf('callback URL', url),
    ...signatures.flatMap((value) => secretOf('signature of a callback URL', value)),
  ];
}

/** Each secret of CALLBACK_SIGNING_SECRET, its key in every form in which a program would print it. */
export function secretsOfSigning(value: string | undefined): Secret[] {
  const encoded = (value ?? '').split(' ').map((secret) => secret.replace(/^whsec_/, ''));
  return encoded.flatMap((text) => {
    const key = Buffer.from(text, 'base64');
    const hex = key.toString('hex');
    const inspected = hex.replaceAll(/(..)(?!$)/g, '$1 ');
    const written = [text.replace(/=+$/, ''), key.toString('base64url'), hex, inspected, [...key].join(',')];
    return [...new Set(written)].flatMap((form) => secretOf('signing secret', form));
  });
}

/** Longer than what a line of the log and a body may have in common: an id with its name. */
const PIECE_LENGTH = 60;
const PIECE_STEP = 10;
/** Of a long body its beginning stands for the rest. */
const MOST_PIECES = 200;

/**
 * What of a body is stored, answered or logged under its own name: the clientContext, and what the result is said to
 * be.
 */
const NO_SECRET =
  /"(?:clientContext|completionReason|message)":"(?:[^"\\]|\\.)*"|"resultInfo":\{"code":-?\d+,"subcode":-?\d+/;

/** Any longer piece of the rest counts as the body. */
export function secretsOfBody(body: string): Secret[] {
  return body.split(NO_SECRET).flatMap(piecesOf).slice(0, MOST_PIECES);
}

function piecesOf(text: string): Secret[] {
  const steps = Math.ceil(Math.max(0, text.length - PIECE_LENGTH) / PIECE_STEP) + 1;
  return Array.from({ length: Math.min(steps, MOST_PIECES) }, (_, step) =>
    text.slice(Math.max(0, Math.min(step * PIECE_STEP, text.length - PIECE_LENGTH))).slice(0, PIECE_LENGTH),
  ).flatMap((piece) => (piece.length < PIECE_LENGTH ? [] : secretOf('notification body', piece)));
}
