// Clients of the stand-in: the App's own library, without its throttling and retries.
import { ProbotOctokit } from 'probot';
import type { StandIn } from '../support/stand-in.ts';

type Options = { readonly throttle?: object; readonly retry?: object };

// Failures are what some tests ask for: nobody wants to read about them.
const silent = { debug() {}, info() {}, warn() {}, error() {}, fatal() {}, trace() {} };

// As a function: Probot merges plain defaults over these.
const Client = ProbotOctokit.defaults((options: Options) => ({
  ...options,
  throttle: { enabled: false },
  retry: { enabled: false },
}));

/** Talks as the App, or as one of its installations. */
export const appClient = (gh: StandIn, installationId?: number, baseUrl = gh.url) =>
  new Client({
    baseUrl,
    log: silent,
    auth: {
      appId: gh.app.id,
      privateKey: gh.app.privateKey,
      ...(installationId === undefined ? {} : { installationId }),
    },
  });

/** Talks as a person. */
export const personClient = (gh: StandIn, login: string) =>
  new Client({ baseUrl: gh.url, log: silent, auth: { token: gh.token(login) } });
