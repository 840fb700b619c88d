// Image vetting: somebody inside has inspected every image from outside, and the copy that was published inside is used.
import { familiarReference, formatReference } from '../../images/reference.ts';
import {
  copiedFrom,
  copyOf,
  type RecordOf,
  type VettingState,
  vettingOf,
  vettingOfCopy,
} from '../../images/vetting.ts';
import type { Facts } from '../../model/facts.ts';
import type { Edit, Severity } from '../../model/finding.ts';
import type { ImageReference } from '../../model/image.ts';
import type { Policy } from '../../model/policy.ts';
import { mayAsk } from '../asked-images.ts';
import { replaceWithin } from '../edits.ts';
import { sampleDigest, sampleLineage } from '../image-samples.ts';
import { aboutImage, type EnteringImage, enteringImages, recordOf } from '../images.ts';
import { outsideImages } from '../outside-images.ts';
import { findingOf, type Observation, type Rule, sentences } from '../rule.ts';

const ENTRY =
  '    - image: docker.io/library/debian:13.*\n      vetted-by: acme/security\n      on: 2026-10-01\n      expires: 2027-03-31\n';
const REGISTER = `version: 1\nvetting:\n  images:\n${ENTRY}`;
const COPIES = `${REGISTER}      copy: 'registry.acme.example/base/debian:{tag}'\nregistries:\n  own: [registry.acme.example]\n`;

export const unvettedBaseImage: Rule = {
  id: 'unvetted-base-image',
  obligation: 'image-vetting',
  title: 'Images from outside were vetted inside, and the vetted copy is used',
  severity: 'error',
  why: 'Public images are vetted by nobody in particular: somebody who answers for it has to have inspected the image, best of all a copy that nobody outside can change. Asked for where policy keeps a register (`vetting.images`) or says `vetting.only-copies`.',
  remedy:
    'Use a vetted image or its copy inside, or have this one vetted: `clear-to-ship vet IMAGE` prints what a reviewer needs and the entry for the register.',
  decision: 'Is the image trusted without being vetted inside?',
  guidance: sentences('docker-image-security', 1, 1, 14, 15),
  examples: {
    accepts: [
      { title: 'A vetted image', policy: REGISTER, files: { Dockerfile: 'FROM debian:13.1\n' } },
      {
        title: 'The very digest that was looked at',
        policy: `${REGISTER}      digests: ['${sampleDigest('a1')}']\n`,
        files: { Dockerfile: 'FROM debian:13.1\n' },
        images: [sampleLineage('a1', 'debian:13.1')],
      },
      {
        title: 'Pinned to what the vetted tag stands for',
        policy: REGISTER,
        files: { Dockerfile: `FROM debian:13.1@${sampleDigest('a1')}\n` },
        images: [
          sampleLineage('a1', 'debian:13.1'),
          sampleLineage('a1', `debian:13.1@${sampleDigest('a1')}`),
        ],
      },
      {
        title: 'The copy inside',
        policy: COPIES,
        files: { Dockerfile: 'FROM registry.acme.example/base/debian:13.1\n' },
      },
      { title: 'Policy keeps no register', files: { Dockerfile: 'FROM somebody/base:1\n' } },
    ],
    rejects: [
      {
        title: 'An image that nobody vetted',
        policy: REGISTER,
        files: { Dockerfile: 'FROM debian:12.7\n' },
        expect: { outcome: 'needs-approval', line: 1 },
      },
      {
        title: 'There is a copy inside',
        policy: COPIES,
        files: { Dockerfile: 'FROM debian:13.1\n' },
        expect: { outcome: 'violation', line: 1 },
      },
      {
        title: 'Only copies inside may be used, and there is none of it',
        policy: `${REGISTER}  only-copies: true\n`,
        files: { Dockerfile: 'FROM debian:13.1\n' },
        expect: { outcome: 'violation', line: 1 },
      },
      {
        title: 'The name stands for something else by now',
        policy: `${REGISTER}      digests: ['${sampleDigest('a1')}']\n`,
        files: { Dockerfile: 'FROM debian:13.1\n' },
        images: [sampleLineage('b2', 'debian:13.1')],
        expect: { outcome: 'needs-approval', line: 1 },
      },
      {
        title: 'What the name stands for is not known',
        policy: `${REGISTER}      digests: ['${sampleDigest('a1')}']\n`,
        files: { Dockerfile: 'FROM debian:13.1\n' },
        expect: { outcome: 'unknown', line: 1 },
      },
      {
        title: 'A digest beside a vetted tag, which stands for something else',
        policy: REGISTER,
        files: { Dockerfile: `FROM debian:13.1@${sampleDigest('b2')}\n` },
        images: [
          sampleLineage('a1', 'debian:13.1'),
          sampleLineage('b2', `debian:13.1@${sampleDigest('b2')}`),
        ],
        expect: { outcome: 'needs-approval', line: 1 },
      },
      {
        title: 'Vetted by its name, where policy asks for content',
        policy: `${REGISTER}  require-digests: true\n`,
        files: { Dockerfile: 'FROM debian:13.1\n' },
        images: [sampleLineage('a1', 'debian:13.1')],
        expect: { outcome: 'needs-approval', line: 1 },
      },
      {
        title: 'A vetting that has run out',
        policy: REGISTER.replace('2027-03-31', '2026-11-20'),
        files: { Dockerfile: 'FROM debian:13.1\n' },
        expect: { outcome: 'needs-approval', line: 1 },
      },
    ],
  },
  check: (facts, policy) => {
    const { registers, onlyCopies } = policy.vetting;
    if (registers.length === 0 && !onlyCopies) return [];
    const today = facts.at.slice(0, 10);
    return vettableImages(facts, policy, today).flatMap((image) => {
      const { reference } = image;
      if (reference === null) return [];
      const seen = observation(image, reference, facts, policy);
      if (seen === null) return [];
      const { standsFor, ...said } = seen;
      return findingOf(unvettedBaseImage, {
        ...said,
        location: image.entry.location,
        message: `The ${image.role} \`${image.name}\` ${seen.message}.`,
        // Who accepts one digest has not accepted what the name stands for later.
        about: { ...aboutImage(image), ...(standsFor === undefined ? {} : { digest: [standsFor] }) },
      });
    });
  },
};

