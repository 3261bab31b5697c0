import type { Caller, Kind } from './matrix-world.ts';

/** What is expected of one route, written from the rules and not from the code. */
export interface Row {
  /** kind of the thing in its path; absent: none */
  of?: Kind;
  /** who sees such a thing of the whole agency, or may call a route that names none */
  all: readonly Caller[];
  /** who sees his own alone */
  own: readonly Caller[];
  /** who may call it and sees none of those in the test */
  none: readonly Caller[];
  /** what makes the request a right one; nothing is changed by it, since it carries a version that never was */
  body?: unknown;
  query?: string;
  /** anybody: it checks by itself, or has nothing to hide */
  public?: true;
}

const everyone = 'admin dispatcher driver consumer link writer reader listener placer';
const staff = 'admin dispatcher';

/** `all | own | none`, names apart by spaces. */
function row(who: string, more: Pick<Row, 'of' | 'body' | 'query' | 'public'> = {}): Row {
  const [all = [], own = [], none = []] = who.split('|').map((part) => part.split(' ').filter(Boolean) as Caller[]);
  return { all, own, none, ...more };
}
const open = row('', { public: true });

const city = { city_name: 'Nowhere', state: 'Kerala', latitude: 10, longitude: 76 };
const position = { latitude: 18.5, longitude: 73.8 };
const period = '?from=0&to=86400000';

