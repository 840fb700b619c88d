import { describe, expect, test } from '@jest/globals';
import { supportOf } from '../../../src/core/images/distribution-support.ts';
import { distributionOf, supportOfImage } from '../../../src/core/images/distributions.ts';
import { officialStatus } from '../../../src/core/images/official-images.ts';
import { parseReference } from '../../../src/core/images/reference.ts';
import type { ImageReference } from '../../../src/core/model/image.ts';

function reference(name: string): ImageReference {
  const parsed = parseReference(name);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

const DIGEST = `sha256:${'0a'.repeat(32)}`;

describe('official images', () => {
  test.each([
    ['debian', 'official'],
    ['mirror.gcr.io/library/debian', 'official'],
    ['arm32v7/debian:12', 'official'],
    ['amd64/alpine', 'official'],
    ['amd64/consul', 'retired'],
    ['quay.io/amd64/alpine', 'none'],
    ['public.ecr.aws/docker/library/python:3.13', 'official'],
    ['centos:7', 'retired'],
    ['jenkins', 'retired'],
    ['library/no-such-image', 'none'],
    ['acme/debian', 'none'],
    ['quay.io/library/debian', 'none'],
    ['library/debian/debian', 'none'],
  ])('%s: %s', (name, status) => {
    expect(officialStatus(reference(name))).toBe(status);
  });
});

describe('the distribution in a name', () => {
  test.each([
    ['debian:12', 'debian 12'],
    ['debian:12.5-slim', 'debian 12'],
    ['debian:bookworm-20250101-slim', 'debian 12'],
    ['debian', 'debian ?'],
    ['debian:stable-slim', 'debian ?'],
    ['ubuntu:24.04', 'ubuntu 24.04'],
    ['ubuntu:jammy-20240101', 'ubuntu 22.04'],
    ['ubuntu:rolling', 'ubuntu ?'],
    ['alpine:3.20.3', 'alpine 3.20'],
    ['alpine:3', 'alpine ?'],
    ['alpine:edge', 'alpine ?'],
    ['fedora:41', 'fedora 41'],
    ['registry.fedoraproject.org/fedora-minimal:40', 'fedora 40'],
    ['centos:7.9.2009', 'centos 7'],
    ['centos:centos8', 'centos 8'],
    ['quay.io/centos/centos:stream9', 'centos-stream 9'],
    ['rockylinux:9.3-minimal', 'rocky 9'],
    ['almalinux:8', 'alma 8'],
    ['oraclelinux:8.10', 'oracle 8'],
    ['ghcr.io/oracle/oraclelinux:9-slim', 'oracle 9'],
    ['mcr.microsoft.com/windows/nanoserver:ltsc2022', 'windows ltsc2022'],
    ['mcr.microsoft.com/windows/servercore:ltsc2025-amd64', 'windows ltsc2025'],
    ['mcr.microsoft.com/windows/nanoserver:1809', 'windows ltsc2019'],
    ['mcr.microsoft.com/windows/servercore:10.0.17763.1457', 'windows ltsc2019'],
    ['mcr.microsoft.com/windows:20H2', 'windows 20H2'],
    ['mcr.microsoft.com/windows/server:ltsc2022', 'windows ltsc2022'],
    ['mcr.microsoft.com/windows/servercore:10.0.14393.2363', 'windows ltsc2016'],
    ['microsoft/nanoserver:10.0.14393.2363', 'windows sac2016'],
    ['mcr.microsoft.com/windows/servercore/iis:windowsservercore-ltsc2019', 'windows ltsc2019'],
    ['mcr.microsoft.com/dotnet/sdk:8.0-nanoserver-1809', 'windows ltsc2019'],
    ['mcr.microsoft.com/dotnet/framework/runtime:4.8-20210608-windowsservercore-20H2', 'windows 20H2'],
    ['python:3.13-windowsservercore-ltsc2025', 'windows ltsc2025'],
    ['mcr.microsoft.com/windows/nanoserver', 'windows ?'],
    ['amazonlinux:2', 'amazon 2'],
    ['amazonlinux:2.0.20240101.0', 'amazon 2'],
    ['amazonlinux:2023', 'amazon 2023'],
    ['amazonlinux:1', 'amazon 2018.03'],
    ['opensuse/leap:15.6', 'opensuse-leap 15.6'],
    ['opensuse/tumbleweed', 'opensuse-tumbleweed ?'],
    ['registry.access.redhat.com/ubi9/ubi-minimal:9.4', 'rhel 9'],
    ['registry.access.redhat.com/ubi8:8.10', 'rhel 8'],
    ['gcr.io/distroless/static-debian12:nonroot', 'debian 12'],
    ['python:3.13-slim-bookworm', 'debian 12'],
    ['node:22-alpine3.21', 'alpine 3.21'],
    ['node:22-alpine', 'alpine ?'],
    ['eclipse-temurin:21-jre-noble', 'ubuntu 24.04'],
    ['eclipse-temurin:21-ubi9-minimal', 'rhel 9'],
    ['amazoncorretto:21-al2023', 'amazon 2023'],
    ['mcr.microsoft.com/dotnet/sdk:8.0-jammy', 'ubuntu 22.04'],
    [`debian:12@${DIGEST}`, 'debian 12'],
  ])('%s: %s', (name, expected) => {
    const found = distributionOf(reference(name));
    expect(`${found?.id} ${found?.release ?? '?'}`).toBe(expected);
  });

  test.each([
    ['python:3.13'],
    ['python:3.13-slim'],
    ['scratchpad/thing:bookworm'],
    ['acme/base:alpine3.20'],
    ['nginx'],
    ['gcr.io/distroless/static'],
    ['node:constructor'],
    ['golang:1.23-nanoserver'],
    ['acme/windows/nanoserver:1809'],
  ])('%s says nothing certain', (name) => {
    expect(distributionOf(reference(name))).toBeNull();
  });

  test('a digest alone leaves the release open', () => {
    expect(distributionOf(reference(`debian@${DIGEST}`))).toEqual({ id: 'debian', release: null });
  });
});

describe('support', () => {
  test.each([
    ['debian:10', '2022-09-10', '2024-06-30'],
    ['ubuntu:20.04', '2025-05-31', '2030-04-02'],
    ['alpine:3.19', '2025-11-01', null],
    ['centos:8', '2021-12-31', null],
    ['mcr.microsoft.com/windows/nanoserver:1809', '2029-01-09', null],
    ['golang:1.16-windowsservercore-1909', '2021-05-11', null],
    ['node:20-bullseye', '2024-08-14', '2026-08-31'],
  ])('%s ends on %s', (name, ends, extended) => {
    expect(supportOfImage(reference(name))).toMatchObject({ ends, extended });
  });

  test('nothing is said of open and unknown releases', () => {
    expect(supportOfImage(reference('debian:stable'))).toBeNull();
    expect(supportOfImage(reference('alpine:3.99'))).toBeNull();
    expect(supportOf('opensuse-tumbleweed', '')).toBeNull();
  });
});
