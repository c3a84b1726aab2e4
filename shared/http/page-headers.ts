// The headers of an HTML page that brings its style and its script with it: a browser runs those two, and nothing else.
// Knows no page: the hashes are those of what the page really holds.
import { createHash } from 'node:crypto';
import { NO_STORE } from './problem';

/** Nothing is fetched but from the page's own origin, nothing may frame it, and no text becomes markup. */
export function pageHeaders(html: string): Readonly<Record<string, string>> {
  return {
    ...NO_STORE,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': [
      "default-src 'none'",
      `script-src ${hashesOf(html, 'script')}`,
      `style-src ${hashesOf(html, 'style')}`,
      'img-src data:',
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
    'X-Robots-Tag': 'noindex',
  };
}

/** Of every element of that name without attributes; `'none'` where there is none. */
function hashesOf(html: string, name: 'script' | 'style'): string {
  const contents = [...html.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'))].map(
    (match) => match[1] ?? '',
  );
  const hashes = contents.map((content) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`);
  return hashes.length === 0 ? "'none'" : hashes.join(' ');
}
