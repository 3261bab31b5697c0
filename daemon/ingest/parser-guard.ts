import type { Client } from 'aedes';
import type { Connection } from './connection.ts';

/**
 * The parser runs inside socket events, where a throw would end the process. None is known; it is a parser of what
 * strangers send, so that is not enough.
 */
export function keepParserIn(client: Client, connection: Connection): void {
  const parser: unknown = Reflect.get(client, '_parser');
  if (typeof parser !== 'object' || parser === null) return;
  const parse: unknown = Reflect.get(parser, 'parse');
  if (typeof parse !== 'function') return;
  Reflect.set(parser, 'parse', (bytes: Buffer): unknown => {
    try {
      return Reflect.apply(parse, parser, [bytes]);
    } catch {
      connection.cut('malformed');
      return 0;
    }
  });
}
