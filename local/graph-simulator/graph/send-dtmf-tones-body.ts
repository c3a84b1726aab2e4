// The body of sendDtmfTones, checked as Graph's metadata declares it:
// names, types, enum members, Int32, 256 characters.
// Knows no call: it checks the body alone, before anything is pressed.
import type { Tone } from '@microsoft/microsoft-graph-types';
import { isObject } from '../calls/scenarios';

export interface SendDtmfTonesBody {
  readonly tones: readonly Tone[];
  readonly delayBetweenTonesMs?: number;
  readonly clientContext?: string;
}

export interface BodyFault {
  readonly code: string;
  readonly message: string;
}

// A record, so that the compiler compares it with Graph's published enum.
const TONES: Readonly<Record<Tone, true>> = {
  tone0: true,
  tone1: true,
  tone2: true,
  tone3: true,
  tone4: true,
  tone5: true,
  tone6: true,
  tone7: true,
  tone8: true,
  tone9: true,
  star: true,
  pound: true,
  a: true,
  b: true,
  c: true,
  d: true,
  flash: true,
};
const PARAMETERS: readonly string[] = ['tones', 'delayBetweenTonesMs', 'clientContext'];

/** The body, or the first thing that is wrong with it. The message never repeats a tone. */
export function readSendDtmfTonesBody(value: unknown): SendDtmfTonesBody | BodyFault {
  if (!isObject(value))
    return badRequest(
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    );
  const unknown = Object.keys(value).find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    return badRequest(
      `The parameter '${unknown}' in the request payload is not a valid parameter for the operation 'sendDtmfTones'.`,
    );
  }
  const { tones, delayBetweenTonesMs = null, clientContext = null } = value;
  if (!Array.isArray(tones)) return badRequest("The parameter 'tones' must be a Collection(microsoft.graph.tone).");
  if (!tones.every(isTone))
    return badRequest("Cannot convert an item of 'tones' to the expected type 'microsoft.graph.tone'.");
  if (tones.length === 0) return invalidArgument("The collection 'tones' must not be empty.");
  if (delayBetweenTonesMs !== null && !isInt32(delayBetweenTonesMs)) {
    return badRequest("Cannot convert 'delayBetweenTonesMs' to the expected type 'Edm.Int32'.");
  }
  if (delayBetweenTonesMs !== null && delayBetweenTonesMs < 0)
    return invalidArgument("'delayBetweenTonesMs' must not be negative.");
  if (clientContext !== null && typeof clientContext !== 'string') {
    return badRequest("Cannot convert 'clientContext' to the expected type 'Edm.String'.");
  }
  if (clientContext !== null && clientContext.length > 256)
    return invalidArgument("'clientContext' is longer than 256 characters.");
  if (clientContext !== null && !/^\p{ASCII}*$/u.test(clientContext))
    return invalidArgument("'clientContext' is declared non-Unicode.");
  return {
    tones,
    ...(delayBetweenTonesMs !== null && { delayBetweenTonesMs }),
    ...(clientContext !== null && { clientContext }),
  };
}

function isTone(value: unknown): value is Tone {
  return typeof value === 'string' && Object.hasOwn(TONES, value);
}

function isInt32(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 2_147_483_647;
}

function badRequest(message: string): BodyFault {
  return { code: 'BadRequest', message };
}

function invalidArgument(message: string): BodyFault {
  return { code: '8523', message };
}
