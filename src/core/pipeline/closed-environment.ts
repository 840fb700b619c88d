// Whether every variable of a job's environment is in sight, so that what nothing sets is surely not set.

import type { FileWrite } from '../shell/trace.ts';
import { isKnown, known, split } from '../value.ts';
import type { Act } from './act.ts';
import { readAssignments } from './runner-files.ts';

/** GitHub's own machines: their variables are documented; those of anybody else's may be any. */
export function isHostedRunner(label: string | null): boolean {
  return label !== null && /^(?:ubuntu|macos|windows)-(?:latest|\d[\w.]*)(?:-[\w-]+)?$/i.test(label);
}

/**
 * Actions that set no variables, or only such as belong to their own tool (`GOROOT`, `JAVA_HOME`, `BUILDX_…`). Any other
 * action may set any variable.
 */
const QUIET =
  /^(?:actions\/(?:checkout|cache(?:\/(?:restore|save))?|(?:upload|download)-artifact|setup-(?:go|node|python|java|dotnet)|attest[\w-]*|labeler|stale)|docker\/(?:login|build-push|bake|metadata|setup-buildx|setup-qemu|setup-docker|setup-compose)-action|dorny\/paths-filter|tj-actions\/changed-files|sigstore\/cosign-installer|anchore\/sbom-action\/download-syft|azure\/(?:setup-helm|setup-kubectl|docker-login)|aquasecurity\/trivy-action|step-security\/harden-runner|golangci\/golangci-lint-action|codecov\/codecov-action|jlumbroso\/free-disk-space|softprops\/action-gh-release|helm\/kind-action|engineerd\/setup-kind)$/;

export function isQuietAction(action: string): boolean {
  return QUIET.test(action);
}

/** Whether a script that did this can have set variables nobody sees: by a program that is not read, or by words. */
export function mayHideVariables(acts: readonly Act[], writes: readonly FileWrite[]): boolean {
  return acts.some(({ effect }) => effect.kind === 'opaque') || writes.some(isUnread);
}

/** Lines for later steps whose names can't be told. */
function isUnread(write: FileWrite): boolean {
  if (isKnown(write.target) && !/GITHUB_ENV/.test(known(write.target) ?? '')) return false;
  if (
    !write.target.some(
      (part) => typeof part === 'object' && /GITHUB_ENV|^\$\w+$|^\$\{\w+\}$/.test(part.expression),
    )
  )
    return false;
  const lines = split(write.content, '\n').filter((line) => line.length > 0);
  const named = readAssignments(write.content);
  return named.size === 0 || lines.some((line) => typeof line[0] === 'object');
}

/**
 * Variables that runners, shells and make itself set: https://docs.github.com/actions/reference/variables-reference, and
 * what the scripts of https://github.com/actions/runner-images/tree/749514466b4f put into the environment (images for
 * Ubuntu and macOS, 2026-08-21).
 */
const SET_BY_RUNNERS =
  /^(?:CI|ACCEPT_EULA|(?:CARGO|RUSTUP)_HOME|HISTSIZE|NUNIT_BASE_PATH|PARALLELS_\w+|RCT_NO_LAUNCH_PACKAGER|USE_BAZEL_\w+|VM_ASSETS|GITHUB_\w+|RUNNER_\w+|ACTIONS_\w+|AGENT_\w+|ANDROID_\w+|ANT_HOME|AZURE_\w+|BOOTSTRAP_\w+|CHROME\w*|CONDA|DEBIAN_FRONTEND|DEPLOYMENT_\w+|DOTNET_\w+|EDGEWEBDRIVER|GECKOWEBDRIVER|GHCUP_\w+|GO(?:ROOT|PATH|BIN|OS|ARCH|FLAGS|PROXY|ARM|AMD64)\w*|GRADLE_HOME|HOME|HOMEBREW_\w+|Image(?:OS|Version)|INVOCATION_ID|JAVA_HOME\w*|JOURNAL_STREAM|LANG|LC_\w+|LEIN_\w+|LOGNAME|MAKE\w*|MFLAGS|NVM_DIR|OLDPWD|PATH|PIPX_\w+|POWERSHELL_\w+|PWD|CURDIR|SELENIUM_\w+|SGX_\w+|SHELL|SHLVL|STATS_\w+|SUDO_\w+|SWIFT_PATH|SYSTEMD_\w+|TEMP|TERM|TMP|TMPDIR|USER|USERNAME|VCPKG_\w+|XDG_\w+|OS|OSTYPE|HOSTNAME|HOSTTYPE|MACHTYPE|UID|EUID|AR|AS|CC|CXX|CPP|FC|M2C|PC|CO|GET|LEX|YACC|LINT|MAKEINFO|TEX|TEXI2DVI|WEAVE|TANGLE|RM|LD|ARFLAGS|ASFLAGS|CFLAGS|CXXFLAGS|CPPFLAGS|FFLAGS|LFLAGS|YFLAGS|LDFLAGS|LDLIBS|LOADLIBES|COFLAGS|SUFFIXES|\W.*|_)$/;

/** Whether the machine itself may set a variable of this name. */
export function isRunnersOwn(name: string): boolean {
  return SET_BY_RUNNERS.test(name);
}
