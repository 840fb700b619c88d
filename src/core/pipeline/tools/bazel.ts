// Builders that live in a language's build tool: ko, Jib, Spring Boot, Cloud Native Buildpacks, .NET, sbt.
import type { Value } from '../../model/value.ts';
import { format } from '../../value.ts';
import { opaqueEffect } from '../effect.ts';
import type { Tool } from '../tool.ts';

export const unseen = (expression: string, why: string): Value => [{ expression, why }];

/** Build systems whose own files say what they push: `bazel run //:push`, `sbt docker:publish`, `earthly --push`. */
export const bazel: Tool = {
  id: 'bazel',
  family: 'bazel',
  documentation: 'https://github.com/bazel-contrib/rules_oci/blob/main/docs/push.md',
  commands: ['bazel run', 'bazelisk run', 'sbt', 'pants publish', 'pants', 'buck2 run'],
  command: (call) => {
    const pushing = call.words
      .map(format)
      .find((word) => /push|publish|docker:publish/i.test(word) && !/publishLocal|local/i.test(word));
    const verb = call.command === 'pants publish' ? 'publish' : pushing;
    if (verb === undefined || (call.command === 'sbt' && !/docker/i.test(verb)) || call.command === 'pants')
      return [];
    return [
      opaqueEffect({
        what: `${call.command} ${verb}`,
        doubt: {
          what: `what ${verb} pushes, and where`,
          settledBy: 'write the image name in the workflow, or approve it as it is',
        },
      }),
    ];
  },
  actions: [],
  examples: [
    { script: 'bazel run //api:push', delivers: ['opaque bazel run //api:push?'] },
    { script: 'bazel run //api:test', delivers: [] },
  ],
};
