// The three guidance documents, taken apart.

import { dockerFlows } from './docker-flows.ts';
import { imageSecurity } from './docker-image-security.ts';
import { storePublish } from './docker-store-publish.ts';
import type { GuidanceDocument, GuidanceSection } from './document.ts';

export const GUIDANCE: Readonly<Record<GuidanceDocument, readonly GuidanceSection[]>> = {
  'docker-flows': dockerFlows,
  'docker-image-security': imageSecurity,
  'docker-store-publish': storePublish,
};
