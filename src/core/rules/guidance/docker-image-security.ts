// The sentences of docker-image-security, on vetting images and on content trust, in our own words.
import { type GuidanceSection, row, span } from './document.ts';

export const imageSecurity: readonly GuidanceSection[] = [
  {
    section: '1',
    title: 'Vetting public images',
    sentences: 15,
    rows: [
      row(
        1,
        'Public images are vetted inside and published again privately.',
        'planned: unvetted-base-image',
      ),
      row(2, 'What follows is how.', 'outside: introduces the steps'),
      row(3, 'Start from an image with its exact tag.'),
      row(4, 'Look the image up where it is published.', 'planned: lineage-unknown'),
      row(5, 'Find the tag there.', 'planned: lineage-unknown'),
      span(6, 7, 'From the tag follow the link to the Dockerfile behind it.', 'planned: lineage-unknown'),
      row(8, 'Read there which commands made the image.', 'planned: lineage-unknown'),
      row(9, 'That makes two more things possible.', 'outside: introduces what follows'),
      span(10, 11, 'Find the base of that image.', 'planned: lineage-unknown'),
      row(12, 'Go on to the root of the lineage.', 'planned: lineage-unknown'),
      row(13, 'Each image of the lineage can be built again from source.', 'planned: lineage-unknown'),
      row(14, 'So each can be inspected, audited and scanned.', 'planned: unvetted-base-image'),
      row(15, 'Only copies that were vetted and signed inside are used.', 'planned: unvetted-base-image'),
    ],
  },
  {
    section: '2',
    title: 'Docker Content Trust',
    sentences: 1,
    rows: [row(1, 'Switch content trust on, so that signatures are made and checked.')],
  },
];
