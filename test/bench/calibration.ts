// How fast this machine is right now: one fixed piece of work, in time passed and in processor time taken.
import { createHash } from 'node:crypto';

const ROUNDS = 12;
const text = JSON.stringify(Array.from({ length: 4_000 }, (_, index) => ({ index, name: `file-${index}` })));

/** e.g. `112 ms for 98 ms of work`: the second number says how fast the core is, the ratio how much of it we get. */
export const calibration = (): string => {
  const start = performance.now();
  const before = process.cpuUsage();
  const hash = createHash('sha256');
  for (let round = 0; round < ROUNDS; round += 1) hash.update(JSON.stringify(JSON.parse(text)));
  hash.digest();
  const { user, system } = process.cpuUsage(before);
  const passed = performance.now() - start;
  return `${passed.toFixed(0)} ms for ${((user + system) / 1000).toFixed(0)} ms of work`;
};
