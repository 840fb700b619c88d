// The text of a job as its author wrote it → which keys of the matrix it reads, and whether it holds credentials.
import type { JobSyntax, Workflow } from './workflow.ts';

/** Where each job of a workflow ends: a workflow has thousands of them, and each is asked about. */
const ENDS = new WeakMap<Workflow, ReadonlyMap<number, number>>();

function endsOf(workflow: Workflow): ReadonlyMap<number, number> {
  const found = ENDS.get(workflow);
  if (found !== undefined) return found;
  const starts = [...new Set(workflow.jobs.map((job) => startOf(job, workflow)))].sort((a, b) => a - b);
  const ends = new Map(starts.map((start, at) => [start, starts[at + 1] ?? workflow.source.text.length]));
  ENDS.set(workflow, ends);
  return ends;
}

function startOf(job: JobSyntax, workflow: Workflow): number {
  return workflow.source.lineStarts[job.location.range.start.line - 1] ?? 0;
}

export function jobText(job: JobSyntax, workflow: Workflow): string {
  const start = startOf(job, workflow);
  return workflow.source.text.slice(start, endsOf(workflow).get(start));
}

/** A whole-object use such as `toJSON(matrix)` reads every key. */
export function usesKey(text: string, key: string): boolean {
  const lower = text.toLowerCase();
  return (
    lower.includes(`matrix.${key}`) || lower.includes(`matrix['${key}']`) || /matrix\s*[)\]}]/.test(lower)
  );
}

export function holdsCredentials(job: JobSyntax, workflow: Workflow): boolean {
  const { env } = workflow;
  const shared = env === null ? '' : workflow.source.text.slice(env.start, env.end);
  const body = `${shared}\n${jobText(job, workflow)}`;
  const permissions = [workflow.permissions, job.permissions]
    .map((node) => (node === null ? '' : workflow.source.text.slice(node.start, node.end)))
    .join('\n');
  return (
    /secrets\.(?!GITHUB_TOKEN\b)\w+|secrets:\s*inherit|docker\/login-action|(docker|podman|buildah) login/i.test(
      body,
    ) || /packages:\s*write|write-all/.test(permissions)
  );
}
