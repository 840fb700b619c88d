// No test reaches beyond loopback: every outgoing request is either mocked or goes to 127.0.0.1.
// Done per file, because nock's interceptors otherwise leak between the test files of one worker.
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import fc from 'fast-check';
import nock from 'nock';

// One seed, so that a change passes or fails by what it is; FAST_CHECK_SEED=random explores, a number repeats a failure.
const seed = process.env.FAST_CHECK_SEED ?? '20260731';
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });

beforeAll(() => {
  if (!nock.isActive()) nock.activate();
  nock.disableNetConnect();
  nock.enableNetConnect(/^(127\.0\.0\.1|localhost)(:\d+)?$/);
});

afterEach(() => {
  nock.cleanAll();
});

afterAll(() => {
  nock.cleanAll();
  nock.enableNetConnect();
  nock.restore();
});
