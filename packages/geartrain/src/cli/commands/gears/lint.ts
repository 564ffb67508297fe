import { countFindings, GeartrainError, type JsonObject, type LintFinding } from "@geartrain/spec"
import { joinReports, type LintReport } from "../../../author/lint/lint-report.ts"
import { VERSION } from "../../../settings/version.ts"
import type { Command, CommandResult, Context } from "../../command.ts"
import { findingLines } from "../../lint/finding-lines.ts"
import type { ManifestReport } from "../../lint/lint-manifest-target.ts"
import { type LintTarget, lintTarget } from "../../lint/lint-target.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { EXIT_CODES } from "../../output/exit-codes.ts"
import type { ReplyError } from "../../output/reply.ts"
import { shellWord } from "../../output/shell-word.ts"

export const lintCommand: Command = {
  name: "lint",
  arguments: [
    {
      name: "WHAT",
      says: "A manifest, a folder with a gear's sources, an image in any packing, or a stored gear. Default: this folder",
      optional: true,
      many: true,
      complete: "file",
    },
  ],
  flags: {
    fix: {
      type: "switch",
      says: "Make the changes that are safe, in manifests and scripts that lie here, and touch nothing else in them",
    },
    strict: { type: "switch", says: "Warnings count as errors" },
    sarif: { type: "switch", says: "Print a SARIF 2.1.0 log, which code hosts and editors read" },
  },
  examples: [
    { command: "gear lint manifest.json", says: "What is wrong with a manifest, and what works by chance" },
    { command: "gear lint", says: "The gear whose sources are in this folder" },
    { command: "gear lint . --fix", says: "Look a gear's sources through, and mend what is safe to mend" },
    { command: "docker save fsl-bet | gear lint -", says: "Whether an image will work where its user is not root" },
    { command: "gear lint --sarif . > lint.sarif", says: "For a code host" },
  ],
  notes: [
    "An error does not work, a warning works by chance or not everywhere, a note is worth knowing. Each rule is explained in docs/reference/lint.md.",
    "--fix changes only what cannot be meant otherwise, such as a comma too many, a misspelt member, a number in quotes, or the line ends and the mode of a script; the rest of the file stays letter by letter as it is.",
  ],
  exits: "answer",
  exitNotes: { 0: "there are no errors; with --strict, no warnings either", 1: "there are" },
  run: async (context, given) => {
    const { reply, options } = context
    const flags = { fix: given.has("fix"), strict: given.has("strict"), sarif: given.has("sarif") }
    if (flags.sarif && options.json) {
      throw new GeartrainError("USAGE", "Cannot answer in two formats: --json and --sarif were given", {
        hint: "Leave one of them away",
      })
    }
    const reports: LintReport[] = []
    let mended = 0
    let fixable = 0
    const words = given.words.length === 0 ? ["."] : given.words
    for (const word of words) {
      const target = await lintTarget(word)
      const report = await lintOne(target, { fix: flags.fix, context })
      mended += report.mended
      fixable += report.fixable
      reports.push(report)
    }
    const report = joinReports(reports)
    if (flags.sarif) await printSarif(report, context)
    else printFindings(report, context)
    if (!flags.sarif) for (const line of summary(report, { mended, fixable, words })) reply.say(line)
    return answer(report, { mended, strict: flags.strict })
  },
}

async function lintOne(
  target: LintTarget,
  options: { readonly fix: boolean; readonly context: Context },
): Promise<ManifestReport> {
  if (target.kind === "manifest") {
    const { lintManifestTarget } = await import("../../lint/lint-manifest-target.ts")
    return await lintManifestTarget(target.path, options)
  }
  if (target.kind === "sources") {
    const { lintSourcesTarget } = await import("../../lint/lint-sources-target.ts")
    return await lintSourcesTarget(target.path, options)
  }
  const { lintImageTarget } = await import("../../lint/lint-image-target.ts")
  return { ...(await lintImageTarget(target, options.context)), mended: 0, fixable: 0 }
}

async function printSarif({ findings, texts }: LintReport, context: Context): Promise<void> {
  const [{ sarifLog }, { LINT_RULES }] = await Promise.all([
    import("../../../author/lint/sarif-log.ts"),
    import("../../../author/lint/all-rules.ts"),
  ])
  const log = sarifLog({ version: VERSION, findings, rules: LINT_RULES, texts })
  context.reply.print(JSON.stringify(log, undefined, 2))
}

function printFindings({ findings, texts }: LintReport, { reply, terminal }: Context): void {
  const { paint, columns } = terminal.out
  for (const finding of findings) {
    for (const line of findingLines(finding, { paint, columns, texts })) reply.print(line)
  }
}

interface Told {
  readonly mended: number
  readonly fixable: number
  readonly words: readonly string[]
}

function summary({ files, findings }: LintReport, { mended, fixable, words }: Told): readonly string[] {
  const { error, warning, note } = countFindings(findings)
  const where = files.length === 1 ? escapeText(files[0] ?? "") : formatCount(files.length, "file")
  const lines = mended === 0 ? [] : [`mended ${formatCount(mended, "fault")} in ${where}`]
  if (findings.length === 0) return [...lines, `${where}: nothing found`]
  const counts = [formatCount(error, "error"), formatCount(warning, "warning"), formatCount(note, "note")]
  lines.push(`${counts.filter((count) => !count.startsWith("0 ")).join(", ")} in ${where}`)
  if (fixable > 0) lines.push(`→ mend ${fixable} of them: gear lint --fix ${words.map(shellWord).join(" ")}`)
  return lines
}

function answer(
  { files, findings }: LintReport,
  { mended, strict }: { readonly mended: number; readonly strict: boolean },
): CommandResult {
  const counts = countFindings(findings)
  const data = { files, mended, counts: { ...counts }, findings: findings.map(toJson) }
  const bad = counts.error + (strict ? counts.warning : 0)
  if (bad === 0) return { data }
  const error: ReplyError = {
    code: "LINT_FOUND",
    message: `${formatCount(counts.error, "error")} and ${formatCount(counts.warning, "warning")}`,
    fix: findings.find(({ severity }) => severity === "error" || strict)?.fix ?? null,
    docs: "gear help LINT_FOUND",
    culprit: "gear",
    retryable: false,
  }
  return { data, exitCode: EXIT_CODES.NO, error }
}

function toJson({ place, edit, ...finding }: LintFinding): JsonObject {
  return { ...finding, place: { ...place }, ...(edit === undefined ? {} : { edit: { ...edit } }) }
}
