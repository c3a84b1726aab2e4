// The metered log: every event is written as before, and told to telemetry; without telemetry it is the log itself.
import { meteredEventLog } from '../../../shared/telemetry/metered-event-log';
import { noTelemetry } from '../../../shared/telemetry/telemetry';
import type { EventLog } from '../../../shared/tones/event-log';
import { makeRecordingTelemetry } from '../../support/recording-telemetry';

test('an event is written first, and then observed', () => {
  const order: string[] = [];
  const telemetry = { ...makeRecordingTelemetry(), observe: (event: string) => void order.push(`observed ${event}`) };
  const log = meteredEventLog(
    (level, event, fields) => void order.push(`${level} ${event} ${JSON.stringify(fields)}`),
    telemetry,
  );
  log('warn', 'request-ended', { clientContext: 'order-42', status: 'expired' });
  expect(order).toEqual([
    'warn request-ended {"clientContext":"order-42","status":"expired"}',
    'observed request-ended',
  ]);
});

test('the fields are observed as they are', () => {
  const telemetry = makeRecordingTelemetry();
  meteredEventLog(() => {}, telemetry)('info', 'tones-claimed', { clientContext: 'order-42', waits: 2 });
  expect(telemetry.observed).toEqual([['tones-claimed', { clientContext: 'order-42', waits: 2 }]]);
});

test('without telemetry the log is handed back', () => {
  const log: EventLog = () => {};
  expect(meteredEventLog(log, noTelemetry)).toBe(log);
});
