import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyReply } from 'fastify';
import { type MapOrigins, mapOrigins } from './security-headers.ts';

/** Files of the built pages that a page names. */
interface Entry {
  file: string;
  css?: string[];
  imports?: string[];
  dynamicImports?: string[];
}

/** Text that was put together from markup and escaped values. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Markup; every value in it is escaped, unless it is markup itself. */
export function html(parts: TemplateStringsArray, ...values: (string | number | Html | readonly Html[])[]): Html {
  const written = values.map((value) => {
    if (value instanceof Html) return value.text;
    if (typeof value === 'object') return value.map(({ text }) => text).join('');
    return String(value).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
  });
  return new Html(parts.reduce((text, part, i) => `${text}${written[i - 1] ?? ''}${part}`));
}

/** The built pages (`web-view/`), by the manifest that the build leaves. Without a build pages have words and no script. */
export class ViewFiles {
  readonly folder: string;
  #entries: Record<string, Entry> | undefined;

  constructor(pagesFolder: string) {
    this.folder = join(pagesFolder, 'view');
  }

  get built(): boolean {
    return existsSync(this.#manifest);
  }

  /** What a page's head must name: its styles, and its script, which waits until the words are there. */
  head(entry: string): Html {
    const found = this.#read()[entry];
    if (found === undefined) return html``;
    const styles = this.#stylesOf(entry).map((file) => html`<link rel="stylesheet" href="/view/${file}">`);
    // What it imports at once, named here: a phone on a slow network would else find it one answer later.
    const loads = this.#importsOf(entry).map((file) => html`<link rel="modulepreload" href="/view/${file}">`);
    return html`${styles}<script type="module" src="/view/${found.file}"></script>${loads}`;
  }

  /** Everything a page may load, now or later. */
  filesOf(entry: string): string[] {
    const entries = this.#read();
    const names = new Set<string>();
    const visit = (name: string) => {
      const found = entries[name];
      if (found === undefined || names.has(name)) return;
      names.add(name);
      for (const next of [...(found.imports ?? []), ...(found.dynamicImports ?? [])]) visit(next);
    };
    visit(entry);
    const files = [...names].flatMap((name) => [entries[name]?.file ?? '', ...(entries[name]?.css ?? [])]);
    return [...new Set(files)].sort();
  }

  #importsOf(entry: string): string[] {
    const { imports = [] } = this.#read()[entry] ?? {};
    const files = imports.flatMap((name) => [this.#read()[name]?.file ?? '', ...this.#importsOf(name)]);
    return [...new Set(files)];
  }

  /** Its own and those of what it imports at once. */
  #stylesOf(entry: string): string[] {
    const { css = [], imports = [] } = this.#read()[entry] ?? {};
    return [...new Set([...imports.flatMap((name) => this.#stylesOf(name)), ...css])];
  }

  #read(): Record<string, Entry> {
    this.#entries ??= this.built ? (JSON.parse(readFileSync(this.#manifest, 'utf8')) as Record<string, Entry>) : {};
    return this.#entries;
  }

  get #manifest(): string {
    return join(this.folder, '.vite', 'manifest.json');
  }
}

/** A page for phones. `attributes` are for its script: ids and settings, nothing that has to be kept. */
export function page(parts: {
  language: string;
  title: string;
  head: Html;
  body: Html;
  attributes?: Record<string, string>;
}): string {
  const { language, title, head, body, attributes = {} } = parts;
  const data = Object.entries(attributes).map(([name, value]) => html` data-${name}="${value}"`);
  const whole = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#d9480f">
<meta name="format-detection" content="telephone=no">
<link rel="icon" href="data:,">
<title>${title}</title>
${head}
</head>
<body${data}>
${body}
</body>
</html>
`;
  return whole.text;
}

/** The headers of a page that belongs to one person: kept nowhere, sent on to nobody, no code but ours. */
export function personal(reply: FastifyReply, map: MapOrigins): FastifyReply {
  const origins = mapOrigins(map).join(' ');
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-robots-tag', 'noindex')
    .header('permissions-policy', 'geolocation=(self), screen-wake-lock=(self)')
    .header(
      'content-security-policy',
      [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        `img-src 'self' data: ${origins}`.trim(),
        `connect-src 'self' ${origins}`.trim(),
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
      ].join('; '),
    );
}
