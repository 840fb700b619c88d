// Which command lines start a shell that reads POSIX shell syntax.

const POSIX = new Set(['sh', 'bash', 'dash', 'ash', 'ksh', 'ksh93', 'mksh', 'zsh', 'rbash']);

/** The program of a command line without folder, `.exe` and arguments, in lower case. */
export function shellName(shell: string): string {
  const program = shell.trim().split(/\s+/, 1)[0] ?? '';
  const base = program.slice(Math.max(program.lastIndexOf('/'), program.lastIndexOf('\\')) + 1).toLowerCase();
  return base.endsWith('.exe') ? base.slice(0, -4) : base;
}

/** Whether a shell, given by name, path or command line (`bash -e {0}`), reads what `traceScript` reads. */
export function isPosixShell(shell: string): boolean {
  return POSIX.has(shellName(shell)) || /^(busybox|\/bin\/busybox)\s+(a?sh)\b/.test(shell);
}

export function isPowerShell(shell: string): boolean {
  const name = shellName(shell);
  return name === 'powershell' || name === 'pwsh';
}

/** Whether the shell ends at the first failing command, judged by its options. */
export function exitsOnError(shell: string): boolean {
  return / -[a-zA-Z]*e[a-zA-Z]*( |$)|-o errexit/.test(shell);
}

/** Whether a pipeline fails in the shell when any of its commands does, judged by its options. */
export function pipesFail(shell: string): boolean {
  return /o pipefail/.test(shell);
}
