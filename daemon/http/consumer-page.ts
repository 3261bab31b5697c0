import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Arrival } from '../../protocol/arrival.ts';
import { consumerWords, type Language } from '../../protocol/consumer-words.ts';
import type { LinkCredential, Order } from '../../protocol/order.ts';
import type { Agency } from '../../protocol/registry.ts';
import { toldOf } from '../../protocol/tracking.ts';
import type { OrdersView } from '../domain/order-view.ts';
import type { LinksProjection } from '../project/links.ts';
import type { World } from '../project/world.ts';
import type { LinkGuesses } from './link-guesses.ts';
import { type Html, html, page, personal, type ViewFiles } from './page-shell.ts';
import type { MapOrigins } from './security-headers.ts';
import type { App } from './validation.ts';

export interface ConsumerPageDeps {
  world: World;
  orders: Pick<OrdersView, 'order'>;
  links: Pick<LinksProjection, 'byToken' | 'livesUntil'>;
  guesses: LinkGuesses;
  files: ViewFiles;
  map: MapOrigins;
  /** when the van is expected at the door; undefined: nobody knows */
  arrivalOf: (agency: string, order: Order) => Arrival | undefined;
  /** UTC ms */
  now: () => number;
}

const config = { access: 'public', rateLimit: false } as const;
const entry = 'consumer/main.tsx';

/**
 * The consumer's pages. The first answer has the words already, in the consumer's language: they are on the screen before
 * any script has come, and stay there if none ever does.
 */
export function consumerPageRoutes(deps: ConsumerPageDeps) {
  const { world, orders, links, now } = deps;

  const shown = (link: LinkCredential & { agency: string }, order: Order, agency: Agency): string => {
    const consumer = world.registry.consumer(agency.id, order.consumerId);
    const language = consumer?.language ?? agency.language;
    const words = consumerWords[language];
    const fixTime = order.vanId === undefined ? undefined : world.live.van(agency.id, order.vanId)?.fixTime;
    const out = order.state === 'out-for-delivery';
    const told = toldOf(
      {
        order,
        arrival: out ? deps.arrivalOf(agency.id, order) : undefined,
        fixTime: out ? fixTime : undefined,
        agency,
      },
      language,
      now(),
    );
    const { from, until } = told.range ?? {};
    const receipt = told.receipt?.map(({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
    return page({
      language,
      title: `${words.title} · ${agency.name}`,
      head: deps.files.head(entry),
      attributes: {
        page: 'order',
        order: order.id,
        own: String(link.own),
        ...(from === undefined || until === undefined ? {} : { from: String(from), until: String(until) }),
      },
      body: html`<header><p>${agency.name}</p></header>
<main id="page"><div id="first">
<h1>${told.headline}</h1>
${told.estimate === undefined ? [] : html`<p class="estimate">${told.estimate}</p>`}
${told.details.map((line) => html`<p class="detail">${line}</p>`)}
${receipt === undefined ? [] : html`<h2>${words.receipt}</h2><dl class="receipt">${receipt}</dl>`}
<noscript><p class="note">${words.scriptless}</p></noscript>
${callOf(agency, language)}
</div><div id="live"></div></main>`,
    });
  };

  const ended = (language: Language, words: { title: string; detail: string }, agency?: Agency): string =>
    page({
      language,
      title: words.title,
      // Nothing on it ever changes.
      head: deps.files.head('consumer/still.ts'),
      body: html`<header><p>${agency?.name ?? ''}</p></header>
<main id="page"><h1>${words.title}</h1><p class="detail">${words.detail}</p>
${agency === undefined ? [] : callOf(agency, language)}</main>`,
    });

  const signIn = (request: FastifyRequest, agencyId: string): string => {
    const agency = world.registry.agency(agencyId);
    const language = agency?.language ?? languageOf(request);
    const words = consumerWords[language];
    // The same for an agency that does not exist: this page says nothing about who is here.
    return page({
      language,
      title: words.me.title,
      head: deps.files.head(entry),
      attributes: { page: 'me', agency: agencyId },
      body: html`<main id="page"><div id="first"><h1>${words.me.title}</h1>
<noscript><p class="note">${words.scriptless}</p></noscript></div><div id="live"></div></main>`,
    });
  };

  return async (app: App): Promise<void> => {
    const schema = { hide: true } as const;
    app.get(
      '/t/:token',
      { config, schema: { ...schema, params: Type.Object({ token: Type.String({ maxLength: 100 }) }) } },
      async (request, reply) => {
        const time = now();
        const link = links.byToken(request.params.token);
        personal(reply, deps.map);
        if (link === undefined) {
          deps.guesses.wrong(request.ip, time);
          const language = languageOf(request);
          return reply.code(404).send(ended(language, consumerWords[language].unknown));
        }
        const agency = world.registry.agency(link.agency);
        const order = orders.order(link.agency, link.orderId);
        if (agency !== undefined && order !== undefined && links.livesUntil(link.agency, link) > time) {
          return reply.send(shown(link, order, agency));
        }
        // Who has it had a right one once: it may say that it is over.
        const language = agency?.language ?? languageOf(request);
        return reply.code(410).send(ended(language, consumerWords[language].dead, agency));
      },
    );

    app.get('/me', { config, schema }, async (request, reply) => personal(reply, deps.map).send(signIn(request, '')));
    app.get(
      '/me/:agency',
      { config, schema: { ...schema, params: Type.Object({ agency: Type.String({ maxLength: 32 }) }) } },
      async (request, reply) => personal(reply, deps.map).send(signIn(request, request.params.agency)),
    );
  };
}

function callOf(agency: Agency, language: Language): Html | [] {
  const { phone, name } = agency;
  if (phone === undefined) return [];
  return html`<p><a class="call" href="tel:${phone.replace(/[^+0-9]/g, '')}">${consumerWords[language].call(name)}</a></p>`;
}

/** What the browser prefers, of what we speak. */
function languageOf(request: FastifyRequest): Language {
  return /^\s*hi\b/i.test(request.headers['accept-language'] ?? '') ? 'hi' : 'en';
}
