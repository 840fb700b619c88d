// What is known of a package manager: what it is called, when it fetches, how its packages are checked.

export type Manager = {
  readonly name: string;
  /** Sub-commands that fetch packages; of those without sub-commands `verbless` is set. */
  readonly verbs: RegExp;
  readonly verbless?: boolean;
  /** Options that take a value, so that it is not read as a package. */
  readonly valued: readonly string[];
  /** The index of packages is signed by its distributor. */
  readonly signed: boolean;
  /** Sub-command and command line of an installation by lock file with hashes. */
  readonly locked?: RegExp;
  /** Options that name another index. */
  readonly indexOptions?: readonly string[];
  /** Variables that name another index. */
  readonly indexVariables?: readonly string[];
  /** Options whose value may be a URL to install. */
  readonly urlOptions?: readonly string[];
  /** Fetches dependencies by name even when only local files are named. */
  readonly alwaysResolves?: boolean;
};

export type Managers = Readonly<Record<string, Manager>>;
