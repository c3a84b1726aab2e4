// The absolute URL that callers poll: where it starts, and how its query is written.
import { HttpRequest } from '@azure/functions';
import { toneStatusUrl } from '../../../shared/http/tone-status-url';

const ROW = { clientContext: 'order-42', statusToken: 'T0ken_-' };
const QUERY = 'clientContext=order-42&token=T0ken_-';

function requestTo(url: string, headers: Record<string, string> = {}): HttpRequest {
  return new HttpRequest({ method: 'POST', url, headers });
}

const REQUEST = requestTo('http://127.0.0.1:7071/api/enqueueTones?code=secret');

test('without settings it starts as the request did, and keeps nothing of its query', () => {
  expect(toneStatusUrl(REQUEST, ROW, {})).toBe(`http://127.0.0.1:7071/api/toneStatus?${QUERY}`);
});

test('WEBSITE_HOSTNAME makes it https on that host', () => {
  expect(toneStatusUrl(REQUEST, ROW, { websiteHostname: 'tones.azurewebsites.net' })).toBe(
    `https://tones.azurewebsites.net/api/toneStatus?${QUERY}`,
  );
});

test('PUBLIC_BASE_URL wins over everything, with its path', () => {
  const settings = { publicBaseUrl: 'https://gateway.example.com/tones', websiteHostname: 'tones.azurewebsites.net' };
  expect(toneStatusUrl(REQUEST, ROW, settings)).toBe(`https://gateway.example.com/tones/api/toneStatus?${QUERY}`);
});

test('PUBLIC_BASE_URL may end in slashes', () => {
  const url = toneStatusUrl(REQUEST, ROW, { publicBaseUrl: 'https://gateway.example.com//' });
  expect(url).toBe(`https://gateway.example.com/api/toneStatus?${QUERY}`);
});

test('a row without a token has an empty one in its URL', () => {
  const url = toneStatusUrl(REQUEST, { clientContext: 'order-42' }, {});
  expect(url).toBe('http://127.0.0.1:7071/api/toneStatus?clientContext=order-42&token=');
});

test('forwarded headers are never trusted', () => {
  const request = requestTo('http://127.0.0.1:7071/api/enqueueTones', {
    'x-forwarded-host': 'evil.example.com',
    'x-forwarded-proto': 'https',
    'x-original-host': 'evil.example.com',
    forwarded: 'host=evil.example.com;proto=https',
    'x-original-url': '/evil',
  });
  expect(toneStatusUrl(request, ROW, {})).toBe(`http://127.0.0.1:7071/api/toneStatus?${QUERY}`);
});

test('every value of the query is percent-encoded and read back as it was', () => {
  const clientContext = ' a+b&c=d #/?%25"é ';
  const url = toneStatusUrl(REQUEST, { clientContext, statusToken: 'a+/=' }, {});
  expect(url).toBe(
    'http://127.0.0.1:7071/api/toneStatus?clientContext=%20a%2Bb%26c%3Dd%20%23%2F%3F%2525%22%C3%A9%20&token=a%2B%2F%3D',
  );
  expect(new URL(url).searchParams.get('clientContext')).toBe(clientContext);
  expect(new URL(url).searchParams.get('token')).toBe('a+/=');
});
