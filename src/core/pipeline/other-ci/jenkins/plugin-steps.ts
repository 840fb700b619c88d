// Steps that plugins bring to Jenkins → acts: registries, Artifactory's push, archived files, publishers.
import { format, text } from '../../../value.ts';
import type { Place } from '../../act.ts';
import { pushEffect } from '../../effect.ts';
import { locate } from '../../source-text.ts';
import { addAct, addOpaque } from '../run.ts';
import { registryHost } from './docker.ts';
import { type Frame, scoped } from './frame.ts';
import type { GroovyGroup, GroovyToken } from './groovy.ts';
import { argumentNamed, expressionValue } from './texts.ts';
import { walk } from './walk.ts';

/** True when the step is one of these. */
export function pluginStep(
  token: Extract<GroovyToken, { kind: 'word' }>,
  list: readonly (readonly GroovyToken[])[],
  block: GroovyGroup | null,
  rest: readonly GroovyToken[],
  frame: Frame,
  place: Place,
): boolean {
  const name = token.text;
  const location = locate(frame.source, token.start, token.end);
  switch (name) {
    case 'docker.withRegistry':
    case 'withDockerRegistry': {
      const url = argumentNamed('url', list, true);
      const host = registryHost(url === null ? null : expressionValue(url, frame));
      addAct(
        frame.ledger,
        place,
        { kind: 'login', registry: host ?? text('docker.io') },
        { tool: 'jenkins-docker', family: 'login', location },
      );
      if (block !== null)
        scoped(frame, [], () => {
          frame.registry = name === 'docker.withRegistry' ? host : null;
          walk(block.items, frame, { ...place, credentials: true });
        });
      return true;
    }
    case 'rtDockerPush': {
      const image = argumentNamed('image', list, false);
      const named = image === null ? null : expressionValue(image, frame);
      const names = named === null ? [] : [named];
      addAct(frame.ledger, place, pushEffect({ names }), {
        tool: 'jenkins-artifactory',
        family: 'docker-push',
        location,
      });
      return true;
    }
    case 'step': {
      const kind = /\$class:\s*['"](\w*Docker\w*Publisher\w*)/.exec(
        frame.source.text.slice(token.start, rest.at(-1)?.end ?? token.end),
      )?.[1];
      if (kind === undefined) return false;
      addOpaque(frame.ledger, place, {
        what: kind,
        doubt: `what ${kind} pushes is not read here`,
        settledBy: 'write the commands into the Jenkinsfile, or approve it as it is',
        family: 'wrapper',
        location,
      });
      return true;
    }
    case 'archiveArtifacts': {
      const paths = argumentNamed('artifacts', list, true);
      const given = paths === null ? null : expressionValue(paths, frame);
      if (given !== null)
        addAct(
          frame.ledger,
          place,
          {
            kind: 'carry',
            channel: 'workflow-artifact',
            paths: format(given)
              .split(',')
              .map((path) => text(path.trim())),
          },
          { tool: 'archiveArtifacts', family: 'archive', location },
        );
      return true;
    }
    default:
      return false;
  }
}
