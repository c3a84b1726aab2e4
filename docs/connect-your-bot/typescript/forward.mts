import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

const tones = process.env['CALL_NOTIFICATIONS_URL'] ?? ''; // https://<app>.azurewebsites.net/api/callNotifications

async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = Buffer.concat((await request.toArray()) as Buffer[]);
    const { authorization: Authorization = '', 'content-type': type = '' } = request.headers;
    // Your bot reads its copy of the body here, after it has checked the token itself.
    const copy = { method: 'POST', headers: { Authorization, 'Content-Type': type }, body };
    const answer = await fetch(tones, { ...copy, redirect: 'manual', signal: AbortSignal.timeout(4000) });
    response.statusCode = answer.status;
    response.end(await answer.text());
  } catch {
    response.writeHead(502).end();
  }
}

const server = createServer((request, response) => void forward(request, response));
server.listen(process.env['PORT'], () => console.log('forwarding at', server.address()));
