// Waiting inside the process: two seconds at most for one delivery, in a place that is always given back.
import { makeWithHold, type Hold } from '../../../../shared/tones/delivery/press/hold';
import { makeTonesPorts, POLICY, T0 } from '../../../support/tones-ports';

/** Sleeping is time that passes. */
function makeRoom(places = 1) {
  const seen = { now: T0, entered: 0, left: 0, slept: [] as number[] };
  const withHold = makeWithHold({
    clock: { now: () => seen.now },
    policy: POLICY,
    shortWaits: {
      enter() {
        if (seen.entered - seen.left >= places) return undefined;
        seen.entered += 1;
        return {
          sleep: async (ms) => {
            seen.slept.push(ms);
            seen.now += ms;
          },
          leave: () => void (seen.left += 1),
        };
      },
    },
  });
  return { seen, withHold };
}

async function waitLikely(hold: Hold, at: () => number | undefined): Promise<number> {
  let looks = 0;
  while (await hold.untilLikely(at())) looks += 1;
  return looks;
}

describe('waiting until a time', () => {
  test('sleeps what is left, in one go', async () => {
    const { seen, withHold } = makeRoom();
    expect(await withHold((hold) => hold.until(T0 + 2000))).toBe(true);
    expect(seen).toMatchObject({ slept: [2000], entered: 1, left: 1 });
  });

  test('is left to a copy where it takes more than two seconds: no place is taken', async () => {
    const { seen, withHold } = makeRoom();
    expect(await withHold((hold) => hold.until(T0 + 2001))).toBe(false);
    expect(seen).toMatchObject({ slept: [], entered: 0, left: 0 });
  });

  test('counts what the delivery has waited already', async () => {
    const { seen, withHold } = makeRoom();
    await withHold(async (hold) => {
      expect(await hold.until(T0 + 1500)).toBe(true);
      expect(await hold.until(T0 + 2001)).toBe(false);
      expect(await hold.until(T0 + 2000)).toBe(true);
      expect(await hold.until(T0 + 2000)).toBe(false);
    });
    expect(seen).toMatchObject({ slept: [1500, 500], entered: 1, left: 1 });
  });

  test('never goes on forever for a time that has passed', async () => {
    const { seen, withHold } = makeRoom();
    expect(await withHold((hold) => hold.until(T0 - 5))).toBe(true);
    expect(seen.slept).toEqual([0]);
  });
});

describe('waiting for what may be any moment', () => {
  test('looks every 50 to 250 ms, and for two seconds at most', async () => {
    const { seen, withHold } = makeRoom();
    await withHold((hold) => waitLikely(hold, () => undefined));
    expect(seen.now).toBeCloseTo(T0 + 2000, 3);
    expect(seen.slept[0]).toBe(50);
    const steps = seen.slept.slice(0, -1);
    expect(Math.max(...steps)).toBeLessThanOrEqual(250);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(50);
    expect(steps.length).toBeGreaterThanOrEqual(9);
    expect(steps.at(-1)).toBe(200);
    expect(seen).toMatchObject({ entered: 1, left: 1 });
  });

  test('does not begin where it is likely to be later than two seconds', async () => {
    const { seen, withHold } = makeRoom();
    expect(await withHold((hold) => waitLikely(hold, () => T0 + 2001))).toBe(0);
    expect(seen).toMatchObject({ slept: [], entered: 0 });
  });

  test('begins where it is likely within two seconds, or is late already', async () => {
    for (const at of [T0 + 2000, T0, T0 - 60_000]) {
      const { withHold } = makeRoom();
      expect(await withHold((hold) => waitLikely(hold, () => at))).toBeGreaterThan(0);
    }
  });

  test('ends where it turns out to be later than what is left', async () => {
    const { seen, withHold } = makeRoom();
    await withHold(async (hold) => {
      await hold.until(T0 + 1000);
      expect(await hold.untilLikely(T0 + 2001)).toBe(false);
      expect(await hold.untilLikely(T0 + 2000)).toBe(true);
    });
    expect(seen.slept).toEqual([1000, 50]);
  });
});

