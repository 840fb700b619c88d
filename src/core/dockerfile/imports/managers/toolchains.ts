// Version managers: programs that fetch compilers and interpreters by their versions.
import type { Managers } from './manager.ts';

export const TOOLCHAINS: Managers = {
  asdf: { name: 'asdf', verbs: /^(install|plugin|plugin-add)$/, valued: [], signed: false },
  nvm: { name: 'nvm', verbs: /^(install)$/, valued: [], signed: false },
  fnm: { name: 'fnm', verbs: /^(install)$/, valued: [], signed: false },
  volta: { name: 'volta', verbs: /^(install|pin)$/, valued: [], signed: false },
  mise: { name: 'mise', verbs: /^(install|use|i)$/, valued: [], signed: false },
  sdk: { name: 'sdkman', verbs: /^(install|i)$/, valued: [], signed: false },
  pyenv: { name: 'pyenv', verbs: /^(install)$/, valued: [], signed: false },
  rbenv: { name: 'rbenv', verbs: /^(install)$/, valued: [], signed: false },
  goenv: { name: 'goenv', verbs: /^(install)$/, valued: [], signed: false },
  nodenv: { name: 'nodenv', verbs: /^(install)$/, valued: [], signed: false },
  phpenv: { name: 'phpenv', verbs: /^(install)$/, valued: [], signed: false },
  corepack: { name: 'corepack', verbs: /^(install|prepare|use)$/, valued: ['-o', '--output'], signed: false },
  rustup: {
    name: 'rustup',
    verbs: /^(install|toolchain|component|target|update|default)$/,
    valued: ['--profile', '--toolchain', '-c', '-t'],
    signed: false,
  },
};
