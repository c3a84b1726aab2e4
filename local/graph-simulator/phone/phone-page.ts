// The page of the phone, built when it is first asked for, with headers that let a browser run its own script only.
// Knows no call.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const FOLDER = join(__dirname, 'page');

let page: { readonly html: string; readonly headers: OutgoingHttpHeaders } | undefined;

export function sendPhonePage(response: ServerResponse): void {
  page ??= makePage();
  response.writeHead(200, page.headers);
  response.end(page.html);
}

function makePage() {
  // Not the asynchronous one: it would keep a service of its own alive.
  const { outputFiles } = buildSync({
    entryPoints: [join(FOLDER, 'main.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2023',
    charset: 'utf8',
  });
  const script = outputFiles[0]?.text ?? '';
  const style = readFileSync(join(FOLDER, 'style.css'), 'utf8');
  const html = readFileSync(join(FOLDER, 'page.html'), 'utf8')
    .replace('<style></style>', () => `<style>${style}</style>`)
    .replace('<script></script>', () => `<script>${script}</script>`);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': policy,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  };
  return { html, headers };
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
