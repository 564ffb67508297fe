import type { FailureSeen } from "../build-failed.ts"

const TAIL_LINES = 12

/**
 * Finds what went wrong in what mmdebstrap wrote: the step it was at, and the complaints.
 *
 * @example
 *   readRecipeFailure(["I: downloading packages with apt...", "E: Unable to locate package nosuch", "E: setup failed: apt-get"])
 *   // => { step: "downloading packages with apt", tail: ["E: Unable to locate package nosuch", "E: setup failed: apt-get"] }
 */
export function readRecipeFailure(lines: readonly string[]): FailureSeen {
  const step = lines.map(readRecipeStep).findLast((text) => text !== undefined)
  const complaints = lines.filter((line) => /^(E|W|Err|dpkg: error|ERROR)[: ]/.test(line))
  const tail = (complaints.length > 0 ? complaints : lines).slice(-TAIL_LINES)
  return { ...(step === undefined ? {} : { step }), tail }
}

/** What mmdebstrap says that it does now. */
export function readRecipeStep(line: string): string | undefined {
  const found = /^I: (.*?)(\.\.\.)?$/.exec(line)?.[1]
  return found === undefined || !/^(running|downloading|extracting|installing|cleaning|creating)\b/.test(found)
    ? undefined
    : found
        .replace(/^running --?customize-hook.*$/, "removing what is not wanted")
        .replace(/^running special hook: tar-in.*$/, "adding the gear's own files")
}

/**
 * Packages that the mirror does not have, which is the mistake that is made most.
 *
 * @example
 *   missingPackages(["E: Unable to locate package bowtie3"]) // => ["bowtie3"]
 */
export function missingPackages(lines: readonly string[]): readonly string[] {
  const names = lines.flatMap(
    (line) => /^E: (?:Unable to locate package|Package '?)\s*([a-z0-9][a-z0-9+.-]+)/.exec(line)?.[1] ?? [],
  )
  return [...new Set(names)]
}
