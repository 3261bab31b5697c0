import { fileURLToPath } from 'node:url';
import { defineConfig } from 'electron-vite';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/**
 * Builds what is the desktop app's own: main, the process of the cache, and the preload, each one CommonJS file (a
 * sandboxed preload can be nothing else). Its pages are the console's as a browser gets them (vite.config.ts).
 * Everything is bundled but the native module, so that the package needs no other node_modules.
 */
export default defineConfig({
  main: {
    build: {
      outDir: path('dist/desktop/main'),
      externalizeDeps: { exclude: ['typebox'] },
      minify: false,
      rollupOptions: {
        input: { main: path('desktop/main/main.ts'), cache: path('desktop/main/cache/utility.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name].cjs' },
      },
    },
    publicDir: false,
  },
  preload: {
    build: {
      outDir: path('dist/desktop/preload'),
      minify: false,
      rollupOptions: {
        input: { preload: path('desktop/preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
    publicDir: false,
  },
});
