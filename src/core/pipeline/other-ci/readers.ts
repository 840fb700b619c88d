// One reader per CI system beside GitHub Actions; each takes the files it knows by their paths.
import type { Ledger } from '../act.ts';
import type { Files } from '../files.ts';
import { readAzurePipelines } from './azure/azure.ts';
import { readBitbucket } from './bitbucket.ts';
import { readBuildkite } from './buildkite.ts';
import { readCircleCi } from './circleci/circleci.ts';
import { readCloudBuild } from './cloud-build.ts';
import { readDrone } from './drone/drone.ts';
import { readGitLab } from './gitlab/gitlab.ts';
import { readJenkins } from './jenkins/jenkins.ts';
import { readKubernetesBuilds } from './kubernetes-builds.ts';
import { readAppVeyor, readCodeBuild } from './phases.ts';
import { readTekton } from './tekton.ts';
import { readTravis } from './travis/travis.ts';
import { readUnreadSystems } from './unread-systems.ts';

export const OTHER_CI_READERS: readonly ((files: Files) => Ledger)[] = [
  readAppVeyor,
  readAzurePipelines,
  readBitbucket,
  readBuildkite,
  readCircleCi,
  readCloudBuild,
  readCodeBuild,
  readDrone,
  readGitLab,
  readJenkins,
  readKubernetesBuilds,
  readTekton,
  readTravis,
  readUnreadSystems,
];
