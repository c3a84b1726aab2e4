// closeOverdueOutcomes: first what is overdue, then what is old; a failure is shown to the host.
import type { Timer } from '@azure/functions';
import { makeCloseOverdueOutcomes } from '../../../functions/close-overdue-outcomes';
import { invocationOf } from '../../support/invocation';

const TIMER: Timer = {
  isPastDue: false,
  schedule: { adjustForDST: false },
  scheduleStatus: { last: '', next: '', lastUpdated: '' },
};

function run(closeOverdue: () => Promise<void>, buryAbandoned: () => Promise<void>, deleteOld: () => Promise<void>) {
  const handler = makeCloseOverdueOutcomes({ closeOverdue, buryAbandoned, deleteOld });
  return Promise.resolve(handler(TIMER, invocationOf('closeOverdueOutcomes').context));
}

test('overdue outcomes are closed, then poison messages buried, then old rows deleted', async () => {
  const order: string[] = [];
  await run(
    async () => void order.push('close'),
    async () => void order.push('bury'),
    async () => void order.push('delete'),
  );
  expect(order).toEqual(['close', 'bury', 'delete']);
});

test('a failure of one work keeps none of the others from being done; the first one is thrown', async () => {
  const order: string[] = [];
  const failing = (name: string) => async () => {
    order.push(name);
    throw new Error(name);
  };
  await expect(run(failing('close'), failing('bury'), failing('delete'))).rejects.toThrow('close');
  expect(order).toEqual(['close', 'bury', 'delete']);
});

test('a failure is thrown, so that the host shows the run as failed', async () => {
  await expect(
    run(
      () => Promise.reject(new Error('down')),
      () => Promise.resolve(),
      () => Promise.resolve(),
    ),
  ).rejects.toThrow('down');
});
