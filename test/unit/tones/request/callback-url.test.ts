// Which callback URLs are taken: the hosts of Logic Apps and Power Automate, and nothing that only looks like them.
import { callbackUrlFault } from '../../../../shared/tones/request/callback-url';
import { HOSTILE_URLS } from './hostile-urls';

const HOSTS = ['*.logic.azure.com', '*.environment.api.powerplatform.com', 'hooks.contoso.com'];

test.each([
  'https://prod-12.westeurope.logic.azure.com/workflows/0123/runs/0858/actions/Wait/run?api-version=2016-10-01&sp=%2Fruns%2F0858&sv=1.0&sig=a_b-c',
  'https://prod-12.westeurope.logic.azure.com:443/workflows/0123/runs/0858?sig=abc',
  'https://default0123.4.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/0123?sig=abc',
  'HTTPS://PROD-12.WestEurope.Logic.Azure.COM/workflows',
  'https://hooks.contoso.com/?a=b@c',
  'https://hooks.contoso.com',
  // The label is as long as the domain with its dot, less one: where a cut at the wrong end would leave a dot.
  'https://prod-1234567890.logic.azure.com/workflows',
  // Numbers below the domain, which are no address.
  'https://1.2.3.4.logic.azure.com/workflows',
])('%s may be called', (url) => {
  expect(callbackUrlFault(url, HOSTS)).toBeUndefined();
});

test('there are at least 40 hostile URLs, each of its own kind', () => {
  expect(HOSTILE_URLS.length).toBeGreaterThanOrEqual(40);
  expect(new Set(HOSTILE_URLS.map(({ url }) => url)).size).toBe(HOSTILE_URLS.length);
});

test.each(HOSTILE_URLS)('$why: refused', ({ url, fault }) => {
  const found = callbackUrlFault(url, HOSTS);
  expect(found).toBe(fault);
  expect(url === '' || !found?.includes(url)).toBe(true);
});

test('without allowed hosts no URL may be called', () => {
  expect(callbackUrlFault('https://prod-12.westeurope.logic.azure.com/', [])).toBe(
    'must name a host that CALLBACK_HOSTS allows',
  );
});

test('an IP address is refused even where somebody allows its text', () => {
  expect(callbackUrlFault('https://10.0.0.1/', ['10.0.0.1', '*.0.0.1'])).toBe(
    'must name a host that CALLBACK_HOSTS allows',
  );
  expect(callbackUrlFault('https://10.20.30.40/', ['10.20.30.40'])).toBe('must name a host that CALLBACK_HOSTS allows');
  expect(callbackUrlFault('https://[::1]/', ['[::1]'])).toBe('must name a host that CALLBACK_HOSTS allows');
});

test('a name with a label that begins with a number is a name', () => {
  expect(callbackUrlFault('https://hooks.3com.test/', ['hooks.3com.test'])).toBeUndefined();
});

test('only what stands before an allowed domain has to be labels of letters, digits, "-" and "_"', () => {
  expect(callbackUrlFault('https://hooks.a~b.test/', ['*.a~b.test'])).toBeUndefined();
  expect(callbackUrlFault('https://ho~oks.b.test/', ['*.b.test'])).toBe('must name a host that CALLBACK_HOSTS allows');
});
