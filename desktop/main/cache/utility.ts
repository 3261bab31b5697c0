import type { Question } from './calls.ts';
import { serveCache } from './serve.ts';

/** The utility process: SQLite blocks, so it blocks here and nowhere else. */
const port = process.parentPort;
const server = serveCache({ send: (message) => port.postMessage(message), now: Date.now });
port.on('message', ({ data }) => server.ask(data as Question));
process.on('exit', () => server.stop());
