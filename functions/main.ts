// The app's contents page and the only file with effects: settings -> clients -> handlers -> registered functions.
// A fault of the settings is thrown here; the host logs it and registers nothing.
import { app, type InvocationContext } from '@azure/functions';
import { systemClock, systemRandomness } from '../shared/clock';
import { makePostCallback } from '../shared/outbound/post-callback';
import { makeGraphCalls } from '../shared/graph/calls-client';
import { makeGraphTokenSource } from '../shared/graph/credentials';
import { makeNotificationGuard } from '../shared/graph/notification-token';
import { eventLogOf } from '../shared/http/event-log';
import { CLOSE_OVERDUE_SCHEDULE, FUNCTION_NAMES, STORAGE_CONNECTION } from '../shared/resource-names';
import { readSettings } from '../shared/settings/settings';
import { makeStorage } from '../shared/storage/storage';
import { fromToneItem } from '../shared/storage/tone-message';
import { makeTelemetry } from '../shared/telemetry/lazy-telemetry';
import { meteredEventLog } from '../shared/telemetry/metered-event-log';
import { traceparentOf, tracedHttp, tracedQueue } from '../shared/telemetry/traced-functions';
import { tracedFetch, tracedPost } from '../shared/telemetry/traced-requests';
import { makeToneAcceptor } from '../shared/tones/delivery/accept-tones';
import { makeToneBurier } from '../shared/tones/delivery/bury-tones';
import {
  makeCallbackBurier,
  makeCallbackForgetter,
  makeCallbackSubscriber,
  makeCallbackTeller,
} from '../shared/tones/callbacks/callbacks';
import { makeOutcomeReader, makeOverdueCloser } from '../shared/tones/delivery/close-overdue';
import { makeDeliveryPolicy } from '../shared/tones/facts/delivery-policy';
import type { EventLog } from '../shared/tones/event-log';
import { makeTonePresser } from '../shared/tones/delivery/press-tones';
import { makeCallStateRecorder } from '../shared/tones/delivery/record-call-state';
import { makeReportRecorder } from '../shared/tones/delivery/record-report';
import { makeBuryCallbacks } from './bury-callbacks';
import { makeBuryTones } from './bury-tones';
import { makeCallNotifications } from './call-notifications';
import { makeCloseOverdueOutcomes } from './close-overdue-outcomes';
import { makeEnqueueTones } from './enqueue-tones';
import { makeForgetCallback } from './forget-callback';
import { makeHealth } from './health';
import { makeSendCallbacks } from './send-callbacks';
import { makeSendTones } from './send-tones';
import { makeToneOutcome } from './tone-outcome';
import { makeToneStatus } from './tone-status';

const settings = readSettings(process.env);
const { httpAuthLevel, toneRequestsQueue, poisonQueue, toneCallbacksQueue, callbacksPoisonQueue } = settings;

const clock = systemClock;
const random = systemRandomness;
const storage = makeStorage(settings, clock);
const telemetry = makeTelemetry(settings.telemetry, {
  onFault: (fault) => console.warn(`telemetry-lost ${JSON.stringify(fault)}`),
});
const graph = makeGraphCalls({
  settings: settings.graph,
  tokenSource: makeGraphTokenSource(settings.graph),
  fetch: tracedFetch(telemetry, '/calls/{id}/sendDtmfTones'),
});
const guard = makeNotificationGuard({
  settings: settings.notifications,
  clock,
  onKeysFault: (path, fault) => console.warn(`signing-keys-unavailable ${JSON.stringify({ path, fault })}`),
});
const policy = makeDeliveryPolicy(settings);
const post = tracedPost(telemetry, makePostCallback(settings.callbackHosts));
const linkTrace = (traceparent: string) => telemetry.link(traceparent);
const ports = { clock, random, graph, policy, post, linkTrace, ...storage };
const eventLog = (context: InvocationContext) => meteredEventLog(eventLogOf(context), telemetry);
/** A callback's message carries no trace: its span is linked to the trace of the request. */
const noSender = () => undefined;
const traceOf = (context: InvocationContext) => telemetry.traceparent() ?? traceparentOf(context);
const readOutcome = (log: EventLog) => makeOutcomeReader({ ...ports, log });

