// closeOverdueOutcomes: what is overdue, what was left on the poison queues, what is old; a failure is shown to the host.
import type { Timer } from '@azure/functions';
import { makeCloseOverdueOutcomes } from '../../../functions/close-overdue-outcomes';
import { invocationOf } from '../../support/invocation';

const TIMER: Timer = {
  isPastDue: false,
  schedule: { adjustForDST: false },
  scheduleStatus: { last: '', next: '', lastUpdated: '' },
};

const WORKS = ['closeOverdue', 'buryAbandoned', 'deleteOld'] as const;
type Work = (typeof WORKS)[number];

async function run(...failing: Work[]) {
  const order: Work[] = [];
  const work = (name: Work) => async () => {
    // Later than a work that was started without being waited for.
    await new Promise((resolve) => setImmediate(resolve));
    order.push(name);
    if (failing.includes(name)) throw new Error(`${name} is down`);
  };
  const handler = makeCloseOverdueOutcomes({
    closeOverdue: work('closeOverdue'),
    buryAbandoned: work('buryAbandoned'),
    deleteOld: work('deleteOld'),
  });
  const thrown = await Promise.resolve(handler(TIMER, invocationOf('closeOverdueOutcomes').context)).then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  );
  return { order, thrown };
}

test('requests are ended first, then poison messages are taken, then old rows are deleted', async () => {
  expect(await run()).toEqual({ order: ['closeOverdue', 'buryAbandoned', 'deleteOld'], thrown: undefined });
});

test.each([
  [['closeOverdue'], 'closeOverdue is down'],
  [['buryAbandoned'], 'buryAbandoned is down'],
  [['deleteOld'], 'deleteOld is down'],
  [['buryAbandoned', 'deleteOld'], 'buryAbandoned is down'],
  [['closeOverdue', 'buryAbandoned', 'deleteOld'], 'closeOverdue is down'],
] as const)('where %p fail, all three are done, and the first failure is thrown', async (failing, thrown) => {
  expect(await run(...failing)).toEqual({ order: [...WORKS], thrown });
});
