// Jib and Spring Boot, through Maven and Gradle.

import type { Truth, Value } from '../../model/value.ts';
import { join, known, prefix, split, text } from '../../value.ts';
import { booleanOf } from '../command-line.ts';
import { archiveEffect, buildSource, type Effect, PLAIN, pushEffect } from '../effect.ts';
import type { CommandCall, Tool } from '../tool.ts';
import { unseen } from './bazel.ts';
import { property } from './property.ts';

const MAVEN = ['mvn', './mvnw', 'mvnw', 'mvnd'];

const GRADLE = ['gradle', './gradlew', 'gradlew'];

export const jib: Tool = {
  id: 'jib',
  family: 'jib',
  documentation: 'https://github.com/GoogleContainerTools/jib/tree/master/jib-maven-plugin#extended-usage',
  commands: [...MAVEN, ...GRADLE],
  command: (call) => {
    const words = call.words.map((word) => known(word) ?? prefix(word));
    const maven = MAVEN.includes(call.command);
    const task = words.find((word) =>
      /(^|:)jib$|jib-maven-plugin[^:]*(:[\d.]+)?:build$|^jib:build$/.test(word),
    );
    if (task !== undefined) return [pushEffect({ names: jibNames(call), source: buildSource({}) })];
    const tar = words.some((word) => /jib:buildTar$|(^|:)jibBuildTar$/.test(word));
    if (tar)
      return [
        archiveEffect({
          path: call.path(text(maven ? 'target/jib-image.tar' : 'build/jib-image.tar')),
          names: jibNames(call),
        }),
      ];
    const boot = words.some((word) => /spring-boot:build-image(-no-fork)?$|(^|:)bootBuildImage$/.test(word));
    if (boot) return springBoot(call, words);
    return [];
  },
  actions: [],
  examples: [
    {
      script: 'mvn compile jib:build -Dimage=ghcr.io/acme/api:1',
      delivers: ['registry-push ghcr.io/acme/api:1'],
    },
    { script: './gradlew jib --image=acme/api', delivers: ['registry-push docker.io/acme/api:latest'] },
    { script: 'mvn jib:dockerBuild -Dimage=acme/api', delivers: [] },
    { script: './mvnw spring-boot:build-image -Dspring-boot.build-image.imageName=acme/api', delivers: [] },
    {
      script:
        './mvnw spring-boot:build-image -Dspring-boot.build-image.imageName=acme/api -Dspring-boot.build-image.publish=true',
      delivers: ['registry-push docker.io/acme/api:latest'],
    },
  ],
};

function jibNames(call: CommandCall): readonly Value[] {
  const image = property(call.words, '-Dimage', '-Djib.to.image', '--image', '-Pjib.to.image');
  const tags = property(call.words, '-Djib.to.tags');
  if (image === null) return [unseen('jib.to.image', 'the build file names the image')];
  if (tags === null) return [image];
  return [image, ...split(tags, ',').map((tag) => join([image, ':', tag]))];
}

function springBoot(call: CommandCall, words: readonly string[]): readonly Effect[] {
  const name = property(call.words, '-Dspring-boot.build-image.imageName', '--imageName');
  const names = [name ?? unseen('imageName', 'the build file names the image')];
  const publish = property(call.words, '-Dspring-boot.build-image.publish');
  const push: Truth = words.includes('--publishImage') ? 'yes' : publish === null ? 'no' : booleanOf(publish);
  const source = buildSource({});
  return [{ kind: 'build', names, source, options: PLAIN }, pushEffect({ names, source, happens: push })];
}
