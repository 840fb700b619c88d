// The sentences of docker-flows, the thirteen flows, in our own words.
import { type GuidanceSection, row } from './document.ts';

export const dockerFlows: readonly GuidanceSection[] = [
  {
    section: '1',
    title: 'Where the Dockerfile comes from',
    sentences: 5,
    rows: [
      row(1, 'Say whether the Dockerfile is our own work or taken from another one.'),
      row(2, 'If it was taken: was there a licence on the original?'),
      row(3, 'Know where the content of the Dockerfile comes from.'),
      row(4, 'Keep to the licence under which it came in.'),
      row(5, 'Put a licence on the Dockerfile, above all if it is shipped.'),
    ],
  },
  {
    section: '2',
    title: 'Base images and their layers',
    sentences: 5,
    rows: [
      row(1, 'Know where the layers below ours come from.', 'packet: lineage of each new base'),
      row(2, 'Know which distribution lies at the bottom.'),
      row(3, 'OSPO and security team have to accept the base.'),
      row(4, 'Docker Official Images are preferred.'),
      row(5, 'Find out whether the base asks for attribution, sources or the like.'),
    ],
  },
  {
    section: '3',
    title: 'Code from outside the organisation',
    sentences: 6,
    rows: [
      row(1, 'Say what comes in from outside.', 'packet: what is in each Dockerfile behind a delivery'),
      row(2, 'Know what was brought in and from where.'),
      row(3, 'Know what the licences of it mean for us.'),
      row(4, 'List it in the bill of materials.'),
      row(5, 'List it in the request for approval.', 'packet: what is in each Dockerfile behind a delivery'),
      row(6, 'Download over a secure channel, and check digests where there are any.'),
    ],
  },
  {
    section: '4',
    title: 'Code from other parts of the organisation',
    sentences: 3,
    rows: [
      row(1, 'Tell own code from code of other projects of the organisation.'),
      row(
        2,
        'All of it is part of the request for approval.',
        'packet: what is in each Dockerfile behind a delivery',
      ),
      row(3, 'Another project’s code is either cleared there or becomes part of this request.'),
    ],
  },
  {
    section: '5',
    title: 'Releasing the Dockerfile',
    sentences: 4,
    rows: [
      row(1, 'Say whether the Dockerfile reaches anybody outside, whichever way.'),
      row(2, 'A released Dockerfile carries a licence.'),
      row(3, 'That licence has to go together with the licences of what was copied into it.'),
      row(4, 'A release needs an approval for external delivery.'),
    ],
  },
  {
    section: '6',
    title: 'Layers in a public registry',
    sentences: 6,
    rows: [
      row(1, 'Say whether layers are pushed to somebody else’s public registry.'),
      row(2, 'Know everything in the layers we made.'),
      row(
        3,
        'A push offers all layers, the base’s too.',
        'packet: layers of what is delivered, and whose they are',
      ),
      row(
        4,
        'The registry drops layers that it already has.',
        'outside: what a registry keeps is its own; which layers are not ours stands in the packet',
      ),
      row(
        5,
        'So the base’s layers are not delivered by us here.',
        'packet: layers of what is delivered, and whose they are',
      ),
      row(6, 'The push needs an approval for external delivery.'),
    ],
  },
  {
    section: '7',
    title: 'Layers in our own registry (dissuaded)',
    sentences: 4,
    rows: [
      row(1, 'Here every layer is delivered by us, also those from outside.'),
      row(2, 'We need the right to deliver each of them.'),
      row(3, 'The duties that come with them have to be met.'),
      row(4, 'It needs an approval for external delivery.'),
    ],
  },
  {
    section: '8',
    title: 'A whole image as a file (dissuaded)',
    sentences: 5,
    rows: [
      row(1, 'An image archive holds all layers, also those from outside.'),
      row(2, 'So all of them are delivered by us.'),
      row(3, 'We need the right to deliver each of them.'),
      row(4, 'The duties that come with them have to be met.'),
      row(5, 'It needs an approval for external delivery.'),
    ],
  },
  {
    section: '9',
    title: 'A recipient imports the archive',
    sentences: 2,
    rows: [
      row(1, 'Everything in the archive reaches the recipient from us.'),
      row(2, 'The duties of flow 8 have been met.'),
    ],
  },
  {
    section: '10',
    title: 'A recipient builds the Dockerfile',
    sentences: 3,
    rows: [
      row(1, 'The recipient’s build fetches everything again from its sources.'),
      row(2, 'The Dockerfile has a licence, as in flow 5.'),
      row(3, 'Don’t hand out a Dockerfile whose result breaks licences.'),
    ],
  },
  {
    section: '11',
    title: 'A recipient pulls from a public registry',
    sentences: 3,
    rows: [
      row(
        1,
        'The layers below ours come from that registry.',
        'packet: layers of what is delivered, and whose they are',
      ),
      row(
        2,
        'Those layers are neither changed nor delivered by us.',
        'packet: layers of what is delivered, and whose they are',
      ),
      row(3, 'Flow 6 has shown that our layer may be published.'),
    ],
  },
  {
    section: '12',
    title: 'A recipient pulls from our registry',
    sentences: 3,
    rows: [
      row(1, 'All layers come from our registry.'),
      row(2, 'So all of them are delivered by us.'),
      row(3, 'We have to maintain all of them, security updates included.'),
    ],
  },
  {
    section: '13',
    title: 'Merging layers',
    sentences: 4,
    rows: [
      row(1, 'Own layers are not merged with those of a base.'),
      row(2, 'Layers of a base are not merged with each other.'),
      row(3, 'Merging takes other people’s components, and their licences, into our layer.'),
      row(4, 'Own layers may be merged.'),
    ],
  },
];
