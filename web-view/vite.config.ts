import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Builds the pages for phones into `dist/view`. The daemon writes their HTML itself and finds the files by the manifest;
 * the driver's service worker has a name that stays, since browsers ask for it again by that.
 */
export default defineConfig({
  root: here('.'),
  base: '/view/',
  plugins: [{ name: 'packed', closeBundle: () => packAll(here('../dist/view/assets')) }],
  build: {
    outDir: here('../dist/view'),
    emptyOutDir: true,
    manifest: true,
    // Cheap phones are old phones.
    target: ['chrome87', 'firefox88', 'safari14'],
    // Data addresses would need an exception in the content policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        consumer: here('consumer/main.tsx'),
        still: here('consumer/still.ts'),
        drive: here('drive/main.tsx'),
        staff: here('staff/main.tsx'),
        'drive-worker': here('drive/worker.ts'),
      },
      output: {
        entryFileNames: ({ name }) => (name === 'drive-worker' ? 'drive-worker.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
});

/** Scripts and styles, packed once here and not for each phone. */
function packAll(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!/\.(js|css)$/.test(name)) continue;
    const bytes = readFileSync(join(folder, name));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(bytes));
  }
}