/** Every route of the daemon, as METHOD /path. One that is not here fails the test, and so does one that is gone. */
export const routes: Readonly<Record<string, Row>> = {
  'GET /healthz': open,
  'GET /readyz': open,
  'GET /api/me': row(everyone),
  'GET /api/agency': row(everyone),
  'PATCH /api/agency': row('admin', { body: { name: 'a' } }),
  'POST /api/agencies': row('', { body: { id: 'c' } }),
  'POST /api/agencies/:id/setup': row('', { body: { account: 'asha' } }),
  'POST /api/session': open,
  'POST /api/session/code': open,
  'POST /api/session/refresh': open,
  'DELETE /api/session': open,
  'GET /api/sessions': row('admin dispatcher driver consumer link'),
  'DELETE /api/sessions': row('admin dispatcher driver consumer link'),
  'DELETE /api/sessions/:id': row('|| admin dispatcher driver consumer link', { of: 'session' }),
  'GET /api/accounts': row('admin dispatcher driver'),
  'POST /api/accounts': row('admin', { body: { id: 'd1', role: 'DISPATCHER', name: 'again' } }),
  'GET /api/accounts/:id': row('admin | driver | dispatcher', { of: 'account' }),
  'PATCH /api/accounts/:id': row('admin | driver | dispatcher', { of: 'account', body: { name: 'Driver' } }),
  'DELETE /api/accounts/:id': row('admin', { of: 'account' }),
  'POST /api/accounts/:id/key': row('admin', { of: 'account' }),
  'POST /api/invitations': row('admin', { body: { accountId: 'd2' } }),
  'GET /api/invitations': row('admin'),
  'DELETE /api/invitations/:id': row('admin', { of: 'account' }),
  'POST /api/invitations/look': open,
  'POST /api/invitations/accept': open,
  'PUT /api/me/password': row('admin dispatcher driver', { body: { old: 'x', password: 'eleven blue kettles' } }),
  'GET /api/audit': row('admin'),
  'GET /api/vans': row('admin dispatcher driver consumer link reader'),
  'POST /api/vans': row('admin', { body: { id: 'v1' } }),
  'GET /api/vans/:id': row('admin dispatcher reader | driver consumer link', { of: 'van' }),
  'PATCH /api/vans/:id': row(staff, { of: 'van', body: { driverId: 'd3' } }),
  'DELETE /api/vans/:id': row('admin', { of: 'van' }),
  'GET /api/vans/:id/trail': row('admin dispatcher reader | driver consumer link', { of: 'van', query: period }),
  'GET /api/vans/:id/run': row('admin dispatcher | driver', { of: 'van' }),
  'PUT /api/vans/:id/run': row(staff, { of: 'van', body: [] }),
  'GET /api/vans/:id/trips': row('admin dispatcher reader | driver', { of: 'van', query: period }),
  'GET /api/vans/:id/days': row('admin dispatcher reader | driver', { of: 'van', query: period }),
  'GET /api/vans/:id/progress': row('admin dispatcher | driver', { of: 'van' }),
  'GET /api/vans/:id/route': row('admin dispatcher | driver', { of: 'van' }),
  'GET /api/vans/:id/snapped-trail': row('admin dispatcher reader | driver', { of: 'van', query: period }),
  'POST /api/vans/:id/run/suggested-order': row(staff, { of: 'van' }),
  'GET /api/vans/:id/muted-alerts': row(staff, { of: 'van' }),
  'PUT /api/vans/:id/muted-alerts': row(staff, { of: 'van', body: { muted: [] } }),
  'GET /api/zones': row(staff),
  'POST /api/zones': row('admin', {
    body: { id: 'z1', name: 'again', shape: { type: 'circle', ...position, radius: 50 }, rules: {} },
  }),
  'GET /api/zones/:id': row(staff, { of: 'zone' }),
  'PUT /api/zones/:id': row('admin', {
    of: 'zone',
    body: { name: 'other', shape: { type: 'circle', ...position, radius: 50 }, rules: {} },
  }),
  'PATCH /api/zones/:id': row('admin', { of: 'zone', body: { name: 'other' } }),
  'DELETE /api/zones/:id': row('admin', { of: 'zone' }),
  'GET /api/zones/:id/visits': row(staff, { of: 'zone', query: period }),
  'GET /api/alerts': row(staff),
  'GET /api/alerts/:id': row(`|| ${staff}`, { of: 'alert' }),
  'POST /api/alerts/:id/ack': row(`|| ${staff}`, { of: 'alert' }),
  'POST /api/alerts/:id/assign': row(`|| ${staff}`, { of: 'alert', body: { to: null } }),
  'POST /api/alerts/:id/snooze': row(`|| ${staff}`, { of: 'alert', body: { until: null } }),
  'GET /api/alert-rules': row('admin'),
  'PUT /api/alert-rules': row('admin', { body: {} }),
  'GET /api/norm': row(staff),
  'GET /api/orders/:id/evidence': row(`|| ${staff}`, { of: 'order' }),
  'GET /api/reports/days': row(staff, { query: '?from=2026-01-01&to=2026-01-02' }),
  'GET /api/webhooks': row('admin'),
  'POST /api/webhooks': row('admin', { body: { id: 'w1', url: 'https://erp.example/hook', events: ['order-booked'] } }),
  'GET /api/webhooks/:id': row('admin', { of: 'webhook' }),
  'PATCH /api/webhooks/:id': row('admin', { of: 'webhook', body: { events: ['order-failed'] } }),
  'DELETE /api/webhooks/:id': row('admin', { of: 'webhook' }),
  'POST /api/webhooks/:id/secret': row('admin', { of: 'webhook' }),
  'GET /api/webhooks/:id/failures': row('admin', { of: 'webhook' }),
  'POST /api/webhooks/:id/replay': row('admin', { of: 'webhook', body: { keys: ['e0'] } }),
  'GET /api/tracker-address': row(staff),
  'GET /api/devices': row('admin dispatcher reader'),
  'POST /api/devices': row('admin', { body: { id: 'gps1' } }),
  'GET /api/devices/:id': row('admin dispatcher reader', { of: 'device' }),
  'PATCH /api/devices/:id': row('admin', { of: 'device', body: { enabled: true } }),
  'DELETE /api/devices/:id': row('admin', { of: 'device' }),
  'POST /api/devices/:id/key': row('admin', { of: 'device' }),
  'POST /api/devices/:id/command': row('admin', { of: 'device', body: { payload: 'locate' } }),
  'GET /api/consumers': row('admin dispatcher driver consumer link'),
  'POST /api/consumers': row(staff, { body: { id: 'c1', name: 'again' } }),
  'GET /api/consumers/:id': row('admin dispatcher | driver consumer link', { of: 'consumer' }),
  'PATCH /api/consumers/:id': row(staff, { of: 'consumer', body: { name: 'Consumer' } }),
  'DELETE /api/consumers/:id': row(staff, { of: 'consumer' }),
  'GET /api/consumers/:id/trail': row('admin dispatcher | driver consumer | link reader', {
    of: 'consumer',
    query: period,
  }),
  'GET /api/consumers/markers': row(staff),
  'GET /api/consumers/markers/:number': row(staff),
  'GET /api/consumers/export': row(staff),
  'POST /api/consumers/import': row(staff, { body: [] }),
  'GET /api/requests/:id': row(`|| ${staff}`, { of: 'request' }),
  'GET /api/dead-letters': row(staff),
  'POST /api/dead-letters/:id/replay': row('admin', { of: 'letter' }),
  'GET /api/map': open,
  'GET /api/map/town': open,
  'GET /api/map/tiles/:scheme/:z/:x/:y': open,
  'GET /api/orders': row(staff),
  'POST /api/orders': row(staff, { body: { id: 'o1', consumerId: 'c1' } }),
  'GET /api/me/orders': row('consumer link'),
  'GET /api/orders/:id': row('admin dispatcher | driver consumer link', { of: 'order' }),
  'POST /api/orders/:id/assign': row(staff, { of: 'order', body: { vanId: 'v1' } }),
  'POST /api/orders/assign': row(staff, { body: { items: [{ orderId: 'o9', vanId: 'v1' }] } }),
  'POST /api/orders/:id/start': row('admin dispatcher | driver', { of: 'order' }),
  'POST /api/orders/start': row('admin dispatcher driver', { body: { orderIds: ['o9'] } }),
  'POST /api/orders/:id/arrive': row('admin dispatcher | driver', { of: 'order' }),
  'POST /api/me/orders/:id/away': row('| consumer | link', { of: 'order' }),
  'POST /api/me/pin': row('consumer link', { body: position }),
  'GET /api/consumers/suggested-pins': row(staff),
  'POST /api/consumers/:id/suggested-pin': row(staff, { of: 'consumer', body: { approve: true } }),
  'POST /api/orders/:id/deliver': row('admin dispatcher | driver', { of: 'order', body: { reason: 'no telephone' } }),
  'POST /api/orders/:id/fail': row('admin dispatcher | driver', { of: 'order', body: { reason: 'not at home' } }),
  'GET /api/orders/refused-acts': row(staff),
  'POST /api/orders/:id/refused-acts/:act/settle': row(staff, { of: 'order' }),
  'POST /api/orders/:id/cancel': row(staff, { of: 'order' }),
  'POST /api/orders/:id/reattempt': row(staff, { of: 'order' }),
  'GET /api/me/run': row('driver'),
  'POST /api/orders/:id/links': row(staff, { of: 'order' }),
  'GET /api/orders/:id/links': row(staff, { of: 'order' }),
  'POST /api/orders/:id/links/send': row(staff, { of: 'order' }),
  'DELETE /api/orders/:id/links/:link': row(`|| ${staff}`, { of: 'order' }),
  'POST /api/links/:token/session': open,
  'POST /api/links/session': open,
  'GET /api/me/sharing': row('consumer link'),
  'PUT /api/me/sharing': row('consumer link', { body: { minutes: 10 } }),
  'DELETE /api/me/sharing': row('consumer link'),
  'POST /api/me/location': row('consumer link', { body: position }),
  'GET /api/places': row(everyone, { query: '?query=pune' }),
  'POST /api/v1/location-updates/cities': row('admin placer', { body: city }),
  'PUT /api/v1/location-updates/cities/:name/:state': row('|| admin placer', { body: city }),
  'DELETE /api/v1/location-updates/cities/:name/:state': row('|| admin placer'),
  'POST /api/v1/location-updates/cities/:name/:state/restore': row('|| admin placer'),
  'GET /api/v1/location-updates/kafka/health': row('admin placer'),
  'POST /api/v1/location-updates/cities/bulk': row('admin placer', { body: [city] }),
  'POST /api/v1/location-updates/pincodes': row('admin placer', { body: { pincode: '411001', ...city } }),
  'GET /api/geocode': row(everyone, { query: '?q=pune' }),
  'GET /api/geocode/reverse': row(everyone, { query: '?latitude=18.5&longitude=73.8' }),
  'GET /feed': open,
  'POST /api/positions': row('driver writer device', { body: [] }),
  'POST /location': row('driver writer', { body: { partner_id: 'd1', lat: 18.5, lng: 73.8 } }),
  'POST /api/shipments/update': row('driver writer', {
    body: { driverId: 'd1', shipmentId: 'o1', ...position, timestamp: 1 },
  }),
  'GET /osmand': open,
  'POST /osmand': open,
  'POST /owntracks': row('device', { body: {} }),
  'GET /': open,
  'GET /console': open,
  'GET /console/*': open,
  'GET /t/:token': open,
  'GET /me': open,
  'GET /me/:agency': open,
  'GET /view/*': open,
  'GET /drive': open,
  'GET /driver/': open,
  'GET /staff': open,
  'GET /drive-worker.js': open,
  'GET /drive.webmanifest': open,
  'GET /api/openapi.json': open,
  'GET /api/docs': open,
  'GET /api/docs/static/index.html': open,
  'GET /api/docs/static/swagger-initializer.js': open,
  'GET /api/docs/json': open,
  'GET /api/docs/yaml': open,
  'GET /api/docs/static/*': open,
};
