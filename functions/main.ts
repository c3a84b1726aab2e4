// The app's contents page and the only file with effects: settings -> clients -> handlers -> registered functions.
// A fault of the settings is thrown here; the host logs it and registers nothing.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { app, type HttpHandler } from '@azure/functions';
import { systemClock, systemRandomness } from '../shared/clock';
import { makeNotificationGuard } from '../shared/graph/notification-token';
import { callPathTemplate, makePostToCall } from '../shared/graph/post';
import { makeSendDtmfTones } from '../shared/graph/send-dtmf-tones';
import { makeGraphTokenSource } from '../shared/graph/token-source';
import { alwaysAnswered } from '../shared/http/always-answered';
import { eventLogOf } from '../shared/http/event-log';
import { makeInvocationScope } from '../shared/http/invocation-scope';
import { fitServersToTheHost } from '../shared/http/worker-server';
import { makeWireHeaders } from '../shared/http/wire-headers';
import { makePassOn } from '../shared/outbound/pass-on';
import { makePostCallback } from '../shared/outbound/post-callback';
import { CLOSE_OVERDUE_SCHEDULE, FUNCTION_NAMES, STORAGE_CONNECTION } from '../shared/resource-names';
import { ownTenantIdOf, requestTenantsOf } from '../shared/settings/graph-settings';
import { readSettings } from '../shared/settings/settings';
import { makeShortWaits } from '../shared/short-waits';
import { makeStorage } from '../shared/storage/storage';
import { fromCallbackItem, fromToneItem } from '../shared/storage/message-codec';
import { makeTelemetry } from '../shared/telemetry/lazy-telemetry';
import { meteredEventLog } from '../shared/telemetry/metered-event-log';
import { traceparentOf, tracedHttp, tracedMessage } from '../shared/telemetry/traced-functions';
import { tracedFetch, tracedPost } from '../shared/telemetry/traced-requests';
import { errorName } from '../shared/tones/event-log';
import { makeDeliveryPolicy } from '../shared/tones/facts/delivery-policy';
import { makeRules } from '../shared/tones/rules';
import { makeBuryCallbacks } from './bury-callbacks';
import { makeBuryTones } from './bury-tones';
import { makeCallTones } from './call-tones';
import { makeCancelTones } from './cancel-tones';
import { makeCallNotifications } from './call-notifications';
import { makeConsole } from './console';
import { makeCloseOverdueOutcomes } from './close-overdue-outcomes';
import { makeEnqueueTones } from './enqueue-tones';
import { makeForgetCallback } from './forget-callback';
import { makeHealth } from './health';
import { onMessage, type Decode, type MessageHandler } from './on-message';
import { makeSendCallbacks } from './send-callbacks';
import { makeSendTones } from './send-tones';
import { makeToneOutcome } from './tone-outcome';
import { makeToneStatus } from './tone-status';

const settings = readSettings(process.env);
const { httpAuthLevel, toneRequestsQueue, poisonQueue, toneCallbacksQueue, callbacksPoisonQueue } = settings;
const { notificationReceivers: receivers } = settings;

const limits = { ...settings, tenants: requestTenantsOf(settings.graph) };

const clock = systemClock;
const random = systemRandomness;
const storage = makeStorage(settings, clock);
const telemetry = makeTelemetry(settings.telemetry, {
  onFault: (fault) => console.warn(`telemetry-lost ${JSON.stringify(fault)}`),
});
const postToCall = makePostToCall({
  settings: settings.graph,
  tokenSource: makeGraphTokenSource(settings.graph),
  fetch: tracedFetch(telemetry, callPathTemplate),
});
const guard = makeNotificationGuard({
  settings: settings.notifications,
  clock,
  onKeysFault: (path, fault) => console.warn(`signing-keys-unavailable ${JSON.stringify({ path, fault })}`),
});
const passOn = tracedPost(telemetry, 'receiver', makePassOn());
const scope = makeInvocationScope((context) => meteredEventLog(eventLogOf(context), telemetry));
const rules = makeRules({
  clock,
  random,
  shortWaits: makeShortWaits(),
  graph: { sendDtmfTones: makeSendDtmfTones(postToCall) },
  policy: makeDeliveryPolicy(settings),
  ...ownTenantIdOf(settings.graph),
  post: tracedPost(telemetry, 'callback', makePostCallback(settings, clock)),
  log: scope.log,
  traceparent: () => telemetry.traceparent() ?? traceparentOf(scope.current()),
  linkTrace: (traceparent) => telemetry.link(traceparent),
  ...storage,
});
const { log } = scope;
const withWireHeaders = makeWireHeaders();
const untraced = (handler: HttpHandler) => scope.within(alwaysAnswered(log, withWireHeaders(handler)));
const http = (handler: HttpHandler) => untraced(tracedHttp(telemetry, handler));
const message = <T extends object>(decode: Decode<T>, handler: MessageHandler<T>) =>
  scope.within(onMessage(decode, tracedMessage(telemetry, handler)));

