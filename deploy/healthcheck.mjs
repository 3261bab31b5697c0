// Whether the daemon in this container answers at /healthz: exit code 0 or 1, for the engine's health check. It reads
// the daemon's own environment, and runs as it is on Node, without packages.
import { request as http } from 'node:http';
import { request as https } from 'node:https';

const { VANTRAIL_HTTP_PORT: port = '8080', VANTRAIL_TLS_CERT: certificate = '' } = process.env;
// The certificate names the outside; whom we ask is known by the address.
const request = certificate === '' ? http : https;

const question = request(
  { host: '127.0.0.1', port: Number(port), path: '/healthz', rejectUnauthorized: false, timeout: 4000 },
  (answer) => {
    answer.resume();
    answer.on('end', () => end(answer.statusCode === 200 ? undefined : `/healthz answered ${answer.statusCode}`));
  },
);
question.on('timeout', () => question.destroy(new Error('/healthz did not answer within 4 s')));
question.on('error', (error) => end(error.message));
question.end();

/** @param {string} [trouble] */
function end(trouble) {
  if (trouble !== undefined) console.error(trouble);
  process.exit(trouble === undefined ? 0 : 1);
}