app.http(FUNCTION_NAMES.enqueueTones, {
  methods: ['POST'],
  authLevel: httpAuthLevel,
  handler: tracedHttp(
    telemetry,
    makeEnqueueTones({
      eventLog,
      clock,
      random,
      limits: settings,
      publicUrl: settings,
      httpAuthLevel,
      accept: (log, context) => makeToneAcceptor({ ...ports, log, traceparent: traceOf(context) }),
      subscribe: (log) => makeCallbackSubscriber({ ...ports, log }),
    }),
  ),
});
app.http(FUNCTION_NAMES.toneOutcome, {
  methods: ['GET'],
  authLevel: httpAuthLevel,
  handler: makeToneOutcome({ eventLog, httpAuthLevel, readOutcome }),
});
app.http(FUNCTION_NAMES.toneStatus, {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: makeToneStatus({ eventLog, clock, publicUrl: settings, readOutcome }),
});
app.http(FUNCTION_NAMES.forgetCallback, {
  methods: ['POST'],
  authLevel: httpAuthLevel,
  handler: tracedHttp(
    telemetry,
    makeForgetCallback({ eventLog, httpAuthLevel, forget: (log) => makeCallbackForgetter({ ...ports, log }) }),
  ),
});
app.http(FUNCTION_NAMES.callNotifications, {
  methods: ['POST'],
  authLevel: 'anonymous',
  handler: tracedHttp(
    telemetry,
    makeCallNotifications({
      eventLog,
      guard,
      recordReport: (log) => makeReportRecorder({ ...ports, log }),
      recordCallState: (log) => makeCallStateRecorder({ ...ports, log }),
    }),
  ),
});
app.http(FUNCTION_NAMES.health, {
  methods: ['GET', 'HEAD'],
  authLevel: 'anonymous',
  handler: makeHealth({ clock, failingParts: storage.failingParts }),
});

app.storageQueue(FUNCTION_NAMES.sendTones, {
  queueName: toneRequestsQueue,
  connection: STORAGE_CONNECTION,
  handler: tracedQueue(
    telemetry,
    (item) => fromToneItem(item)?.traceparent,
    makeSendTones({ eventLog, press: (log) => makeTonePresser({ ...ports, log }) }),
  ),
});
app.storageQueue(FUNCTION_NAMES.buryTones, {
  queueName: poisonQueue,
  connection: STORAGE_CONNECTION,
  handler: tracedQueue(
    telemetry,
    (item) => fromToneItem(item)?.traceparent,
    makeBuryTones({ eventLog, bury: (log) => makeToneBurier({ ...ports, log }) }),
  ),
});
app.storageQueue(FUNCTION_NAMES.sendCallbacks, {
  queueName: toneCallbacksQueue,
  connection: STORAGE_CONNECTION,
  handler: tracedQueue(
    telemetry,
    noSender,
    makeSendCallbacks({ eventLog, tell: (log) => makeCallbackTeller({ ...ports, log }) }),
  ),
});
app.storageQueue(FUNCTION_NAMES.buryCallbacks, {
  queueName: callbacksPoisonQueue,
  connection: STORAGE_CONNECTION,
  handler: tracedQueue(
    telemetry,
    noSender,
    makeBuryCallbacks({ eventLog, bury: (log) => makeCallbackBurier({ ...ports, log }) }),
  ),
});
app.timer(FUNCTION_NAMES.closeOverdueOutcomes, {
  schedule: CLOSE_OVERDUE_SCHEDULE,
  handler: makeCloseOverdueOutcomes({ eventLog, closer: (log) => makeOverdueCloser({ ...ports, log }) }),
});

app.hook.appTerminate(() => telemetry.flush());

app.hook.appStart(() => {
  for (const warning of settings.warnings) console.warn(warning);
  // Not waited for: whatever is missing is also created when it is first used.
  storage
    .create()
    .catch((error: unknown) =>
      console.warn(`Storage was not prepared at start: ${error instanceof Error ? error.name : typeof error}`),
    );
});
