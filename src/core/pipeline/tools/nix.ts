// Nix builds images as files; what takes them away stands elsewhere.
import { format } from '../../value.ts';
import { opaqueEffect } from '../effect.ts';
import type { Tool } from '../tool.ts';

export const nix: Tool = {
  id: 'nix',
  family: 'nix',
  documentation: 'https://nixos.org/manual/nixpkgs/stable/#sec-pkgs-dockerTools',
  commands: ['nix build', 'nix run', 'nix-build', 'nom build', 'nix shell'],
  command: (call) => {
    const wanted = call.words.map(format);
    const image = wanted.find((word) => /docker|image|oci|container/i.test(word) && !word.startsWith('--'));
    if (image === undefined) return [];
    return [
      opaqueEffect({
        what: `${call.command} ${image}`,
        doubt: {
          what: `whether ${image} makes an image, and what takes it away`,
          settledBy: 'push or upload in the open, or approve it as it is',
        },
      }),
    ];
  },
  actions: [],
  examples: [
    { script: 'nix build .#docker-image', delivers: ['opaque nix build .#docker-image?'] },
    { script: 'nix build .#api', delivers: [] },
  ],
};
