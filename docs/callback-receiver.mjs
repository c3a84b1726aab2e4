// Receives callbacks, verifies each one and prints it: CALLBACK_SIGNING_SECRET=whsec_… node docs/callback-receiver.mjs
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
const webhook = new Webhook(process.env.CALLBACK_SIGNING_SECRET);
const seen = new Set(); // A callback may come twice. Keep these ids where you keep what you make of an outcome.

createServer(async (request, response) => {
  try {
    const outcome = webhook.verify(await text(request), request.headers); // The body as it came, before anything parses it.
    const id = request.headers['webhook-id'];
    if (!seen.has(id)) console.log(`${outcome.clientContext}: ${outcome.status}`);
    seen.add(id);
    response.writeHead(204).end();
  } catch {
    response.writeHead(401).end(); // No signature, a wrong one, or one that is older than five minutes.
  }
}).listen(process.env.PORT ?? 4000, 'localhost', function () {
  console.log(`listening on http://localhost:${this.address().port}`);
});
