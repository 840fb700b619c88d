// Guards against input that makes the work explode: processor time, since a wall clock also counts the neighbours.

/** A limit no sound run comes near on any machine; exponential or quadratic work goes far beyond it. */
export const EXPLODES = 30_000;

/** Processor time that `run` takes in this process, in milliseconds. */
export function processorTime(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
