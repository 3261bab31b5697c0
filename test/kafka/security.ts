import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A listener with TLS and user names (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512). */
export interface Security {
  /** the CA that signed the brokers' certificate (PEM) */
  ca: string;
  /** a CA that did not */
  otherCa: string;
  /** file with the brokers' key and certificate (PEM) */
  keystore: string;
  users: readonly { name: string; password: string }[];
}

/** Makes a CA, a certificate for 127.0.0.1 signed by it, and another CA, in `folder`. Needs openssl. */
export function makeSecurity(folder: string, users: Security['users']): Security {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  for (const name of ['ca', 'other']) {
    openssl(
      ...'req -x509 -newkey rsa:2048 -nodes -days 2'.split(' '),
      ...['-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name} of a test`],
    );
  }
  openssl(...'req -newkey rsa:2048 -nodes -keyout broker.key -out broker.csr -subj /CN=127.0.0.1'.split(' '));
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1\n');
  openssl(
    ...'x509 -req -days 2 -in broker.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile names -out broker.pem'.split(
      ' ',
    ),
  );
  const keystore = join(folder, 'keystore.pem');
  writeFileSync(keystore, read('broker.key') + read('broker.pem'), { mode: 0o600 });
  return { ca: read('ca.pem'), otherCa: read('other.pem'), keystore, users };
}

/** What a broker needs for the listener SASL_SSL. */
export function securityProperties({ keystore, users }: Security): Record<string, string> {
  const module = (name: string) => `org.apache.kafka.common.security.${name}LoginModule required`;
  const plain = users.map(({ name, password }) => ` user_${name}="${password}"`).join('');
  const listener = 'listener.name.sasl_ssl';
  return {
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    [`${listener}.plain.sasl.jaas.config`]: `${module('plain.Plain')}${plain};`,
    [`${listener}.scram-sha-256.sasl.jaas.config`]: `${module('scram.Scram')};`,
    [`${listener}.scram-sha-512.sasl.jaas.config`]: `${module('scram.Scram')};`,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keystore,
  };
}
