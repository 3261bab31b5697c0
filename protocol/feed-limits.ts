/* What both ends of a feed keep to. Apart from the schemas, which a page need not load. */

/** Why the daemon closed a feed. */
export const closeCodes = {
  badMessage: 4400,
  token: 4401,
  origin: 4403,
  noHello: 4408,
  tooMany: 4429,
  tooSlow: 4430,
  restarting: 1012,
} as const;

/** A feed that hears nothing for this long sends a heartbeat, ms. */
export const heartbeatInterval = 5000;
/** A client has this long to say hello, ms. */
export const helloTimeout = 5000;