// Chunked bodies reach a Node.js function in no other way (docs/decisions/0013-http-streams.md).
app.setup({ enableHttpStream: true });
fitServersToTheHost();

app.http(FUNCTION_NAMES.enqueueTones, {
  methods: ['POST'],
  authLevel: httpAuthLevel,
  handler: http(makeEnqueueTones({ ...rules, log, clock, random, limits, publicUrl: settings, httpAuthLevel })),
});
app.http(FUNCTION_NAMES.toneOutcome, {
  methods: ['GET'],
  authLevel: httpAuthLevel,
  handler: untraced(makeToneOutcome({ ...rules, log, clock, httpAuthLevel })),
});
app.http(FUNCTION_NAMES.toneStatus, {
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: untraced(makeToneStatus({ ...rules, log, clock, publicUrl: settings })),
});
app.http(FUNCTION_NAMES.cancelTones, {
  methods: ['POST'],
  authLevel: httpAuthLevel,
  handler: http(makeCancelTones({ ...rules, log, clock, publicUrl: settings, httpAuthLevel })),
});
app.http(FUNCTION_NAMES.callTones, {
  methods: ['GET'],
  authLevel: httpAuthLevel,
  handler: untraced(makeCallTones({ ...rules, log, httpAuthLevel })),
});
app.http(FUNCTION_NAMES.forgetCallback, {
  methods: ['POST'],
  authLevel: httpAuthLevel,
  handler: http(makeForgetCallback({ ...rules, log, httpAuthLevel })),
});
app.http(FUNCTION_NAMES.callNotifications, {
  methods: ['POST'],
  authLevel: 'anonymous',
  handler: http(makeCallNotifications({ ...rules, log, clock, guard, receivers, passOn })),
});
app.http(FUNCTION_NAMES.health, {
  methods: ['GET', 'HEAD'],
  authLevel: 'anonymous',
  handler: untraced(makeHealth({ clock, failingParts: storage.failingParts })),
});
if (settings.hasConsolePage)
  app.http(FUNCTION_NAMES.console, {
    methods: ['GET'],
    authLevel: 'anonymous',
    handler: untraced(makeConsole({ readPage: () => readFile(join(__dirname, 'console.html'), 'utf8') })),
  });

app.storageQueue(FUNCTION_NAMES.sendTones, {
  queueName: toneRequestsQueue,
  connection: STORAGE_CONNECTION,
  handler: message(fromToneItem, makeSendTones({ ...rules, log })),
});
app.storageQueue(FUNCTION_NAMES.buryTones, {
  queueName: poisonQueue,
  connection: STORAGE_CONNECTION,
  handler: message(fromToneItem, makeBuryTones({ ...rules, log })),
});
app.storageQueue(FUNCTION_NAMES.sendCallbacks, {
  queueName: toneCallbacksQueue,
  connection: STORAGE_CONNECTION,
  handler: message(fromCallbackItem, makeSendCallbacks({ ...rules, log })),
});
app.storageQueue(FUNCTION_NAMES.buryCallbacks, {
  queueName: callbacksPoisonQueue,
  connection: STORAGE_CONNECTION,
  handler: message(fromCallbackItem, makeBuryCallbacks({ ...rules, log })),
});
app.timer(FUNCTION_NAMES.closeOverdueOutcomes, {
  schedule: CLOSE_OVERDUE_SCHEDULE,
  handler: scope.within(makeCloseOverdueOutcomes(rules)),
});

app.hook.appTerminate(() => telemetry.flush());

app.hook.appStart(() => {
  for (const warning of settings.warnings) console.warn(warning);
  // Not waited for: whatever is missing is also created when it is first used.
  storage.create().catch((error: unknown) => console.warn(`Storage was not prepared at start: ${errorName(error)}`));
});
