// IBM Cloud: a registry that builds by itself, and Code Engine, which builds what it deploys.
import { format } from '../../value.ts';
import { type OptionNames, readCommandLine } from '../command-line.ts';
import { opaqueEffect, pushEffect } from '../effect.ts';
import type { Tool } from '../tool.ts';
import { BUILD_OPTIONS, commandSource } from './docker-build.ts';

/** `bx` and `ic` are its older names. */
const PROGRAMS = ['ibmcloud', 'ic', 'bx'];
const BUILDS = ['cr build', 'cr image-build'];
/** https://cloud.ibm.com/docs/codeengine?topic=codeengine-cli */
const ENGINE = ['ce', 'code-engine'].flatMap((engine) =>
  [
    'buildrun submit',
    'br submit',
    'application create',
    'application update',
    'app create',
    'app update',
  ].map((verb) => `${engine} ${verb}`),
);

const ENGINE_OPTIONS: OptionNames = { values: ['--build-source', '--src', '--build', '-b'], switches: [] };

export const ibmcloud: Tool = {
  id: 'ibmcloud',
  family: 'cloud-build',
  documentation: 'https://cloud.ibm.com/docs/Registry?topic=container-registry-cli-plugin-containerregcli',
  commands: PROGRAMS.flatMap((program) =>
    [...BUILDS, 'cr image-tag', ...ENGINE].map((verb) => `${program} ${verb}`),
  ),
  command: (call) => {
    const verb = call.command.slice(call.command.indexOf(' ') + 1);
    if (BUILDS.includes(verb)) {
      const line = readCommandLine(call.words, BUILD_OPTIONS);
      return [pushEffect({ names: line.all('--tag', '-t'), source: commandSource(call, line) })];
    }
    if (verb === 'cr image-tag') {
      const [from, to] = readCommandLine(call.words, { values: [], switches: [] }).operands;
      return from === undefined || to === undefined ? [] : [pushEffect({ names: [to], origins: [from] })];
    }
    const line = readCommandLine(call.words, ENGINE_OPTIONS);
    const builds = /\b(?:buildrun|br) /.test(verb) || line.value('--build-source', '--src') !== null;
    if (!builds) return [];
    return [
      opaqueEffect({
        what: call.command,
        content: [call.command, ...call.words.map(format)],
        doubt: {
          what: 'what the remote build pushes',
          settledBy: 'approve it as it is, or build in the open',
        },
      }),
    ];
  },
  actions: [],
  examples: [
    {
      script: 'ibmcloud cr build -t us.icr.io/acme/api:1 .',
      delivers: ['registry-push us.icr.io/acme/api:1'],
    },
    {
      script: 'bx cr build --tag de.icr.io/acme/api:1 --file api/Dockerfile api',
      delivers: ['registry-push de.icr.io/acme/api:1'],
    },
    {
      script: 'ibmcloud cr image-tag us.icr.io/acme/api:1 us.icr.io/acme/api:stable',
      delivers: ['registry-push us.icr.io/acme/api:stable'],
    },
    {
      script: 'ibmcloud ce buildrun submit --build api',
      delivers: ['opaque ibmcloud ce buildrun submit?'],
    },
    {
      script: 'ibmcloud ce app update --name api --build-source .',
      delivers: ['opaque ibmcloud ce app update?'],
    },
    { script: 'ibmcloud ce app update --name api --image us.icr.io/acme/api:1', delivers: [] },
    { script: 'ibmcloud cr image-list', delivers: [] },
  ],
};
