import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { root, temporaryFolder } from '../daemon-process.ts';
import { electronPath } from './built-app.ts';

interface BuilderConfig {
  directories: { output: string };
  electronFuses: Record<string, boolean>;
}

describe.skipIf(!electronPath)('the packaged desktop app', { timeout: 300_000 }, () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let unpacked: string;
  beforeAll(async () => {
    place = await temporaryFolder();
    const config = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8')) as BuilderConfig;
    config.directories.output = place.folder;
    const dist = dirname(electronPath as string);
    // The runtime of a test machine may be older than this fuse; every other one is set as in a release.
    const wire = await getCurrentFuseWire(electronPath as string);
    if (wire[FuseV1Options.GrantFileProtocolExtraPrivileges] === undefined) {
      delete config.electronFuses.grantFileProtocolExtraPrivileges;
    }
    const file = join(place.folder, 'builder.yml');
    writeFileSync(file, stringify({ ...config, electronDist: dist }));
    await promisify(execFile)(
      process.execPath,
      [join(root, 'node_modules/electron-builder/cli.js'), '--linux', 'dir', '--config', file, '--publish', 'never'],
      { cwd: root },
    );
    unpacked = join(place.folder, readdirSync(place.folder).find((name) => name.endsWith('-unpacked')) ?? '');
  }, 300_000);
  afterAll(() => place?.remove());

  it('has its fuses set: no Node in disguise, no options from outside, only the sealed archive', async () => {
    const wire = await getCurrentFuseWire(join(unpacked, 'vantrail'));
    const off = [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
    ];
    const on = [
      FuseV1Options.EnableCookieEncryption,
      FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
      FuseV1Options.OnlyLoadAppFromAsar,
    ];
    expect(off.map((fuse) => wire[fuse])).toEqual(off.map(() => FuseState.DISABLE));
    expect(on.map((fuse) => wire[fuse])).toEqual(on.map(() => FuseState.ENABLE));
  });

  it('holds the app, its pages and one native module, and nothing of the daemon or the tests', () => {
    const files = filesOf(join(unpacked, 'resources', 'app.asar'));
    for (const file of ['main/main.cjs', 'main/cache.cjs', 'preload/preload.cjs', 'icon/icon.png']) {
      expect(files).toContain(`dist/desktop/${file}`);
    }
    expect(files).toContain('dist/console/index.html');
    expect(files).toContain('node_modules/better-sqlite3/lib/index.js');
    expect(files.filter((file) => /^(daemon|test|protocol|device-simulator|desktop)\//.test(file))).toEqual([]);
    const packages = new Set(files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []));
    expect([...packages]).toEqual(['better-sqlite3']);
    const prebuilds = join(unpacked, 'resources/app.asar.unpacked/node_modules/better-sqlite3/prebuilds');
    expect(existsSync(prebuilds)).toBe(true);
    expect(readdirSync(prebuilds)).toEqual([`linux-${process.arch}.node`]);
  });
});

interface AsarFolder {
  files: Record<string, AsarFolder | { size: number }>;
}

/**
 * The files of an archive, from its header:
 *
 *   header := u32(=4) pickleBytes:u32 payloadBytes:u32 jsonBytes:u32 json
 */
function filesOf(archive: string): string[] {
  const bytes = readFileSync(archive);
  const header = JSON.parse(bytes.subarray(16, 16 + bytes.readUInt32LE(12)).toString()) as AsarFolder;
  const walk = (folder: AsarFolder, path: string): string[] =>
    Object.entries(folder.files).flatMap(([name, entry]) =>
      'files' in entry ? walk(entry, `${path}${name}/`) : [path + name],
    );
  return walk(header, '');
}
