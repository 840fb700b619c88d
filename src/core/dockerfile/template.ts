// A file that is called Dockerfile and is a template of one: where it shows, and the one gap it makes.
import type { Gap } from '../model/evidence.ts';
import type { RawInstruction } from './raw-instruction.ts';
import { refusal } from './refusals.ts';

/** `{{ … }}` of Go, Jinja, Mustache and their like, `{% … %}`, `<% … %>`. */
const TEMPLATE_MARK = /\{\{|\{%|<%/;
const STARTS_WITH_MARK = /^(?:\{\{|\{%|<%)/;

/** The line that shows a template: one that starts with a mark, or in what has no stage one that holds a mark. */
export function templateLine(
  instructions: readonly RawInstruction[],
  hasStages: boolean,
): RawInstruction | undefined {
  return (
    instructions.find((raw) => raw.problem !== null && STARTS_WITH_MARK.test(raw.line.text)) ??
    (hasStages ? undefined : instructions.find((raw) => TEMPLATE_MARK.test(raw.line.text)))
  );
}

/** One gap says it: every further line that isn't filled in yet follows from that. */
export function templateGap(raw: RawInstruction): Gap {
  return refusal(
    raw.location.path,
    raw.location,
    'The file is a template: what is built from it depends on what a tool fills in.',
    'Keep the Dockerfile that the tool makes in the repository, or give the template an ending of its own such as `.tmpl`.',
  );
}
