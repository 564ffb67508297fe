import type { LintFinding } from "@geartrain/spec"
import { readFile } from "../../system/files.ts"
import type { PlacedFault } from "../../workflows/read/checked-workflow.ts"
import { findingLines } from "../lint/finding-lines.ts"
import type { Terminal } from "../output/terminal.ts"

/** Shows faults of a workflow to people, each with its line and what mends it. */
export async function faultLines(faults: readonly PlacedFault[], { out }: Terminal): Promise<readonly string[]> {
  const texts = new Map<string, string>()
  for (const { file } of faults) {
    // It was read already, so that it is no larger than a document may be; gone meanwhile, the places alone are shown.
    if (!texts.has(file)) texts.set(file, await readFile(file, "utf8").catch(() => ""))
  }
  const page = { paint: out.paint, columns: out.columns, texts }
  return faults.flatMap((fault) => findingLines(findingOf(fault, texts.get(fault.file) ?? ""), page))
}

function findingOf({ file, line, column, where, problem, fix }: PlacedFault, text: string): LintFinding {
  const source = text.split(/\r\n|\n|\r/)[line - 1] ?? ""
  const word = /^(?:"[^"]*"|'[^']*'|[^\s,}\]#]+)/.exec(source.slice(column - 1))?.[0] ?? ""
  const place = { file, line, column, length: Math.max(1, word.replace(/:$/, "").length), pointer: where }
  return { rule: "workflow", severity: "error", place, message: problem, fix }
}
