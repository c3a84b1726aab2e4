// console: the page and its headers. What the page does is tried in test/browser.
import { makeConsole } from '../../../functions/console';
import { get, headerOf, invocationOf } from '../../support/invocation';

const PAGE = '<!doctype html><style>a{}</style><p>Hello</p><script>run()</script>';
/** sha256, base64: of `a{}`, and of `run()`, by `printf … | openssl dgst -sha256 -binary | base64`. */
const STYLE_HASH = 'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk=';
const SCRIPT_HASH = 'sha256-AvyuiL0SD1mVY3NNxR+V2uo+lhk6RMFrytWmRt6CrJQ=';

const ask = async (readPage: () => Promise<string>) => {
  const handler = makeConsole({ readPage });
  return async () => (await handler(get('/api/console'), invocationOf('console').context)) ?? {};
};

test('it is the page as it was built, and nobody may keep it', async () => {
  const response = await (await ask(async () => PAGE))();
  expect([response.status, response.body]).toEqual([200, PAGE]);
  expect(headerOf(response, 'Content-Type')).toBe('text/html; charset=utf-8');
  expect(headerOf(response, 'Cache-Control')).toBe('no-store');
});

test('a browser runs the style and the script of the page, asks its own origin only, and frames it nowhere', async () => {
  const response = await (await ask(async () => PAGE))();
  expect(headerOf(response, 'Content-Security-Policy')).toBe(
    `default-src 'none'; script-src '${SCRIPT_HASH}'; style-src '${STYLE_HASH}'; img-src data:; connect-src 'self'; ` +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  );
  expect(headerOf(response, 'X-Frame-Options')).toBe('DENY');
  expect(headerOf(response, 'X-Content-Type-Options')).toBe('nosniff');
  expect(headerOf(response, 'Referrer-Policy')).toBe('no-referrer');
  expect(headerOf(response, 'Cross-Origin-Opener-Policy')).toBe('same-origin');
  expect(headerOf(response, 'Cross-Origin-Resource-Policy')).toBe('same-origin');
  expect(headerOf(response, 'X-Robots-Tag')).toBe('noindex');
  for (const device of ['camera', 'display-capture', 'geolocation', 'microphone', 'payment', 'usb'])
    expect(headerOf(response, 'Permissions-Policy')?.split(', ')).toContain(`${device}=()`);
});

test('each script of a page is named by a hash of its own', async () => {
  const response = await (await ask(async () => `${PAGE}<script>run()</script>`))();
  expect(headerOf(response, 'Content-Security-Policy')).toContain(
    `script-src '${SCRIPT_HASH}' '${SCRIPT_HASH}'; style-src`,
  );
});

test('a page without a script runs none', async () => {
  const response = await (await ask(async () => '<p>Hello</p>'))();
  expect(headerOf(response, 'Content-Security-Policy')).toContain("script-src 'none'; style-src 'none';");
});

test('the file is read once, and again if it could not be read', async () => {
  let reads = 0;
  const asking = await ask(async () => {
    reads += 1;
    if (reads === 1) throw new Error('not there');
    return PAGE;
  });
  await expect(asking()).rejects.toThrow('not there');
  expect([(await asking()).status, (await asking()).status, reads]).toEqual([200, 200, 2]);
});
