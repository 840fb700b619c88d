// What is known of actions that are no tools: those that run a script they are given, and those that deliver nothing.

/** Actions whose input is a script for the shell. */
export const SCRIPT_INPUTS: Readonly<Record<string, readonly string[]>> = {
  'nick-fields/retry': ['command'],
  'nick-invision/retry': ['command'],
  'wandalen/wretry.action': ['command'],
  'azure/cli': ['inlineScript'],
  'azure/powershell': ['inlineScript'],
  'addnab/docker-run-action': ['run'],
  'uraimo/run-on-arch-action': ['run'],
  'reactivecircus/android-emulator-runner': ['script'],
  'appleboy/ssh-action': ['script'],
  'fifsky/ssh-action': ['command'],
  'gacts/run-and-post-run': ['run', 'post'],
  'cachix/install-nix-action': [],
  'coactions/setup-xvfb': ['run'],
  'gabrielbb/xvfb-action': ['run'],
  'pypa/cibuildwheel': [],
  'devcontainers/ci': ['runCmd'],
  'nicknovitski/nix-develop': [],
  'kesin11/actions-timeline': [],
};

/** Owners and actions that deliver no image by themselves. A name that ends in `/` stands for all of an owner. */
const HARMLESS = [
  'actions/',
  'github/',
  'docker/setup-',
  'docker/scout-action',
  'docker/actions-toolkit',
  'codecov/',
  'aquasecurity/',
  'anchore/',
  'ossf/',
  'snyk/',
  'sonarsource/',
  'hadolint/',
  'step-security/',
  'dorny/',
  'peter-evans/',
  'pre-commit/',
  'golangci/',
  'ruby/',
  'shivammathur/',
  'dtolnay/',
  'actions-rs/',
  'swatinem/',
  'tj-actions/',
  'crazy-max/ghaction-setup-',
  'crazy-max/ghaction-dump-context',
  'hashicorp/',
  'azure/login',
  'azure/setup-',
  'azure/k8s-',
  'azure/webapps-deploy',
  'azure/functions-action',
  'azure/aks-set-context',
  'azure/get-keyvault-secrets',
  'google-github-actions/auth',
  'google-github-actions/setup-gcloud',
  'google-github-actions/get-',
  'google-github-actions/deploy-appengine',
  'google-github-actions/ssh-compute',
  'aws-actions/configure-aws-credentials',
  'aws-actions/amazon-ecs-',
  'aws-actions/aws-cloudformation',
  'softprops/',
  'pypa/',
  'jamesives/',
  'stefanzweifel/',
  'slackapi/',
  '8398a7/',
  'rtcamp/action-slack',
  'imranismail/setup-kustomize',
  'helm/',
  'engineerd/setup-kind',
  'sigstore/',
  'imjasonh/setup-',
  'ko-build/setup-ko',
  'earthly/actions-setup',
  'goreleaser/',
  'gradle/',
  'mikepenz/',
  'release-drafter/',
  'googleapis/',
  'redhat-actions/oc-login',
  'redhat-actions/podman-login',
  'redhat-actions/openshift-tools-installer',
  'depot/setup-action',
  'jlumbroso/free-disk-space',
  'easimon/maximize-build-space',
  'nixbuild/',
  'cachix/',
  'determinatesystems/',
  'arduino/setup-',
  'oven-sh/',
  'pnpm/',
  'denoland/',
  'bazelbuild/setup-',
  'bazel-contrib/setup-',
  'extractions/',
  'asdf-vm/',
  'jdx/',
  'erlef/',
  'haskell/',
  'haskell-actions/',
  'julia-actions/',
  'r-lib/',
  'microsoft/setup-',
  'nuget/setup-nuget',
  'browser-actions/',
  'cypress-io/',
  'lewagon/',
  'juliangruber/',
  'fountainhead/',
  'styfle/',
  'concurrent-',
  'tibdex/',
  'getsentry/',
  'trufflesecurity/',
  'gitleaks/',
  'reviewdog/',
  'super-linter/',
  'oxsecurity/',
  'wagoid/',
  'amannn/',
  'dependabot/',
  'actions-ecosystem/',
  'lycheeverse/',
  'streetsidesoftware/',
  'crate-ci/',
  'rhysd/',
  'raven-actions/',
  'medyagh/setup-minikube',
  'manusa/actions-setup-minikube',
  'rlespinasse/',
  'nowsprinting/',
  'battila7/',
  'madhead/semver-utils',
  'paulhatch/',
  'anothrnick/',
  'mathieudutour/',
  'mukunku/',
  'frabert/',
  'bruceadams/',
  'carvel-dev/',
  'vmware-tanzu/carvel-',
  'azure/cli',
  'azure/acr-login',
  'dataaxiom/ghcr-cleanup-action',
  'snok/container-retention-policy',
  'vlaurin/action-ghcr-prune',
  'chipkent/',
  'r7kamura/',
  'docker/login-action',
];

