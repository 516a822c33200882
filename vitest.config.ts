import { defineConfig } from 'vitest/config';

/** Two groups: what may run side by side, and what needs the swarm for itself. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    restoreMocks: true,
    // A test that looks at nothing, or keeps the others from running, is a mistake.
    expect: { requireAssertions: true },
    allowOnly: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: [
            '{src,lab,bin,harness,bench}/**/*.test.ts',
            'test/{conformance,contract,hostile,trigger,house,stand-ins}/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'end to end',
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
