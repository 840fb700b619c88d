// What carries files out of a job: artifacts, release assets, object storage, copies to other machines.
import type { Tool } from '../tool.ts';
import { carry, included } from './carried.ts';

export const artifacts: Tool = {
  id: 'artifacts',
  family: 'archive',
  documentation: 'https://github.com/actions/upload-artifact#inputs',
  commands: [],
  actions: [
    'actions/upload-artifact',
    'actions/upload-pages-artifact',
    'buildjet/upload-artifact',
    'christopherhx/gitea-upload-artifact',
    'forgejo/upload-artifact',
  ],
  action: (call) => [carry(call, included(call.lines('path')), 'workflow-artifact')],
  examples: [
    {
      steps:
        '- run: docker save acme/api > build/api.tar\n- uses: actions/upload-artifact@v4\n  with: {name: x, path: "build/*.tar"}',
      delivers: ['image-archive build/api.tar'],
    },
    { steps: '- uses: actions/upload-artifact@v4\n  with: {name: x, path: coverage}', delivers: [] },
  ],
};
