import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Builds the console's pages into `dist/console`, which the daemon serves at `/console/`. */
export default defineConfig({
  root: fileURLToPath(new URL('desktop/renderer', import.meta.url)),
  base: '/console/',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: fileURLToPath(new URL('dist/console', import.meta.url)),
    emptyOutDir: true,
    // The oldest engine this page has to run in.
    target: ['chrome108', 'firefox115', 'safari16'],
    // Data addresses would need an exception in the content policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
  },
});
