// Release assets: gh, glab and the actions that attach files to a release.
import type { Value } from '../../model/value.ts';
import { readCommandLine } from '../command-line.ts';
import type { Tool } from '../tool.ts';
import { carry, included } from './carried.ts';

const RELEASE_INPUTS: Readonly<Record<string, readonly string[]>> = {
  'softprops/action-gh-release': ['files'],
  'ncipollo/release-action': ['artifacts', 'artifact'],
  'svenstaro/upload-release-action': ['file'],
  'actions/upload-release-asset': ['asset_path'],
  'marvinpinto/action-automatic-releases': ['files'],
  'shogo82148/actions-upload-release-asset': ['asset_path'],
  'alexellis/upload-assets': ['asset_paths'],
  'csexton/release-asset-action': ['file', 'files', 'pattern'],
  'xresloader/upload-to-github-release': ['file'],
  'skx/github-action-publish-binaries': ['args'],
  'termux/upload-release-action': ['file'],
  'eloquent/github-release-action': ['assets'],
};

export const releases: Tool = {
  id: 'releases',
  family: 'archive',
  documentation: 'https://cli.github.com/manual/gh_release_upload',
  commands: [
    'gh release upload',
    'gh release create',
    'hub release create',
    'hub release edit',
    'ghr',
    'glab release upload',
    'glab release create',
    'github-release upload',
  ],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        '--repo',
        '-R',
        '--notes',
        '-n',
        '--notes-file',
        '-F',
        '--title',
        '-t',
        '--target',
        '--discussion-category',
        '--notes-start-tag',
        '-a',
        '--attach',
        '-m',
        '--message',
        '--file',
        '-f',
        '--name',
        '--tag',
        '--user',
        '-u',
        '-r',
        '--token',
        '-c',
        '-b',
      ],
      switches: [
        '--draft',
        '-d',
        '--prerelease',
        '-p',
        '--clobber',
        '--generate-notes',
        '--latest',
        '--verify-tag',
        '--replace',
      ],
    });
    const files = [
      ...line.operands.slice(1),
      ...line.all('-a', '--attach'),
      ...(call.command === 'github-release upload' ? line.all('--file', '-f') : []),
    ];
    return files.length === 0 ? [] : [carry(call, files.map(withoutLabel), 'release-asset')];
  },
  actions: Object.keys(RELEASE_INPUTS),
  action: (call) => {
    const files = (RELEASE_INPUTS[call.action] ?? []).flatMap((name) => call.lines(name));
    return files.length === 0 ? [] : [carry(call, included(files), 'release-asset')];
  },
  examples: [
    {
      steps:
        '- run: docker save acme/api > api.tar\n- uses: softprops/action-gh-release@v2\n  with:\n    files: |\n      notes.md\n      api.tar',
      delivers: ['image-archive api.tar'],
    },
  ],
};

/** `file#Display label`. */
function withoutLabel(path: Value): Value {
  return path
    .map((part) => (typeof part === 'string' ? (part.split('#')[0] ?? '') : part))
    .filter((part) => part !== '');
}
