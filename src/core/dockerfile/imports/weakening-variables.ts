// Variables by which a command's environment switches off what its tool would check.
import { known } from '../../value.ts';
import { whole } from './download.ts';
import type { Weakening } from './fetch.ts';
import type { StageCommand } from './stage-commands.ts';

const OFF = /^(false|0|no|off)$/i;
const NODE = ['npm', 'yarn', 'pnpm', 'bun'];

/** Variables that switch checks off, by the tools that heed them. */
const VARIABLES: readonly {
  readonly name: RegExp;
  readonly tools: readonly string[];
  readonly value: RegExp;
}[] = [
  // https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue
  { name: /^NODE_TLS_REJECT_UNAUTHORIZED$/, tools: [...NODE, 'node'], value: /^0$/ },
  { name: /^npm_config_strict_ssl$/i, tools: NODE, value: OFF },
  // PEP 493
  { name: /^PYTHONHTTPSVERIFY$/, tools: ['python'], value: /^0$/ },
  { name: /^PIP_TRUSTED_HOST$/, tools: ['pip'], value: /./ },
  { name: /^UV_INSECURE_HOST$/, tools: ['pip', 'uv'], value: /./ },
  { name: /^GIT_SSL_NO_VERIFY$/, tools: ['git'], value: /^(?!(?:0|false)$)./i },
  { name: /^GIT_SSH_COMMAND$/, tools: ['git'], value: /StrictHostKeyChecking[ =](?:no|off)\b/i },
  // https://go.dev/ref/mod#environment-variables
  { name: /^GOINSECURE$/, tools: ['go'], value: /./ },
  { name: /^GOSUMDB$/, tools: ['go'], value: /^off$/ },
  { name: /^GONOSUMDB$/, tools: ['go'], value: /^\*$/ },
  { name: /^GOFLAGS$/, tools: ['go'], value: /(^|\s)-insecure\b/ },
  { name: /^CONDA_SSL_VERIFY$/, tools: ['conda'], value: OFF },
];

/** The variables in force for a command that switch off what its tool checks. */
export function weakeningVariables(command: StageCommand, tool: string): readonly Weakening[] {
  const { assignments, environment } = command.invocation;
  return VARIABLES.filter(({ tools }) => tools.includes(tool)).flatMap(({ name, value }): Weakening[] => {
    for (const one of [...assignments.keys(), ...environment.keys()].filter((key) => name.test(key))) {
      const content = known(assignments.get(one) ?? environment.get(one) ?? []) ?? '';
      if (value.test(content))
        return [{ option: `${one}=${content}`.slice(0, 120), location: whole(command) }];
    }
    return [];
  });
}
