import { accessSync, constants, mkdirSync, readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Config } from './config.ts';
import { readKeySet } from './http/keys-file.ts';
import { UsageError } from './options.ts';

/**
 * Looks at the files and folders that options name, before anything starts: a wrong path is a wrong value like any
 * other. Makes the data folder where there is none. Throws UsageError (exit code 2).
 */
export function checkPaths({ data, tlsCert, tlsKey, townFile, pagesFolder, keysFile, kafkaCa }: Config): void {
  check('data', data, 'must be a folder the daemon can write to', () => {
    mkdirSync(data, { recursive: true, mode: 0o700 });
    accessSync(data, constants.R_OK | constants.W_OK | constants.X_OK);
  });
  if (tlsCert !== undefined && tlsKey !== undefined) {
    const cert = check('tls-cert', tlsCert, 'cannot be read', () => readFileSync(tlsCert));
    const key = check('tls-key', tlsKey, 'cannot be read', () => readFileSync(tlsKey));
    check('tls-cert', tlsCert, 'must be a certificate (PEM)', () => createSecureContext({ cert }));
    check('tls-key', tlsKey, 'must be the private key of the certificate (PEM)', () =>
      createSecureContext({ cert, key }),
    );
  }
  if (keysFile !== undefined)
    check('keys-file', keysFile, 'must be a file of signing keys', () => readKeySet(keysFile));
  if (kafkaCa !== undefined) check('kafka-ca', kafkaCa, 'cannot be read', () => readFileSync(kafkaCa));
  if (townFile !== undefined) check('town-file', townFile, 'cannot be read', () => readFileSync(townFile));
  if (pagesFolder !== undefined) {
    check('pages-folder', pagesFolder, 'must be a folder', () => {
      if (!statSync(pagesFolder).isDirectory()) throw new Error('it is a file');
    });
  }
}

function check<T>(option: string, path: string, rule: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw new UsageError(`--${option}: ${JSON.stringify(path)} is wrong: ${rule} (${(error as Error).message})`);
  }
}
