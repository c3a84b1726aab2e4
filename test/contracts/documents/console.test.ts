// The console and the app must agree: how a dial string is read, which forms are taken, and what the words of the API are.
// The page imports nothing of the app, so what both know stands twice.
import * as fc from 'fast-check';
import { readDialString as readOnPage } from '../../../console/dial-string';
import { ASK_AGAIN, STATUS_MEANINGS, WAITING_MEANINGS } from '../../../console/meanings';
import { isOpen } from '../../../console/outcome';
import { readForm, type FormFields } from '../../../console/request-form';
import { ERROR_CATALOGUE } from '../../../shared/tones/facts/error-catalogue';
import { isFinal, TONE_STATUSES } from '../../../shared/tones/facts/outcome-facts';
import { sizesOf } from '../../../shared/tones/facts/parts/tone-sequence';
import { WAITING_WORDS } from '../../../shared/tones/facts/waiting-for';
import { readDialString } from '../../../shared/tones/request/dial-string';
import { MOST_TONES, parseToneRequest, toneRequestBodySchema } from '../../../shared/tones/request/tone-request';

const RUNS = { numRuns: 3000 };

/** Sizes of the parts as the app stores them, `pause:tones`; undefined where it refuses. */
function sizesInApp(text: string): string | undefined {
  const read = readDialString(text, MOST_TONES);
  if (read.kind === 'invalid') return undefined;
  const { partSizes, pauseMs = 0, toneCount } = sizesOf(read.sequence);
  return partSizes ?? `${pauseMs}:${toneCount}`;
}

function sizesOnPage(text: string): string | undefined {
  const read = readOnPage(text);
  if (read.kind === 'invalid') return undefined;
  return read.parts.map(({ pauseMs, keyCount }) => `${pauseMs}:${keyCount}`).join(' ');
}

const dialString = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0159*#ABCDabcd!wW, -.()'), maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...'12wW,'), maxLength: 400 }),
  fc.string({ unit: fc.constantFrom(...'12+;pPxé😀 ,'), maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
);

describe('a dial string', () => {
  test.each([
    ['1W864359718#,,,,*010383#', '0:1 1000:10 8000:8'],
    ['w42', '500:2'],
    ['', undefined],
    ['(1) - 2.3', '0:3'],
    ['1,', undefined],
    ['1'.repeat(1001), undefined],
    ['1,'.repeat(20) + '1', undefined],
    [`1${','.repeat(151)}1`, undefined],
    [`1${','.repeat(150)}1`, '0:1 300000:1'],
    ['toString', undefined],
  ])('%# is read alike, as expected by hand', (text, sizes) => {
    expect([sizesOnPage(text), sizesInApp(text)]).toEqual([sizes, sizes]);
  });

  test('is read alike, whatever is typed', () => {
    fc.assert(
      fc.property(dialString, (text) => expect(sizesOnPage(text)).toBe(sizesInApp(text))),
      RUNS,
    );
  });
});

test('a form that the page sends is one that the app takes, and one that it refuses the app would, too', () => {
  const schema = toneRequestBodySchema({ maxTones: MOST_TONES, defaultExpiresInSeconds: 60, callbackHosts: [] });
  const form: fc.Arbitrary<FormFields> = fc.record({
    callId: fc.oneof(fc.constant('call-1'), fc.string({ maxLength: 4 }), fc.constant('x'.repeat(129))),
    digits: dialString,
    name: fc.oneof(
      fc.constant(''),
      fc.string({ maxLength: 6 }),
      fc.constantFrom('é', 'x;part=2', ';part=2', 'x;part=', 'n'.repeat(245), 'n'.repeat(246), 'n'.repeat(257)),
    ),
    deadline: fc.oneof(fc.constant(''), fc.nat(3700).map(String), fc.nat(3).map(String)),
    delay: fc.oneof(fc.constant(''), fc.nat(61_000).map(String)),
  });
  let taken = 0;
  fc.assert(
    fc.property(form, (fields) => {
      const read = readForm(fields, () => 'a-new-name');
      const { callId, digits, name, deadline, delay } = fields;
      const body = {
        callId,
        digits,
        ...(name !== '' && { clientContext: name }),
        ...(deadline !== '' && { expiresInSeconds: Number(deadline) }),
        ...(delay !== '' && { delayBetweenTonesMs: Number(delay) }),
      };
      const parsed = parseToneRequest(schema, body, () => 'a-new-name');
      // An app without a deadline given has one of its own, which the page does not know.
      if (deadline === '' && parsed.kind === 'invalid' && read.kind === 'valid')
        expect(parsed.faults.map(({ detail }) => detail)).toEqual([
          'the pause before the first tone must be shorter than expiresInSeconds',
        ]);
      else expect([fields, read.kind]).toEqual([fields, parsed.kind]);
      if (read.kind === 'valid') taken += 1;
    }),
    RUNS,
  );
  expect(taken).toBeGreaterThan(100);
});

describe('the words of the API', () => {
  test('every status has a meaning, and the page knows which have ended', () => {
    expect(Object.keys(STATUS_MEANINGS)).toEqual([...TONE_STATUSES]);
    for (const status of TONE_STATUSES) expect([status, isOpen({ status })]).toEqual([status, !isFinal(status)]);
  });

  test('every word for what a request waits for has a meaning', () => {
    expect(Object.keys(WAITING_MEANINGS)).toEqual([...WAITING_WORDS]);
  });

  test('for every error code the page says the same about asking again', () => {
    expect(ASK_AGAIN).toEqual(
      Object.fromEntries(Object.entries(ERROR_CATALOGUE).map(([code, { askAgain }]) => [code, askAgain])),
    );
  });
});
