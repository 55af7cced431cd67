import { globSync } from 'node:fs';

// Deciding is pure and keeps nothing between two tests, so its tests share one process: to begin a process for each file took longer than most of them.
for (const file of globSync('domain/**/*.test.ts', { cwd: import.meta.dirname }).sort()) await import(`./${file}`);
