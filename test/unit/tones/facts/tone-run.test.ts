// Tones pressed in one go: what is taken out of a wider value, what a row keeps of them, and how long they take.
import { delaysMs, runOf, sizeOf, soundingMs } from '../../../../shared/tones/facts/tone-run';

const REQUEST = { clientContext: 'order-42', tones: ['tone7', 'star'] as const };

test('a run is the tones and their delay, and nothing else of the value', () => {
  expect(runOf(REQUEST)).toStrictEqual({ tones: ['tone7', 'star'] });
  expect(runOf({ ...REQUEST, delayBetweenTonesMs: 0 })).toStrictEqual({
    tones: ['tone7', 'star'],
    delayBetweenTonesMs: 0,
  });
});

test('its size is the number of tones and their delay, never the tones', () => {
  expect(sizeOf(REQUEST)).toStrictEqual({ toneCount: 2 });
  expect(sizeOf({ ...REQUEST, delayBetweenTonesMs: 0 })).toStrictEqual({ toneCount: 2, delayBetweenTonesMs: 0 });
});

test('every tone is followed by its delay', () => {
  expect(delaysMs({ toneCount: 4, delayBetweenTonesMs: 300 })).toBe(1200);
  expect(delaysMs({ toneCount: 4 })).toBe(0);
  expect(delaysMs({ delayBetweenTonesMs: 300 })).toBe(0);
});

test('tones sound for a quarter of a second each and their pauses', () => {
  expect(soundingMs({ toneCount: 4, delayBetweenTonesMs: 300 })).toBe(2200);
  expect(soundingMs({ toneCount: 4 })).toBe(1000);
  expect(soundingMs({ delayBetweenTonesMs: 300 })).toBe(0);
});
