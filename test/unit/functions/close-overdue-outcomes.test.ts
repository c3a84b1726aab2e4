// closeOverdueOutcomes: first what is overdue, then what is old; a failure is shown to the host.
import type { Timer } from '@azure/functions';
import { makeCloseOverdueOutcomes } from '../../../functions/close-overdue-outcomes';
import { eventLogOf } from '../../../shared/http/event-log';
import { invocationOf } from '../../support/invocation';

const TIMER: Timer = {
  isPastDue: false,
  schedule: { adjustForDST: false },
  scheduleStatus: { last: '', next: '', lastUpdated: '' },
};

function run(closeOverdue: () => Promise<void>, deleteOld: () => Promise<void>) {
  const handler = makeCloseOverdueOutcomes({ eventLog: eventLogOf, closer: () => ({ closeOverdue, deleteOld }) });
  return Promise.resolve(handler(TIMER, invocationOf('closeOverdueOutcomes').context));
}

test('overdue outcomes are closed before old rows are deleted', async () => {
  const order: string[] = [];
  await run(
    async () => void order.push('close'),
    async () => void order.push('delete'),
  );
  expect(order).toEqual(['close', 'delete']);
});

test('a failure is thrown, so that the host shows the run as failed', async () => {
  await expect(
    run(
      () => Promise.reject(new Error('down')),
      () => Promise.resolve(),
    ),
  ).rejects.toThrow('down');
});
