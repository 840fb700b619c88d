// What a repository answers for its own deliveries; part of what is asked for, and grants nothing.
import type { Location } from './position.ts';

export type AnswerName =
  | 'product'
  | 'description'
  | 'license'
  | 'owner'
  | 'contact'
  | 'bom'
  | 'justification'
  | 'updates'
  | 'notices'
  | 'sources';

export type DeliveryAnswers = {
  /** Pattern of `host/repository`, or of an archive's file, that the answers are for. */
  readonly destination: string;
  readonly answers: Readonly<Partial<Record<AnswerName, string>>>;
  /** Answers that name a file which is not in the repository. */
  readonly absent: readonly AnswerName[];
  /** The destination as it stands in the file. */
  readonly location: Location;
};

/** `.github/delivery.yml` of the head, checked against its schema. */
export type DeliveryFile = {
  readonly path: string;
  readonly text: string;
  readonly entries: readonly DeliveryAnswers[];
};