describe('a place', () => {
  test('is taken only where something is waited for', async () => {
    const { seen, withHold } = makeRoom();
    expect(await withHold(() => Promise.resolve('done'))).toBe('done');
    expect(seen).toMatchObject({ entered: 0, left: 0 });
  });

  test('is given back once, when the work is done', async () => {
    const { seen, withHold } = makeRoom();
    await withHold(async (hold) => {
      await hold.until(T0 + 10);
      await hold.until(T0 + 20);
      expect(seen.left).toBe(0);
    });
    expect(seen).toMatchObject({ slept: [10, 10], entered: 1, left: 1 });
  });

  test('is given back once where the work throws', async () => {
    const { seen, withHold } = makeRoom();
    const work = withHold(async (hold) => {
      await hold.until(T0 + 10);
      throw new Error('storage');
    });
    await expect(work).rejects.toThrow('storage');
    expect(seen).toMatchObject({ entered: 1, left: 1 });
  });

  test('that is not free is not waited in, nor given back', async () => {
    const { seen, withHold } = makeRoom(0);
    await withHold(async (hold) => {
      expect(await hold.until(T0 + 10)).toBe(false);
      expect(await hold.untilLikely(undefined)).toBe(false);
    });
    expect(seen).toMatchObject({ now: T0, slept: [], left: 0 });
  });

  test('that becomes free may be taken yet', async () => {
    const { seen, withHold } = makeRoom();
    await withHold(async (first) => {
      await first.until(T0 + 10);
      await withHold(async (second) => {
        expect(await second.until(T0 + 20)).toBe(false);
        seen.left += 1;
        expect(await second.until(T0 + 20)).toBe(true);
        expect(second.delayMs(T0 + 520)).toBe(0);
      });
    });
  });
});

describe('the copy that waits instead', () => {
  async function delayOf(at: number | undefined, places: number): Promise<number> {
    const { withHold } = makeRoom(places);
    return withHold(async (hold) => {
      if (places === 0) await hold.until(T0 + 1);
      return hold.delayMs(at);
    });
  }

  test.each([
    [T0 + 2500, 1000],
    [T0 + 3999, 2000],
    [T0 + 4000, 3000],
    [T0 + 6000, 5000],
    [T0 + 300_000, 5000],
    [T0 + 2000, 1000],
    [T0 + 1999, 0],
    [T0 + 700, 0],
    [T0, 0],
  ])('for %p comes about a second before, in %i ms: the rest is waited for in the process', async (at, delayMs) => {
    expect(await delayOf(at, 1)).toBe(delayMs);
  });

  test.each([
    [T0 - 7999, 0],
    [T0 - 8000, 1000],
    [T0 - 16_000, 2000],
    [T0 - 900_000, 5000],
  ])('for what is overdue since %p comes ever later: in %i ms', async (at, delayMs) => {
    expect(await delayOf(at, 1)).toBe(delayMs);
  });

  test('for what nobody can tell comes after the shortest wait', async () => {
    expect(await delayOf(undefined, 1)).toBe(1000);
    expect(await delayOf(undefined, 0)).toBe(1000);
  });

  test.each([
    [T0 + 2000, 2000],
    [T0 + 1500, 1500],
    [T0 + 1000, 1000],
    [T0 + 1, 1000],
    [T0 - 16_000, 1000],
    [T0 + 300_000, 5000],
  ])('for %p comes never early where the process has no room: in %i ms', async (at, delayMs) => {
    expect(await delayOf(at, 0)).toBe(delayMs);
  });
});

test('the room is given back before a press, which may take its time, and once in all', async () => {
  const at = makeTonesPorts();
  const left: string[] = [];
  at.world.shortWait = {
    sleep: async () => Promise.resolve(),
    leave: () => void left.push('left'),
  };
  await makeWithHold(at.ports)(async (hold) => {
    expect(await hold.until(T0 + 100)).toBe(true);
    hold.leave();
    expect(left).toEqual(['left']);
    return Promise.resolve();
  });
  expect(left).toEqual(['left']);
});
