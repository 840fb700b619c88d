// What a Dockerfile brings in from elsewhere (flows 2, 3 and 4).
import type { Location } from './position.ts';
import type { Truth, Value } from './value.ts';

export type ImportKind =
  /** `FROM image`. */
  | 'base-image'
  /** `COPY --from=image`, `RUN --mount=from=image`, also in an `ONBUILD` trigger. */
  | 'copied-image'
  | 'mounted-image'
  /** `# syntax=image`: the frontend that builds the file. */
  | 'frontend-image'
  /** `ADD https://…`. */
  | 'remote-add'
  /** `ADD git@…` and `git clone`. */
  | 'git-clone'
  /** curl, wget and the like. */
  | 'download'
  /** `pip install https://…`, `npm i git+…`, `go install path@version`: a package straight from a URL or repository. */
  | 'package-url'
  /** A package manager that resolves names: apt, apk, npm, pip. One import per command. */
  | 'package-manager'
  /** An added package repository or its key. */
  | 'package-repository';

/** How what arrived is shown to be what was meant, weakest last. */
export type Verification = {
  readonly method:
    | 'signature'
    /** A digest kept in this repository. */
    | 'pinned-checksum'
    /** A checksum or key fetched from where the file came from, or a hash that can be forged. */
    | 'fetched-checksum'
    | 'none'
    | 'unknown';
  /** The command that verifies, or with `none` one that stops nothing in time; null when there is none. */
  readonly location: Location | null;
};

export type Pinning =
  /** A content digest or a full commit id. */
  | 'digest'
  /** A version or tag somebody could move. */
  | 'version'
  /** `latest`, a branch, no version at all. */
  | 'moving'
  | 'unknown';

export type Import = {
  readonly kind: ImportKind;
  /** Image name, URL, or for package managers the tool's name. */
  readonly source: Value;
  /** Index of the stage it enters; -1 for the frontend, which builds the file itself. */
  readonly stage: number;
  readonly location: Location;
  /** Line of the instruction that holds it (1-based). */
  readonly instructionLine: number;
  /** TLS or SSH with verification on, or an authenticated protocol. */
  readonly secureChannel: Truth;
  readonly verification: Verification;
  readonly pinning: Pinning;
  readonly pipedToShell: boolean;
  /** The names of packages, for package managers; otherwise empty. */
  readonly packages: readonly string[];
  /** Switches that weaken the import, e.g. `--insecure`, `--allow-unauthenticated`. */
  readonly weakened: readonly { readonly option: string; readonly location: Location }[];
};
