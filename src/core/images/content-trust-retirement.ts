// When Docker Content Trust ends where, as data with its sources, looked up on 2026-11-22.

/** The day on which Docker Hub's Notary server is shut down. Source: docs.docker.com/engine/security/trust, its warning. */
export const HUB_NOTARY_ENDS = '2026-12-08';

/**
 * The day from which the signing certificates of the Docker Official Images run out, the oldest first, and are not renewed:
 * pulls with content trust begin to fail. Source: docker.com/blog/retiring-docker-content-trust.
 */
export const OFFICIAL_IMAGES_EXPIRE_FROM = '2025-08-08';