export function isHarmless(action: string): boolean {
  return HARMLESS.some(
    (known) => action === known || ((known.endsWith('/') || known.endsWith('-')) && action.startsWith(known)),
  );
}

/** Reusable workflows of others that make statements about files, or look after issues and code: no images. */
export function isHarmlessWorkflow(uses: string): boolean {
  if (
    /^slsa-framework\/slsa-github-generator\/\.github\/workflows\/(generator_generic|builder_go|builder_nodejs|builder_maven|builder_gradle|builder_bazel)/.test(
      uses,
    )
  ) {
    return true;
  }
  const file = uses.split('@')[0]?.split('/').at(-1) ?? '';
  return /(^|[-_.])(stale|labels?|labeler|issues?|codeql|scorecards?|zizmor|lint|linter|dependency-review|assign|greetings?|semantic-pr|tracker|spell(ing|check)?)([-_.]|$)/.test(
    file,
  );
}

const IMAGE_INPUT =
  /^(images?|image[-_]?(name|tag|uri|repo(sitory)?)s?|docker[-_]?(image|file|repository|registry|username|hub.*)|dockerfile|containerfiles?|container[-_]?(image|registry|name)|repositor(y|ies)|registry.*|destinations?|ecr[-_].*|acr[-_].*|gcr[-_].*)$/i;
const DELIVERY_INPUT =
  /^(push.*|publish.*|tags?|tag[-_].*|username|password|token|user|registry.*|dockerfile|docker[-_].*|context|build[-_]?args?|repository)$/i;
const IMAGE_ACTION =
  /docker|container|image|kaniko|buildah|podman|\boci\b|\becr\b|\bacr\b|\bgcr\b|buildpack|skopeo|crane|registry/i;
const OTHER_PURPOSE =
  /setup|install|login|auth|lint|scan|clean|delet|prune|purge|retention|cache|check|test|inspect|tag-exists|exists|version|metadata|describe|comment|label|readme|description|labeler|wait|stop|start|logs|free-disk|diff|size|slim-report|deploy-kubernetes|update-|set-image/i;

/** What an action calls itself that makes something of the image it is given. */
const MAKES_IMAGES = /publish|push|releas|deploy|build|promot|manifest|upload|ship/i;

/** Whether the inputs or the name of an action nobody knows look like a push. */
export function looksLikeDelivery(action: string, inputs: readonly string[]): boolean {
  const name = action.split('/').slice(1).join('/');
  if (OTHER_PURPOSE.test(name)) return false;
  const images = inputs.filter((input) => IMAGE_INPUT.test(input));
  const deliveries = inputs.filter((input) => DELIVERY_INPUT.test(input) && !images.includes(input));
  if (IMAGE_ACTION.test(name)) return images.length + deliveries.length > 0;
  return images.length > 0 && (deliveries.length > 0 || MAKES_IMAGES.test(name.split('/').at(-1) ?? name));
}
