// The sentences of docs/reference.md between its tables, section by section, in Markdown.
// Says nothing that a table of the code says; what a section repeats of the code, a contract test compares.
import { LONGEST_WAIT_SECONDS } from '../../shared/http/prefer-wait';
import { LONGEST_PAUSES_MS, MOST_PARTS } from '../../shared/tones/facts/parts/tone-sequence';

interface Section {
  /** Stands between the heading and its table. */
  readonly before: string;
  readonly after: string;
}

export const REFERENCE_TEXTS = {
  head: `# Reference

Made from the code by \`npm run openapi\`: change the code, not this page. For programs: [openapi.json](../openapi/openapi.json).`,

  sections: {
    Endpoints: {
      before: '',
      after: `With \`HTTP_AUTH_LEVEL=anonymous\` App Service Authentication takes the place of the function key. Every answer of the app has \`Cache-Control: no-store\`. What the Functions
host answers by itself has neither that nor a body: 401 without a key, 404 for another path or method, 413, 414 or 431 for a request that is too large for the host.
500, for an error that the app does not know, has no body: the log has \`unexpected-failure\`.

\`GET /api/console\` is a page for people that uses these endpoints. It holds no data and needs no key; what it asks for does. \`CONSOLE_PAGE=off\` removes it: 404.`,
    },

    'The request': {
      before: `\`POST /api/enqueueTones\`, \`application/json\` in UTF-8, at most 16 KiB, with a \`Content-Length\` or chunked, without \`Content-Encoding\`. Exactly one of \`tones\` and \`digits\`.
Unknown fields are refused; an optional field that is \`null\` is one not given.`,
      after: `**Give a \`clientContext\` if you may ask again.** The same name with the same request is answered 202 again, with the outcome as it stands, and presses nothing twice;
\`expiresInSeconds\` and \`callbackUrl\` are no part of that comparison. The same name with a different request is 409. Without a name, a repetition is a new request and presses again.

**Give a \`tenantId\` where the call is in another tenant** than the app's own, \`GRAPH_TENANT_ID\`: one of \`GRAPH_TENANT_IDS\`, in any case of its letters; any other is 400. The own tenant named explicitly
is the same request as none named. What a tenant has to allow first: [several tenants](tenants.md).`,
    },

    'Dial strings and pauses': {
      before: `\`1W864359718#,,,,*010383#\` presses \`1\`, waits a second, presses \`864359718#\`, waits eight seconds and presses \`*010383#\`. \`w\` is half a second, \`W\` a second, a comma two.

- **Parts**: pauses divide the string; each part is one press. Pauses next to each other add up. At most ${MOST_PARTS} parts and ${LONGEST_PAUSES_MS / 1000} seconds of pauses. One pause may stand before the first tone, none after the last.
- **When**: a part is pressed once Graph has reported the part before it as played and its pause has passed since that report: never sooner, and at most \`PART_LATENESS_SECONDS\` later.
  Otherwise the request ends as \`failed\`, \`sequence-interrupted\`, or with the code of what held it up. \`expiresInSeconds\` bounds the first press only.
- **A pause before the first tone** counts from when it is the request's turn on its call and the call, as far as is known, takes tones. A refusal of Graph because the call is not ready starts it again.
- **How far it came**: \`part\` of \`partCount\`, and \`playedToneCount\`. After a part that did not succeed no further part is pressed, whatever is reported later. Other requests for the call wait for the whole string.
- **Towards Graph** the first part has your \`clientContext\`, the second \`<clientContext>;part=2\`, and so on.
- **Refused**: \`+\` (the number before the first pause is dialled, not pressed), \`;\` (it waits for a person) and \`p\` (its length is not defined). Each fault is named with its position.`,
      after: '',
    },

    'Being called back': {
      before: `With a \`callbackUrl\` the answer is **200** instead of 202, and the app POSTs the outcome to that URL once it is final and stored. A later change from \`unknown\` is POSTed, too.

- **Where**: an \`https:\` URL on port 443, of a host that the setting CALLBACK_HOSTS allows (Logic Apps and Power Automate by default), which resolves to public addresses only.
  For development CALLBACK_HOSTS may name one origin of your own machine as well, \`http://localhost:<port>\` or \`http://127.0.0.1:<port>\`; on Azure the app does not load with it.
- **Signed**: with the setting CALLBACK_SIGNING_SECRET every POST has the headers of [Standard Webhooks](https://www.standardwebhooks.com), so that a receiver of your own can verify it with
  a library of its language. \`webhook-id\` is the same for every attempt at one outcome (the one that follows \`unknown\` has another), \`webhook-timestamp\` is the time of the attempt in seconds,
  \`webhook-signature\` has a \`v1,…\` for each secret. Libraries refuse what is more than five minutes old. Logic Apps and Power Automate do not look at the headers: their URL is the secret.
- **Attempts**: 2xx ends it. After 408, 425, 429, 5xx or no answer the app tries again: ten attempts in about a quarter of an hour, none before the \`Retry-After\` of the answer. Any other 3xx or 4xx ends it, 410 among them.
- **Order**: an outcome may come twice, with the same \`webhook-id\`, and a slow \`unknown\` after its correction. The later \`finishedAt\` is the newer outcome.
- **One URL a request**: a repetition with another URL replaces it. \`POST /api/forgetCallback\` with \`{ "clientContext": "order-42" }\` unsubscribes; it is harmless at any time and answers 204.
- **The URL is a secret**: it is in no log and in no answer.

[callback-receiver.mjs](callback-receiver.mjs) is a whole receiver of 20 lines. To try it on your machine:

\`\`\`bash
export CALLBACK_SIGNING_SECRET="whsec_$(openssl rand -base64 32)"
node docs/callback-receiver.mjs &
CALLBACK_HOSTS=http://localhost:4000 npm start
\`\`\`

Then ask for tones with \`"callbackUrl": "http://localhost:4000/"\`. The receiver prints a line for each outcome.`,
      after: '',
    },

    'Waiting for the end': {
      before: `A script or an agent gets the end in one request: with the header \`Prefer: wait=20\` (RFC 7240) the answer of \`enqueueTones\`, \`toneOutcome\`, \`toneStatus\` and \`cancelTones\` comes when the
outcome is final, or after 20 seconds as it would have come without. \`enqueueTones\` then answers **200** with the final outcome, also to a repetition of what had ended.

- **How long**: whole seconds; more than ${LONGEST_WAIT_SECONDS} count as ${LONGEST_WAIT_SECONDS}, 0 is no wait. What is malformed is ignored, and of several \`wait\` only the first counts. An answer that waited has \`Preference-Applied: wait=20\`.
- **What it costs**: the row is read after 100 ms, then ever more rarely, at last once a second: at most 35 reads in ${LONGEST_WAIT_SECONDS} seconds, five in the first one. A caller who goes away ends the wait where the platform reports it.
- **Longer**: send \`toneOutcome\` with the header again, or poll \`Location\`, or give a \`callbackUrl\`.`,
      after: '',
    },

    Cancelling: {
      before: `\`POST /api/cancelTones\` with \`{ "clientContext": "order-42" }\` has nothing more pressed for a request. It is harmless at any time, and any number of times.

| the request | becomes | answer |
|---|---|---|
| was never pressed | \`canceled\`, with the error \`canceled-by-caller\`: certainly never pressed | 200 |
| waits between two parts | the same: no further part is pressed; \`playedToneCount\` says what was played | 200 |
| has a part that is being pressed or played, and others behind it | that part goes on, as Graph can only stop everything that a call plays; then \`canceled\` | 202 with \`Location\` |
| has its last part pressed or played | nothing changes: it ends as Graph reports | 202 with \`Location\` |
| has ended | nothing changes | 200 |
| is not known, or a notification alone made its row | | 404 |

An answer \`canceled\` with \`canceled-by-caller\` means that no press, and no further part, follows, ever. The next request of the call goes on behind it. A \`callbackUrl\` is sent the outcome as after any other end.`,
      after: '',
    },

    'The requests of a call': {
      before: `\`GET /api/callTones?callId=…\` lists what was asked for on one call, newest first. A call that nobody asked anything for is an empty list.`,
      after: `It reads along the chain that keeps the order of a call: one read for each request in the list, and a few more where its oldest ones wait for still older ones. Requests older than \`OUTCOME_RETENTION_DAYS\` are not in it.`,
    },

    'The outcome': {
      before: `The body of 200 and 202 of \`enqueueTones\`, \`toneStatus\`, \`toneOutcome\` and \`cancelTones\`, of a callback, and of each request in \`callTones\`. Absent facts are absent fields.`,
      after: `The same facts are a row of the table \`ToneOutcomes\` for Storage Explorer, Power BI or a Table action: PartitionKey is the clientContext (\`/ \\ # ? %\` in full width), RowKey is
\`outcome\`. The columns have the names of the fields; those of \`resultInfo\` are \`resultCode\`, \`resultSubcode\` and \`resultMessage\`, those of \`error\` are \`errorCode\` and \`errorMessage\`.`,
    },

    'What it waits for': {
      before:
        'While an outcome is not final, `toneOutcome` and `callTones` say what it waits for. The words are stable; new ones may be added.',
      after: '',
    },

    Statuses: { before: 'The final answer is 200 also for tones that failed: look at `status`.', after: '' },

    'Error codes': {
      before: `\`error.code\` is stable; \`error.message\` is the sentence below, with what Graph answered in brackets. The last column says whether the same tones, asked for again under a new
\`clientContext\`, can succeed with nothing else changed; *check first* means that the digits may have been typed already. Where \`playedToneCount\` is above 0, check first whatever the code.
Without \`playedToneCount\` and \`sentAt\`, \`canceled-by-caller\` and \`delivery-failed\` mean: certainly never pressed.`,
      after: '',
    },

    Problems: {
      before:
        'Errors of the HTTP interface itself: `application/problem+json` (RFC 9457) with `type`, `title`, `status`, `detail`, and for 400 `errors`. 503 comes with `Retry-After`.',
      after: '',
    },

    Settings: {
      before:
        'An empty value is a value not set. With a missing or wrong setting the app does not load, and one message names every bad one.',
      after: `With \`HTTP_AUTH_LEVEL=anonymous\`, App Service Authentication must be on (\`WEBSITE_AUTH_ENABLED=True\`). Put \`/api/callNotifications\`, \`/api/toneStatus\` and \`/api/health\` into its
\`excludedPaths\`: these endpoints check their callers themselves.`,
    },
  },
} as const satisfies { readonly head: string; readonly sections: Readonly<Record<string, Section>> };
