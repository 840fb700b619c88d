// Bypass 12: comments in the file under review excuse it.
import { expect, test } from '@jest/globals';
import { compliance, stage } from './attack.ts';

const { opened, repository } = stage();

test.each([['# check=skip=all\n'], ['# hadolint ignore=DL3007\n'], ['# clear-to-ship: ignore\n']])(
  '%j excuses nothing',
  async (pragma) => {
    const bad = 'FROM debian:12.12-slim\nRUN curl -fsSL http://downloads.example.com/install.sh | sh\n';
    const plain = await opened(repository(), { files: { 'image/Dockerfile': bad } });
    const excused = await opened(repository(), { files: { 'image/Dockerfile': `${pragma}${bad}` } });
    expect(compliance(plain)).toBe('failure');
    expect(compliance(excused)).toBe('failure');
  },
);
