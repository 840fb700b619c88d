// The text of a job as its author wrote it → which keys of the matrix it reads, and whether it holds credentials.
import type { JobSyntax, Workflow } from './workflow.ts';

export function jobText(job: JobSyntax, workflow: Workflow): string {
  const { start } = job.location.range;
  const from = workflow.source.lineStarts[start.line - 1] ?? 0;
  const ends = workflow.jobs
    .map((other) => workflow.source.lineStarts[other.location.range.start.line - 1] ?? 0)
    .filter((at) => at > from);
  return workflow.source.text.slice(from, ends.length === 0 ? undefined : Math.min(...ends));
}

/** A whole-object use such as `toJSON(matrix)` reads every key. */
export function usesKey(text: string, key: string): boolean {
  const lower = text.toLowerCase();
  return (
    lower.includes(`matrix.${key}`) || lower.includes(`matrix['${key}']`) || /matrix\s*[)\]}]/.test(lower)
  );
}

export function holdsCredentials(job: JobSyntax, workflow: Workflow): boolean {
  const body = jobText(job, workflow);
  const permissions = [workflow.permissions, job.permissions]
    .map((node) => (node === null ? '' : workflow.source.text.slice(node.start, node.end)))
    .join('\n');
  return (
    /secrets\.(?!GITHUB_TOKEN\b)\w+|secrets:\s*inherit|docker\/login-action|(docker|podman|buildah) login/i.test(
      body,
    ) || /packages:\s*write|write-all/.test(permissions)
  );
}
