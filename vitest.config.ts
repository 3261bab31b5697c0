import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts', '**/*.test.tsx'],
    exclude: ['node_modules/**', 'dist/**'],
    pool: 'forks',
    // Tests wait for events. This only ends one that hangs; a shared machine may stand still for half a minute.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
