// How firmly addresses name their content, after shapes that real Dockerfiles download from.
import { describe, expect, test } from '@jest/globals';
import { pinningOfUrl } from '../../../../src/core/dockerfile/imports/url-pinning.ts';
import type { Pinning } from '../../../../src/core/model/import.ts';
import { hole, join } from '../../../../src/core/value.ts';
import { EXPLODES, processorTime } from '../../../support/cpu-time.ts';
import { imports } from './imported.ts';

/** `<NAME>` stands for a variable that is not known. */
function pinning(address: string): Pinning {
  return pinningOfUrl(
    join(
      address
        .split(/(<\w+>)/)
        .map((part) => (part.startsWith('<') ? hole(`\${${part.slice(1, -1)}}`, 'it is not known') : part)),
    ),
  );
}

describe('an address is', () => {
  test.each([
    // A release's tag names it, whatever else the file is called.
    ['version', 'https://github.com/acme/jdk/releases/download/jdk8u502-b07/jdk_x64_502b07.tar.gz'],
    ['version', 'https://github.com/acme/mq/releases/download/v4.3.2/mq-latest-toolchain-4.3.2.tar.xz'],
    ['version', 'https://github.com/acme/tool/releases/download/stable-2024/tool'],
    ['moving', 'https://github.com/acme/tool/releases/download/nightly/tool-linux'],
    ['moving', 'https://github.com/acme/tool/releases/latest/download/tool_<ARCH>'],
    ['unknown', 'https://github.com/acme/tool/releases/download/<TOOL>/tool'],
    ['unknown', 'https://github.com/acme/tool/releases/download/v<VERSION>.0/tool'],
    ['version', 'https://github.com/acme/tool/releases/download/v2.<MINOR>/tool'],
    // A file at a branch moves with it, even when the file's own name holds a number.
    ['moving', 'https://raw.githubusercontent.com/acme/mods/scripts/mods.v3'],
    ['moving', 'https://raw.githubusercontent.com/acme/tool/master/install-1.2.3.sh'],
    ['moving', 'https://raw.githubusercontent.com/acme/tool/refs/heads/main/install.sh'],
    ['version', 'https://raw.githubusercontent.com/acme/tool/v1.2/install.sh'],
    ['unknown', 'https://raw.githubusercontent.com/acme/tool/<TOOL_REF>/install.sh'],
    ['moving', 'https://github.com/acme/tool/archive/master.tar.gz'],
    ['version', 'https://github.com/acme/tool/archive/refs/tags/v1.tar.gz'],
    ['moving', 'https://github.com/acme/tool/tarball/master'],
    ['digest', `https://github.com/acme/tool/archive/${'ab12'.repeat(10)}.tar.gz`],
    // Elsewhere a version behind the moving word decides.
    ['version', 'https://get.example.org/war-stable/2.46.1/app.war'],
    ['version', 'https://dl.example.org/channels/stable/release/3.1/sdk.zip'],
    ['unknown', 'https://dl.example.org/channels/stable/release/<SDK_VERSION>/sdk-<ARCH>.zip'],
    ['moving', 'https://dl.example.org/1.2/latest/app.tar.gz'],
    ['moving', 'https://dl.example.org/release/stable-1.27.txt'],
    ['moving', 'https://dl.example.org/app-1.2-latest.tgz'],
    ['moving', 'https://dl.example.org/app-stable_current_amd64.deb'],
    ['moving', 'https://dl.example.org/latest/app_<ARCH>.deb'],
    ['moving', 'https://example.org/install.sh'],
    ['moving', 'https://example.org'],
    ['version', 'https://deb.example.org/pool/main/f/font/font_2.6.3-3.2+deb9u1_arm64.deb'],
    ['version', 'https://deb.example.org/debian/pool/main/f/font/font_2.6.3-3.2%2bdeb9u1_arm64.deb'],
    ['moving', 'https://deb.example.org/alpine/v3.23/main/x86_64/APKINDEX.tar.gz'],
    // A query may ask for the version.
    ['unknown', 'https://svc.example.org/update/develop/download?version=<VERSION>&os=linux'],
    ['version', 'https://svc.example.org/update/develop/download?os=linux&version=4.0.1'],
    ['moving', 'https://svc.example.org/update/develop/download?version=latest'],
    ['unknown', '<MIRROR>/app'],
    // A platform is no version.
    ['moving', 'https://dl.example.org/client/release/linux-<TARGETARCH>/app'],
    ['moving', 'https://dl.example.org/<TARGETOS>/<dpkgArch>/app<TARGETVARIANT>'],
    ['unknown', 'https://dl.example.org/client/release/<CHAOS>/app'],
    // One version of those that are called stable.
    ['unknown', 'https://deb.example.org/debian/stable/app_<APP_VERSION>-buster-stable_arm64.deb'],
    ['version', 'https://deb.example.org/debian/app_3.14.1-stable_arm64.deb'],
    ['moving', 'https://deb.example.org/debian/app_3.14.1-nightly.deb'],
  ] as const)('%s: %s', (expected, address) => {
    expect(pinning(address)).toBe(expected);
  });

  test.each([
    ['version', 'cargo install --git https://e.test/a.git --tag v1.2'],
    ['digest', `cargo install --git https://e.test/a --rev ${'ab12'.repeat(10)}`],
    ['unknown', 'cargo install --git https://e.test/a --tag $TOOL'],
    ['moving', 'cargo install --git https://e.test/a.git --branch main'],
    ['version', 'pip install git+https://e.test/a.git@v1.2#subdirectory=b'],
    ['unknown', 'pip install git+https://e.test/a.git@$TOOL'],
    ['version', 'pip install git+https://e.test/a.git@v$TOOL'],
    ['unknown', 'pip install git+https://e.test/a.git@v{{VERSION}}'],
    ['moving', 'pip install git+https://e.test/a.git'],
    ['moving', 'pip install git+ssh://git@e.test/a.git'],
  ])('%s: %s', (expected, command) => {
    const fetched = imports('ARG TOOL', `RUN ${command}`).filter(({ kind }) => kind === 'package-url');
    expect(fetched.map((one) => one.pinning)).toEqual([expected]);
  });

  test('judged in linear time', () => {
    for (const url of [
      `https://e/${'latest/'.repeat(20_000)}${'1.'.repeat(20_000)}`,
      `https://github.com/${'a/'.repeat(20_000)}`,
    ])
      expect(processorTime(() => pinning(url))).toBeLessThan(EXPLODES);
  });
});
