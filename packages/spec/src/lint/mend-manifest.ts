import { applyEdits } from "../text/text-edit.ts"
import { lintManifestFile, type ManifestLint } from "./lint-manifest-file.ts"

/** A manifest after all that was safe to change. */
export interface MendedManifest {
  readonly text: string
  /** Changes that were made; 0 where the text is as it was. */
  readonly made: number
  /** What is left to find. */
  readonly lint: ManifestLint
}

// One fault can hide another: of faults in the text, those in its meaning. Each round mends one layer.
const MOST_ROUNDS = 10

/**
 * Makes every change that is safe, until there is none left. What is not changed stays letter by letter as it was.
 *
 * @param file  What the reader knows it by.
 * @example
 *   mendManifest('{"name": "a",}', "manifest.json").text // => '{"name": "a"}'
 */
export function mendManifest(text: string, file: string): MendedManifest {
  let current: MendedManifest = { text, made: 0, lint: lintText(text, file) }
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const edits = current.lint.findings.flatMap(({ edit }) => (edit === undefined ? [] : [edit]))
    if (edits.length === 0) break
    const changed = applyEdits(current.text, edits)
    current = { text: changed.text, made: current.made + changed.made, lint: lintText(changed.text, file) }
  }
  return current
}

function lintText(text: string, file: string): ManifestLint {
  return lintManifestFile(new TextEncoder().encode(text), file)
}
