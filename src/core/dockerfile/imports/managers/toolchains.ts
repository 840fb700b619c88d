// Version managers: programs that fetch compilers and interpreters by their versions.
import type { Managers } from './manager.ts';

export const TOOLCHAINS: Managers = {
  // Browsers, language models and the like that a package fetches with a command of its own.
  playwright: { name: 'playwright', verbs: /^(install)$/, valued: [], signed: false },
  puppeteer: { name: 'puppeteer', verbs: /^(browsers)$/, valued: [], signed: false },
  spacy: { name: 'spacy', verbs: /^(download)$/, valued: [], signed: false },
  'nltk.downloader': { name: 'nltk', verbs: /^$/, verbless: true, valued: ['-d'], signed: false },
  ollama: { name: 'ollama', verbs: /^(pull|run)$/, valued: [], signed: false },
  kaggle: {
    name: 'kaggle',
    verbs: /^(datasets|competitions|kernels|models)$/,
    valued: ['-p', '-f'],
    signed: false,
  },
  dvc: { name: 'dvc', verbs: /^(pull|get|import|fetch)$/, valued: ['-r', '-o', '--rev'], signed: false },
  // Installers of released programs by the name of their repository.
  eget: {
    name: 'eget',
    verbs: /^$/,
    verbless: true,
    valued: ['-t', '--tag', '--to', '-a', '-f', '-s'],
    signed: false,
  },
  ubi: { name: 'ubi', verbs: /^$/, verbless: true, valued: ['-t', '-e', '-i', '-m'], signed: false },
  aqua: { name: 'aqua', verbs: /^(install|i)$/, valued: ['-c'], signed: true },
  arkade: {
    name: 'arkade',
    verbs: /^(get|install|oci)$/,
    valued: ['--version', '-v', '--path', '--arch', '--os'],
    signed: false,
  },
  webi: { name: 'webi', verbs: /^$/, verbless: true, valued: [], signed: false },
  terraform: { name: 'terraform', verbs: /^(init|get)$/, valued: [], signed: true },
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
