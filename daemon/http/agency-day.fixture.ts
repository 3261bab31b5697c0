import { join } from 'node:path';
import type { Arrival } from '../../protocol/arrival.ts';
import { type Role, type Viewer, viewerOf } from '../../protocol/claims.ts';
import { DeliveryCodes } from '../domain/delivery-code.ts';
import { Pipeline } from '../ingest/pipeline.ts';
import { AgencyDay } from '../project/agency-day.fixture.ts';
import type { LinkMessage } from '../project/own-link.ts';
import { Keys } from './keys.ts';
import { LinkGuesses } from './link-guesses.ts';
import { orderPlugin } from './order-plugin.ts';
import { testServer } from './server.fixture.ts';
import { Tokens } from './tokens.ts';
import { viewPages } from './view-pages.ts';

/** For tests: an agency with orders behind the real routes, and people who call them. */
export async function orderServer(key: Uint8Array = Buffer.alloc(32, 7)) {
  const day = await AgencyDay.ofPune();
  const { world, orders, audit, links, sharing, commands, log, registry } = day;
  const now = () => day.now;
  const sent: LinkMessage[] = [];
  const guesses = new LinkGuesses();
  const arrivals = new Map<string, Arrival>();
  const codes = new DeliveryCodes(() => key);
  const intake = new Pipeline({ log, registry: registry.view, now });
  // People stay signed in for the whole day; whoever comes by a link has a real token.
  const signedIn = new Map<string, Viewer>();
  let real: Tokens | undefined;
  const tokens = {
    sign: async (...of: Parameters<Tokens['sign']>) => (real as Tokens).sign(...of),
    verify: async (token: string) => signedIn.get(token) ?? (await (real as Tokens).verify(token)),
  } as unknown as Tokens;
  const bed = await testServer(
    {},
    {
      world,
      tokens,
      commands,
      now,
      plugins: [
        orderPlugin({
          world,
          orders,
          audit,
          links,
          sharing,
          commands,
          codes,
          intake,
          tokens,
          notify: { send: async (message) => void sent.push(message) },
          publicUrl: 'https://vantrail.example',
          guesses,
          now,
        }),
        viewPages({
          ...{ world, orders, links, guesses, now },
          map: { baseMap: 'demo', mapStyle: '', mapHosts: [] },
          pagesFolder: '/nowhere',
          arrivalOf: (_agency, order) => arrivals.get(order.id),
        }),
      ],
    },
  );
  const keys = new Keys(join(bed.folder, 'keys'), now);
  await keys.open();
  real = new Tokens({ keys, stands: (claims) => links.admits(viewerOf(claims), now()), now });
  const { app, table } = await bed.server.build();
  await app.ready();
  const call =
    (bearer: string | undefined) =>
    async (
      method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
      url: string,
      body?: object,
      headers: Record<string, string> = {},
    ) => {
      const answer = await app.inject({
        method,
        url,
        headers: { ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }), ...headers },
        ...(body === undefined ? {} : { payload: body }),
      });
      const { statusCode: status, body: text } = answer;
      const isJson = /json/.test(String(answer.headers['content-type']));
      return { status, headers: answer.headers, text, body: isJson && text !== '' ? answer.json() : null };
    };
  const as = (role: Role, subject: string, agency: string) => {
    const token = `${role}.${subject}.${agency}`;
    signedIn.set(token, { role, subject, agency, scopes: new Set(), expiresAt: Number.MAX_SAFE_INTEGER });
    return call(token);
  };
  return {
    day,
    codes,
    sent,
    /** by order */
    arrivals,
    lines: bed.lines,
    table,
    call,
    admin: as('ADMIN', 'anu', 'pune'),
    dispatcher: as('DISPATCHER', 'dev', 'pune'),
    ravi: as('DELIVERY_PARTNER', 'ravi', 'pune'),
    mohan: as('DELIVERY_PARTNER', 'mohan', 'pune'),
    c1: as('CUSTOMER', 'c1', 'pune'),
    c2: as('CUSTOMER', 'c2', 'pune'),
    stranger: as('ADMIN', 'anu', 'other'),
    nobody: call(undefined),
    remove: async () => {
      await app.close();
      await day.end();
      await bed.remove();
    },
  };
}
export type OrderServer = Awaited<ReturnType<typeof orderServer>>;
