// When Docker Content Trust ends where, as data with its source: Docker's announcement of its retirement.

/** The first day on which Docker Hub's Notary server does not answer any more. */
export const HUB_NOTARY_ENDS = '2026-12-08';

/** Since this day no new tag of the Docker Official Images is signed that way. */
export const OFFICIAL_IMAGES_UNSIGNED_SINCE = '2025-08-08';
