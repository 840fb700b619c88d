// .NET publishes images from the project file.
import { format, join } from '../../value.ts';
import { archiveEffect, buildSource, pushEffect } from '../effect.ts';
import type { Tool } from '../tool.ts';
import { unseen } from './bazel.ts';
import { property } from './property.ts';

export const dotnet: Tool = {
  id: 'dotnet',
  family: 'dotnet',
  documentation: 'https://learn.microsoft.com/dotnet/core/containers/publish-configuration',
  commands: ['dotnet publish', 'dotnet build', 'dotnet msbuild'],
  command: (call) => {
    const container = call.words.some((word) =>
      /[/-]t:PublishContainer|PublishProfile=DefaultContainer|-target:PublishContainer/i.test(format(word)),
    );
    if (!container) return [];
    const option = (name: string) => property(call.words, `-p:${name}`, `/p:${name}`, `--property:${name}`);
    const archive = option('ContainerArchiveOutputPath');
    const image =
      option('ContainerRepository') ??
      option('ContainerImageName') ??
      unseen('ContainerRepository', 'the project file names the image');
    if (archive !== null) return [archiveEffect({ path: call.path(archive), names: [image] })];
    const registry = option('ContainerRegistry');
    if (registry === null) return [];
    const tag = option('ContainerImageTag') ?? option('ContainerImageTags');
    return [
      pushEffect({
        names: [join([registry, '/', image, ...(tag === null ? [] : [':', tag])])],
        source: buildSource({}),
      }),
    ];
  },
  actions: [],
  examples: [
    {
      script:
        'dotnet publish /t:PublishContainer -p:ContainerRegistry=ghcr.io -p:ContainerRepository=acme/api',
      delivers: ['registry-push ghcr.io/acme/api:latest'],
    },
    { script: 'dotnet publish -c Release', delivers: [] },
  ],
};
