// Actions that change the case of a text, mostly because registries want lower case: their output is known again.
import type { Value } from '../../model/value.ts';
import { textDatum } from '../datum.ts';
import type { Tool } from '../tool.ts';

export const stringCase: Tool = {
  id: 'string-case',
  family: 'metadata',
  documentation: 'https://github.com/ASzc/change-string-case-action#outputs',
  commands: [],
  actions: ['aszc/change-string-case-action'],
  action: (call) => {
    const value = call.input('string') ?? [];
    const changed = (change: (content: string) => string): Value =>
      value.map((part) => (typeof part === 'string' ? change(part) : part));
    return [
      {
        kind: 'outputs',
        outputs: new Map([
          ['lowercase', textDatum(changed((content) => content.toLowerCase()))],
          ['uppercase', textDatum(changed((content) => content.toUpperCase()))],
        ]),
        environment: new Map(),
      },
    ];
  },
  examples: [
    {
      steps: `- id: c\n  uses: ASzc/change-string-case-action@v6\n  with: {string: Ghcr.io/Acme}\n- run: docker push $HOST/api:1\n  env:\n    HOST: \${{ steps.c.outputs.lowercase }}`,
      delivers: ['registry-push ghcr.io/acme/api:1'],
    },
  ],
};
