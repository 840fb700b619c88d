// Builders that live in a language's build tool: ko, Jib, Spring Boot, Cloud Native Buildpacks, .NET, sbt.
import type { Value } from '../../model/value.ts';
import { format, known, text } from '../../value.ts';
import { type BazelRun, bazelRun } from '../bazel-targets.ts';
import { buildSource, opaqueEffect, pushEffect } from '../effect.ts';
import type { CommandCall, Tool } from '../tool.ts';

export const unseen = (expression: string, why: string): Value => [{ expression, why }];

/** Build systems whose own files say what they push: `bazel run //:push`, `sbt docker:publish`, `earthly --push`. */
export const bazel: Tool = {
  id: 'bazel',
  family: 'bazel',
  documentation: 'https://github.com/bazel-contrib/rules_oci/blob/main/docs/push.md',
  commands: ['bazel run', 'bazelisk run', 'sbt', 'pants publish', 'pants', 'buck2 run'],
  command: (call) => {
    if (/^bazel(isk)? run$/.test(call.command)) {
      const found = readTarget(call);
      if (found?.kind === 'pushes')
        return found.names.map((name) => pushEffect({ names: [name], source: buildSource({}) }));
      if (found?.kind === 'nothing') return [];
    }
    const pushing = call.words
      .map(format)
      .find((word) => /push|publish|docker:publish/i.test(word) && !/publishLocal|local/i.test(word));
    // A rule of the project's own may do anything; its name is all there is to go by.
    const named = /^(bazel|bazelisk|buck2) run$/.test(call.command)
      ? call.words
          .map(format)
          .find(
            (word) => /release|deploy|upload|image|container|docker|oci/i.test(word) && !word.startsWith('-'),
          )
      : undefined;
    const verb = call.command === 'pants publish' ? 'publish' : (pushing ?? named);
    if (verb === undefined || (call.command === 'sbt' && !/docker/i.test(verb)) || call.command === 'pants')
      return [];
    return [
      opaqueEffect({
        what: `${call.command} ${verb}`,
        doubt: {
          what: `what ${verb} pushes, and where`,
          settledBy: 'write the image name in the workflow, or approve it as it is',
        },
        needsCredentials: call.command !== 'pants publish' && pushing === undefined,
      }),
    ];
  },
  actions: [],
  examples: [
    { script: 'bazel run //api:push', delivers: ['opaque bazel run //api:push?'] },
    { script: 'bazel run //api:test', delivers: [] },
    {
      script: 'bazel run -c opt //api:release -- --tag 2',
      files: {
        'api/BUILD.bazel':
          'load("@rules_oci//oci:defs.bzl", "oci_push")\n\nHOST = "ghcr.io"\n\noci_push(\n    name = "release",\n    image = ":image",\n    repository = HOST + "/acme/api",\n    remote_tags = ["1"],\n)\n',
      },
      delivers: ['registry-push ghcr.io/acme/api:1,2'],
    },
    {
      script: 'bazel run //:all',
      files: {
        BUILD: 'multirun(name = "all", commands = ["//web:push"])\n',
        'web/BUILD':
          'container_push(name = "push", format = "Docker", image = ":web", registry = "gcr.io", repository = "acme/web", tag = "{VERSION}")\n',
      },
      delivers: ['registry-push gcr.io/acme/web:{VERSION}'],
    },
  ],
};

function readTarget(call: CommandCall): BazelRun | null {
  const folder = known(call.path(text('.')));
  const dashes = call.words.findIndex((word) => known(word) === '--');
  const before = dashes === -1 ? call.words : call.words.slice(0, dashes);
  // A label is the last plain word with a colon or slashes; options may stand in front and behind.
  const label = before
    .map(known)
    .findLast((word) => word !== null && /^(?:@|\/\/|:)|^[\w./-]+:[\w./-]+$/.test(word));
  if (folder === null || label === undefined || label === null) return null;
  return bazelRun(
    label,
    folder === '.' ? '' : folder,
    dashes === -1 ? [] : call.words.slice(dashes + 1),
    call.files,
  );
}
