// Jib and Spring Boot, through Maven and Gradle.

import type { Truth, Value } from '../../model/value.ts';
import { join, known, prefix, split, text } from '../../value.ts';
import { booleanOf } from '../command-line.ts';
import { archiveEffect, buildSource, type Effect, PLAIN, pushEffect } from '../effect.ts';
import { gradleJibImages } from '../gradle.ts';
import { boundPushes, jibImages } from '../maven.ts';
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
    if (task !== undefined)
      return jibNames(call, maven, task).map((names) => pushEffect({ names, source: buildSource({}) }));
    const tar = words.some((word) => /jib:buildTar$|(^|:)jibBuildTar$/.test(word));
    if (tar)
      return [
        archiveEffect({
          path: call.path(text(maven ? 'target/jib-image.tar' : 'build/jib-image.tar')),
          names: jibNames(call, maven, 'jibBuildTar')[0] ?? [],
        }),
      ];
    const boot = words.some((word) => /spring-boot:build-image(-no-fork)?$|(^|:)bootBuildImage$/.test(word));
    if (boot) return springBoot(call, words);
    return maven ? [...pushGoals(words), ...bound(call, words)] : gradleTasks(words);
  },
  actions: [],
  examples: [
    {
      script: 'mvn compile jib:build -Dimage=ghcr.io/acme/api:1',
      delivers: ['registry-push ghcr.io/acme/api:1'],
    },
    { script: './gradlew jib --image=acme/api', delivers: ['registry-push docker.io/acme/api:latest'] },
    {
      script: 'mvn -B package jib:build',
      files: {
        'pom.xml':
          '<project><version>3</version><properties><host>ghcr.io</host></properties><build><plugins><plugin><artifactId>jib-maven-plugin</artifactId><configuration><to><image>${host}/acme/api:${project.version}</image></to></configuration></plugin></plugins></build></project>',
      },
      delivers: ['registry-push ghcr.io/acme/api:3'],
    },
    {
      script: 'mvn deploy',
      files: {
        'pom.xml':
          '<project><build><plugins><plugin><artifactId>jib-maven-plugin</artifactId><configuration><to><image>acme/api</image></to></configuration><executions><execution><phase>package</phase><goals><goal>build</goal></goals></execution></executions></plugin></plugins></build></project>',
      },
      delivers: ['registry-push docker.io/acme/api:latest?'],
    },
    {
      script: './gradlew :web:jib',
      files: {
        'web/build.gradle.kts':
          'jib {\n  to {\n    image = "ghcr.io/acme/web"\n    tags = setOf("1", "2")\n  }\n}\n',
      },
      delivers: ['registry-push ghcr.io/acme/web:1,2,latest'],
    },
    { script: 'mvn jib:dockerBuild -Dimage=acme/api', delivers: [] },
    { script: './mvnw spring-boot:build-image -Dspring-boot.build-image.imageName=acme/api', delivers: [] },
    {
      script:
        './mvnw spring-boot:build-image -Dspring-boot.build-image.imageName=acme/api -Dspring-boot.build-image.publish=true',
      delivers: ['registry-push docker.io/acme/api:latest'],
    },
  ],
};

/** What the command line gives wins over what the build files say; without either nobody can tell. */
function jibNames(call: CommandCall, maven: boolean, task: string): readonly (readonly Value[])[] {
  const image = property(call.words, '-Dimage', '-Djib.to.image', '--image', '-Pjib.to.image');
  const tags = property(call.words, '-Djib.to.tags');
  const more = (base: Value): readonly Value[] =>
    tags === null ? [] : split(tags, ',').map((tag) => join([base, ':', tag]));
  if (image !== null) return [[image, ...more(image)]];
  const folder = folderOf(call);
  const project = task.replace(/:?jib$/, '').replace(/^:/, '');
  const found =
    folder === null
      ? []
      : maven
        ? jibImages(folder, call.files)
        : gradleJibImages(folder, project, call.files);
  if (found.length === 0) return [[unseen('jib.to.image', 'the build file names the image')]];
  return found.map((names) => [...names, ...more(names[0] ?? [])]);
}

/** Where the build file lies: `-f`, `-p` or where the command runs. */
function folderOf(call: CommandCall): string | null {
  const at = call.words.findIndex((word) =>
    ['-f', '--file', '-p', '--project-dir'].includes(known(word) ?? ''),
  );
  const named = known(call.path(at === -1 ? text('.') : (call.words[at + 1] ?? text('.'))));
  const folder = named?.replace(/(^|\/)pom\.xml$/, '') ?? null;
  return folder === '.' ? '' : folder;
}

/** `docker:push`, `dockerfile:push`: the plugin's own configuration names the image. */
function pushGoals(words: readonly string[]): readonly Effect[] {
  const goal = words.find((word) =>
    /^(?:\S+:)?docker(?:file)?(?:-maven-plugin)?(?::[\d.]+)?:push$/.test(word),
  );
  return goal === undefined
    ? []
    : [pushEffect({ names: [unseen(goal, 'pom.xml names the image')], source: buildSource({}) })];
}

/** Goals that push because an execution binds them to a phase that is run. */
function bound(call: CommandCall, words: readonly string[]): readonly Effect[] {
  const folder = folderOf(call);
  const phases = words.filter((word) => /^[a-z-]+$/.test(word) && !word.startsWith('-'));
  const isOff = words.some((word) =>
    /^-D(?:jib|docker|dockerfile)\.skip(?:\.push|Push)?(?:=true)?$/.test(word),
  );
  if (folder === null || isOff) return [];
  return boundPushes(phases, folder, call.files).map(({ names }) =>
    pushEffect({ names, source: buildSource({}), happens: 'unknown' }),
  );
}

/** Tasks that plugins of Docker for Gradle name. */
function gradleTasks(words: readonly string[]): readonly Effect[] {
  const task = words.find((word) =>
    /(^|:)(?:dockerPush\w*|pushDocker\w*|dockerTagsPush|publishImage\w*)$/.test(word),
  );
  return task === undefined
    ? []
    : [pushEffect({ names: [unseen(task, 'the build file names the image')], source: buildSource({}) })];
}

function springBoot(call: CommandCall, words: readonly string[]): readonly Effect[] {
  const name = property(call.words, '-Dspring-boot.build-image.imageName', '--imageName');
  const names = [name ?? unseen('imageName', 'the build file names the image')];
  const publish = property(call.words, '-Dspring-boot.build-image.publish');
  const push: Truth = words.includes('--publishImage') ? 'yes' : publish === null ? 'no' : booleanOf(publish);
  const source = buildSource({});
  return [{ kind: 'build', names, source, options: PLAIN }, pushEffect({ names, source, happens: push })];
}
