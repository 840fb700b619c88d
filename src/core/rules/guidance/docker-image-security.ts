// The sentences of docker-image-security, on vetting images and on content trust, in our own words.
import { type GuidanceSection, row, span } from './document.ts';

export const imageSecurity: readonly GuidanceSection[] = [
  {
    section: '1',
    title: 'Vetting public images',
    sentences: 15,
    rows: [
      row(1, 'Public images are vetted inside and published again privately.'),
      row(2, 'What follows is how.', 'outside: introduces the steps'),
      row(3, 'Start from an image with its exact tag.'),
      row(4, 'Look the image up where it is published.', 'packet: lineage of each new base'),
      row(5, 'Find the tag there.', 'packet: lineage of each new base'),
      span(
        6,
        7,
        'From the tag follow the link to the Dockerfile behind it.',
        'packet: lineage of each new base',
      ),
      row(8, 'Read there which commands made the image.', 'packet: lineage of each new base'),
      row(9, 'That makes two more things possible.', 'outside: introduces what follows'),
      span(10, 11, 'Find the base of that image.', 'packet: lineage of each new base'),
      row(12, 'Go on to the root of the lineage.', 'packet: lineage of each new base'),
      row(
        13,
        'Each image of the lineage can be built again from source.',
        'outside: whoever vets decides what is built again; the lineage names source and commit',
      ),
      row(14, 'So each can be inspected, audited and scanned.', 'report: `clear-to-ship vet` and `inspect`'),
      row(15, 'Only copies that were vetted and signed inside are used.'),
    ],
  },
  {
    section: '2',
    title: 'Docker Content Trust',
    sentences: 1,
    rows: [row(1, 'Switch content trust on, so that signatures are made and checked.')],
  },
];
