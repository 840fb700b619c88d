// What comes of the way a command ends; what counts as a check is tested with the imports of Dockerfiles.
import { describe, expect, test } from '@jest/globals';
import { traceScript } from '../../../src/core/shell/trace-script.ts';
import { EXPLODES, processorTime } from '../../support/cpu-time.ts';

const failureIgnored = (script: string): boolean | undefined =>
  traceScript(script, { environment: new Map() }).invocations.find(({ argv }) =>
    argv[0]?.value.includes('sha256sum'),
  )?.failureIgnored;

describe('functions that end the script', () => {
  test('are followed to where they end it', () => {
    expect(failureIgnored('stop() { echo no; exit 1; }\nsha256sum -c a || stop\ntar xf b\n')).toBe(false);
    expect(failureIgnored('stop() { echo no; }\nsha256sum -c a || stop\ntar xf b\n')).toBe(true);
  });

  test('count for nothing beyond the commands that are looked at', () => {
    const long = `stop() { ${'echo no; '.repeat(300)}exit 1; }`;
    expect(failureIgnored(`${long}\nsha256sum -c a || stop\ntar xf b\n`)).toBe(true);
  });

  test('that call each other many times over take no longer', () => {
    const calls = Array.from({ length: 20 }, (_, index) => {
      const body = index === 19 ? 'true' : `f${index + 1}`;
      return `f${index}() { ${Array(64).fill(body).join('; ')}; }\n`;
    });
    const script = `set -e\n${calls.reverse().join('')}${Array(50).fill('f0').join(' && ')}\n`;
    expect(processorTime(() => failureIgnored(script))).toBeLessThan(EXPLODES);
  });
});