/** Images from outside, and the copies that were made of them: a copy is as good as what it holds. */
function vettableImages(facts: Facts, policy: Policy, today: string): readonly EnteringImage[] {
  const outside = new Set(outsideImages(facts, policy));
  return enteringImages(facts).filter(
    (image) =>
      outside.has(image) ||
      (image.reference !== null && copiedFrom(image.reference, policy.vetting, today).length > 0),
  );
}

type Seen = Pick<Observation, 'outcome' | 'message'> & {
  /** What is accepted with it, where a register names digests. */
  readonly standsFor?: string;
} & Partial<Pick<Observation, 'severity' | 'remedy' | 'edit'>>;

/** What to say of the image, as the rest of a sentence; null when nothing. */
function observation(
  image: EnteringImage,
  reference: ImageReference,
  facts: Facts,
  policy: Policy,
): Seen | null {
  const today = facts.at.slice(0, 10);
  const { vetting } = policy;
  const said: RecordOf = (named) => recordOf(facts, named);
  if (copiedFrom(reference, vetting, today).length > 0)
    return unlessVetted(vettingOfCopy(reference, said, vetting, today));
  const copy = copyOf(reference, vetting, today);
  const severity: Severity = vetting.onlyCopies ? 'error' : 'note';
  if (copy !== null)
    return {
      outcome: 'violation',
      severity,
      message: `was vetted, and the vetted copy inside is \`${formatReference(copy)}\``,
      ...suggestion(image, copy, facts, policy),
    };
  const state = vettingOf(reference, said, vetting, today);
  if (vetting.onlyCopies)
    return {
      outcome: 'violation',
      message: `${state.kind === 'vetted' && vetting.registers.length > 0 ? 'was vetted, yet' : 'was not vetted, and'} only copies inside may be used here, and policy names none of it`,
    };
  return unlessVetted(state);
}

function unlessVetted(state: VettingState): Seen | null {
  switch (state.kind) {
    case 'vetted':
      return null;
    case 'unlisted':
      return { outcome: 'needs-approval', message: 'was not vetted: it is not in the register' };
    case 'expired':
      return {
        outcome: 'needs-approval',
        message: `was vetted until ${state.entry.expires} by \`${state.entry.vettedBy}\`, and not again`,
      };
    case 'other':
      return {
        outcome: 'needs-approval',
        message: `stands for \`${state.digest}\`, which is none of the digests that \`${state.entry.vettedBy}\` vetted`,
        standsFor: state.digest,
      };
    case 'moved':
      return {
        outcome: 'needs-approval',
        message: `is pinned to other content than the tag that \`${state.entry.vettedBy}\` vetted, which stands for \`${state.digest}\``,
        remedy: 'Pin what the tag stands for, or have the pinned digest vetted and listed in `digests`.',
        standsFor: state.digest,
      };
    case 'by-name':
      return {
        outcome: 'needs-approval',
        message: `was vetted by \`${state.entry.vettedBy}\` by its name alone, and policy asks for the digest that was looked at`,
        remedy: '`clear-to-ship vet IMAGE` prints the entry with the digests to list.',
      };
    case 'unknown':
      return {
        outcome: 'unknown',
        message: `was vetted by \`${state.entry.vettedBy}\` for other or the same content: what the name stands for is not known`,
        standsFor: 'not known',
      };
    default:
      return state satisfies never;
  }
}

/** With the digest the copy has now; no edit while its registry is still to be asked, since the better one is a moment away. */
function suggestion(
  { dockerfile, entry, name }: EnteringImage,
  copy: ImageReference,
  facts: Facts,
  policy: Policy,
): { readonly remedy: string; readonly edit: Edit | null } {
  const record = recordOf(facts, copy);
  const isPending = mayAsk(copy, policy) && record !== null && record.askedAt === null;
  const digest = copy.digest ?? record?.digest ?? null;
  const named = familiarReference({ ...copy, digest });
  return {
    remedy: `Write \`${named}\`.`,
    edit: isPending ? null : replaceWithin(dockerfile, entry.location, name, named),
  };
}
