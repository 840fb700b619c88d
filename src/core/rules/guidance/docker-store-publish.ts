// The sentences of docker-store-publish, on publishing a product, in our own words.
import { type GuidanceSection, row, span } from './document.ts';

const STORE = 'outside: how the store itself works';
const PROGRAMME = 'outside: the certification programme is between publisher and store';
const MANIFEST = 'planned: rules on the product manifest (product-publishing)';
const SUPPORT = 'planned: rules on support information (product-publishing)';
const SCANS = 'planned: rules on vulnerability deadlines (product-publishing)';

export const storePublish: readonly GuidanceSection[] = [
  {
    section: '1',
    title: 'What may be published',
    sentences: 7,
    rows: [
      span(
        1,
        4,
        'Which runtime the content needs decides whether it can be published and certified.',
        PROGRAMME,
      ),
      span(5, 7, 'The same as a table, with who supports it.', PROGRAMME),
    ],
  },
  {
    section: '2',
    title: 'The way into the store',
    sentences: 13,
    rows: [
      span(1, 2, 'Where and with which account publishing starts.', STORE),
      row(3, 'Product images are kept in private repositories until they are reviewed.', MANIFEST),
      span(4, 6, 'The texts and links that go with a product are reviewed with the image.', MANIFEST),
      span(7, 9, 'Images are scanned, and problems are worked off before publication.', SCANS),
      span(10, 12, 'What certification adds.', PROGRAMME),
      row(13, 'A diagram shows the whole.', STORE),
    ],
  },
  {
    section: '3',
    title: 'Good content',
    sentences: 7,
    rows: [
      row(1, 'Follow good practice when building.', 'planned: hygiene rules (product-publishing)'),
      row(2, 'Small images, few layers, safe components.', 'planned: hygiene rules (product-publishing)'),
      span(3, 6, 'Where good practice is written down.', 'outside: pointers to other texts'),
      row(7, 'What follows keeps images free of known flaws.', 'outside: introduces what follows'),
    ],
  },
  {
    section: '4',
    title: 'A safe base',
    sentences: 7,
    rows: [
      span(1, 5, 'Some bases have a good record.'),
      span(
        6,
        7,
        'One of them is recommended.',
        'outside: a recommendation among equals; the policy’s list decides',
      ),
    ],
  },
  {
    section: '5',
    title: 'Nothing left over',
    sentences: 7,
    rows: [
      row(1, 'Components nobody uses have flaws too.', 'planned: hygiene rules (product-publishing)'),
      row(2, 'They can be avoided.', 'outside: introduces what follows'),
      row(
        3,
        'Use the package manager the way its guide says.',
        'planned: hygiene rules (product-publishing)',
      ),
      span(
        4,
        7,
        'What only the build needs is removed in the same instruction.',
        'planned: hygiene rules (product-publishing)',
      ),
    ],
  },
  {
    section: '6',
    title: 'Keeping up to date',
    sentences: 5,
    rows: [
      span(1, 2, 'What is in an image ages, so it has to be renewed.'),
      row(3, 'Move the base forward from time to time.'),
      span(4, 5, 'Build again from time to time, which brings in newer packages.'),
    ],
  },
  {
    section: '7',
    title: 'Scanning one’s own repositories',
    sentences: 3,
    rows: [span(1, 3, 'Scan before anybody else does.', SCANS)],
  },
  {
    section: '8',
    title: 'The publisher’s profile',
    sentences: 8,
    rows: [
      span(1, 3, 'Say who you are.', MANIFEST),
      span(4, 8, 'Name, site, telephone, address and icon.', MANIFEST),
    ],
  },
  {
    section: '9',
    title: 'The manifest',
    sentences: 15,
    rows: [
      row(1, 'Name the private repository and the tags behind the product.', MANIFEST),
      row(2, 'What that decides for the customer.', STORE),
      row(3, 'What the product’s page needs.', MANIFEST),
      span(4, 15, 'The twelve parts of it, from the name to the licence agreements.', MANIFEST),
    ],
  },
  { section: '10', title: 'How it is shown', sentences: 2, rows: [span(1, 2, 'How the page looks.', STORE)] },
  {
    section: '11',
    title: 'Supporting users',
    sentences: 2,
    rows: [span(1, 2, 'Users will ask, and it helps to have said where.', SUPPORT)],
  },
  {
    section: '12',
    title: 'Support information',
    sentences: 4,
    rows: [span(1, 4, 'Site, address and self-help.', SUPPORT)],
  },
  {
    section: '13',
    title: 'Service levels',
    sentences: 3,
    rows: [span(1, 3, 'A promise for each image, with hours and response times.', SUPPORT)],
  },
  {
    section: '14',
    title: 'Security scans',
    sentences: 5,
    rows: [
      span(1, 3, 'Images are taken apart, compared with known flaws, and the publisher is told.', SCANS),
      span(4, 5, 'Who sees results, and how to read them.', STORE),
    ],
  },
  {
    section: '15',
    title: 'How bad a flaw is, and how soon it has to go',
    sentences: 18,
    rows: [
      span(1, 7, 'Flaws have identifiers and a score.', SCANS),
      span(8, 11, 'From the score follow a class and a deadline.', SCANS),
      row(12, 'Others may add flaws and classes.', SCANS),
      span(13, 14, 'How the publisher hears of it.', STORE),
      span(
        15,
        18,
        'A missed deadline puts the product on hold, and at last takes it away.',
        'planned: hold (product-publishing)',
      ),
    ],
  },
  {
    section: '16',
    title: 'Audit and reports',
    sentences: 2,
    rows: [
      row(1, 'Activity stays on record for at least 180 days.', 'planned: retention of the ledger'),
      row(2, 'A monthly report to the publisher.', STORE),
    ],
  },
  {
    section: '17',
    title: 'Kinds of certification',
    sentences: 5,
    rows: [
      row(1, 'There are three.', PROGRAMME),
      row(2, 'One for images: tested, scanned, supported and of proven origin.', PROGRAMME),
      span(3, 5, 'One for plugins, one for infrastructure.', PROGRAMME),
    ],
  },
  {
    section: '18',
    title: 'Questions about certification',
    sentences: 32,
    rows: [
      span(1, 11, 'What it is, what it is good for, whether one needs it.', PROGRAMME),
      span(12, 16, 'Who answers when a customer asks.', PROGRAMME),
      span(17, 27, 'How to apply, and what it costs.', PROGRAMME),
      span(28, 29, 'What tells it from Docker Official Images.', PROGRAMME),
      span(30, 32, 'What plugins need beyond that.', PROGRAMME),
    ],
  },
];
