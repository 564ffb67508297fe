import type { OutputComparison } from "../../engine/proof/compare-contents.ts"
import type { FileComparison } from "../../formats/file-comparison.ts"
import { escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"
import { textTable } from "../output/text-table.ts"

/** How files differ, one after the other: the kind of difference as a sentence, then the first places. */
export function contentLines(outputs: readonly OutputComparison[], paint: Paint): readonly string[] {
  return outputs.flatMap(({ path, comparison, missing = [] }) => [
    "",
    ...(comparison === undefined
      ? [
          `${escapeText(path)}  not compared: the bytes of ${missing.length === 2 ? "both" : "one"} are no longer stored`,
          ...missing.map((digest) => `  ${paint.cyan("→")} gear restore ${digest}`),
        ]
      : comparisonLines(path, comparison, paint)),
  ])
}

export function comparisonLines(name: string, comparison: FileComparison, paint: Paint): readonly string[] {
  const { format, summary, differences, omitted } = comparison
  const rows = differences.map(({ place, a, b }) => [
    `  ${escapeText(place)}`,
    paint.red(a === undefined ? "" : escapeText(a)),
    paint.green(b === undefined ? "" : escapeText(b)),
  ])
  return [
    `${escapeText(name)}  ${paint.dim(`${format}:`)} ${escapeText(summary)}`,
    ...(rows.length === 0 ? [] : textTable([{ title: "" }, { title: "A" }, { title: "B" }], rows).slice(1)),
    ...(omitted === 0 ? [] : [`  … and ${omitted} more`]),
  ]
}
