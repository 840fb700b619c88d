import { describe, expect, test } from '@jest/globals';
import { read, slice } from './reading.ts';

const notice = (...lines: string[]) => read([...lines, 'FROM scratch'].join('\n')).notice;

describe('tags', () => {
  test('licence and copyright tags are taken verbatim, with their place', () => {
    const source =
      '# SPDX-FileCopyrightText: 2024 Jane Doe <jane@example.org>\n# SPDX-License-Identifier: MIT OR (Apache-2.0 AND BSD-3-Clause)  \nFROM a\n';
    const file = read(source);
    expect(file.notice.licenses.map((one) => [one.expression, slice(source, one.location)])).toEqual([
      ['MIT OR (Apache-2.0 AND BSD-3-Clause)', 'MIT OR (Apache-2.0 AND BSD-3-Clause)'],
    ]);
    expect(file.notice.copyrights.map((one) => slice(source, one.location))).toEqual([
      '2024 Jane Doe <jane@example.org>',
    ]);
  });

  test('every tag of the head counts, also below FROM and inside continuations', () => {
    const source =
      '# SPDX-License-Identifier: MIT\nFROM a\nRUN a \\\n  # SPDX-License-Identifier: ISC\n  b\n';
    expect(read(source).notice.licenses.map((one) => one.expression)).toEqual(['MIT', 'ISC']);
  });

  test.each([
    ['in a heredoc', 'RUN cat <<EOF > /x\n# SPDX-License-Identifier: MIT\nEOF'],
    ['in a heredoc of another descriptor', 'RUN 3<<EOF x\n# SPDX-License-Identifier: MIT\nEOF'],
    ['in a label', 'LABEL org.opencontainers.image.licenses="MIT"'],
    ['in a command', 'RUN echo "# SPDX-License-Identifier: MIT"'],
    ['after a lone carriage return', 'USER x\r# SPDX-License-Identifier: MIT'],
    ['between ignore marks', '# REUSE-IgnoreStart\n# SPDX-License-Identifier: MIT\n# REUSE-IgnoreEnd'],
    ['far below', `${'USER x\n'.repeat(2000)}# SPDX-License-Identifier: MIT`],
    ['without an expression', '# SPDX-License-Identifier:'],
  ])('a tag %s is not the file’s', (_, lines) => {
    expect(read(`FROM a\n${lines}\n`).notice).toMatchObject({ licenses: [], recognized: null });
  });

  test('the opening block is read to its end', () => {
    const block = `${'# words\n'.repeat(3000)}# SPDX-License-Identifier: MIT\n`;
    expect(read(`${block}FROM a`).notice.licenses).toHaveLength(1);
  });
});

describe('copyright and origin', () => {
  test.each([
    ['# Copyright (c) 2020-2024 ACME Inc.', ['Copyright (c) 2020-2024 ACME Inc.']],
    ['# © 2021 Somebody', ['© 2021 Somebody']],
    ['# Copyright 2019 The Authors', ['Copyright 2019 The Authors']],
    ['# copyright notices are in NOTICE', []],
    ['# see the copyright of 2019', []],
  ])('%s', (line, expected) => {
    expect(notice(line).copyrights.map((one) => one.text)).toEqual(expected);
  });

  test.each([
    [
      '# Origin: https://github.com/acme/x/blob/0a1b/Dockerfile',
      'https://github.com/acme/x/blob/0a1b/Dockerfile',
    ],
    ['# Based on the work at https://example.org/Dockerfile.', 'https://example.org/Dockerfile'],
    ['# copied from git@github.com:acme/x.git', 'git@github.com:acme/x.git'],
    ['# Adapted from: <https://example.org/a>', 'https://example.org/a'],
  ])('%s', (line, url) => {
    expect(notice(line).origins.map((one) => one.url)).toEqual([url]);
  });

  test('a link alone is no origin', () => {
    expect(notice('# see https://example.org/docs').origins).toEqual([]);
  });
});

describe('standard notices', () => {
  test.each([
    [
      'Apache-2.0',
      ['# Licensed under the Apache License, Version 2.0 (the "License");', '# you may not use this file'],
    ],
    [
      'Apache-2.0',
      ['# ACME licenses this file to you under the Apache License, Version', '# 2.0 (the "License")'],
    ],
    ['MIT', ['# Licensed under the MIT License.']],
    ['BSD-3-Clause', ['# Distributed under the terms of the Modified BSD License.']],
    [
      'UPL-1.0',
      ['# Licensed under the Universal Permissive License v 1.0 as shown at https://oss.example/upl'],
    ],
    [
      'MPL-2.0',
      ['# This Source Code Form is subject to the terms of the Mozilla Public', '# License, v. 2.0.'],
    ],
    ['EPL-2.0', ['# made available under the terms of the Eclipse Public License v2.0']],
    [
      'GPL-3.0-or-later',
      [
        '# under the terms of the GNU General Public License as published by the Free Software',
        '# Foundation, either version 3 of the License, or (at your option) any later version.',
      ],
    ],
    [
      'GPL-2.0-only',
      [
        '# under the terms of the GNU General Public License version 2 as',
        '# published by the Free Software Foundation.',
      ],
    ],
    [
      'LGPL-2.1-or-later',
      [
        '# under the terms of the GNU Lesser General Public License; either',
        '# version 2.1 of the License, or (at your option) any later version.',
      ],
    ],
    [
      'LicenseRef-Amazon-Software-License',
      ['# Licensed under the Amazon Software License (the "License"). You may not', '# use this file'],
    ],
    ['AGPL-3.0-only', ['# licensed under the GNU Affero General Public License version 3']],
  ])('%s', (id, lines) => {
    expect(notice('# ACME', ...lines).recognized?.id).toBe(id);
  });

  test.each([
    ['MIT', '# MIT License'],
    ['MIT', '# License: MIT'],
    ['Apache-2.0', '# Licence: Apache-2.0'],
    ['Apache-2.0', '# Apache License 2.0'],
    ['UPL-1.0', '# LICENSE UPL 1.0'],
  ])('%s as a line of its own: %s', (id, line) => {
    expect(notice(line).recognized?.id).toBe(id);
  });

  test.each([
    ['below the first stage', read('FROM a\n# Licensed under the MIT License.\nRUN x').notice],
    ['of two licences', notice('# Licensed under the MIT License or the Apache License, Version 2.0')],
    ['that is only named', notice('# fetches a tool (MIT License) and one of GNU GPL version 2')],
  ])('a notice %s is none of ours', (_, found) => {
    expect(found.recognized).toBeNull();
  });

  test('a tag speaks louder than a notice', () => {
    expect(notice('# SPDX-License-Identifier: ISC', '# MIT License').recognized).toBeNull();
  });

  test.each([
    '# installs the licence server',
    '# MITM proxy',
    '# accept the license of the vendor',
    '# Licensed under the Acme Software License',
  ])('%s is no licence we know', (line) => {
    expect(notice(line).recognized).toBeNull();
  });
});
