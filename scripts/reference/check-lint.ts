/**
 * Holds docs/reference/lint.md against the rules of gear lint.
 *
 *   node scripts/reference/check-lint.ts [--write]     --write brings the document up to date
 */
import type { LintRule } from "@geartrain/spec"
import { LINT_RULES } from "../../packages/geartrain/src/author/lint/all-rules.ts"
import { complain } from "../source/complain.ts"
import { generatedDocument } from "../source/generated-document.ts"

/** What the rules of an area are about, in the order of the document. */
const AREAS: Readonly<Record<string, string>> = {
  manifest: "Manifests that the specification accepts",
  command: "What the gear is started with",
  image: "Whether the image works elsewhere",
  repeat: "Whether the gear answers the same again",
  schema: "What the specification refuses",
  json: "What is no JSON",
}

complain(
  [...unknownAreas(), ...generatedDocument("docs/reference/lint.md", document(), "reference/check-lint.ts")],
  `${LINT_RULES.length} rules`,
)

function unknownAreas(): readonly string[] {
  return LINT_RULES.filter(({ id }) => !Object.hasOwn(AREAS, areaOf(id))).map(({ id }) => `${id} is of no known area`)
}

function areaOf(id: string): string {
  return id.split("/")[0] ?? ""
}

function document(): string {
  const sections = Object.entries(AREAS).map(([area, title]) => {
    const rules = LINT_RULES.filter(({ id }) => areaOf(id) === area)
    return `## ${title}\n\n${table(rules)}`
  })
  return `# Rules of gear lint

Made from the rules in \`packages/spec/src/lint\` and \`packages/geartrain/src/author/lint\` by \`node scripts/reference/check-lint.ts --write\`.

An *error* does not work, a *warning* works by chance or not everywhere, a *note* is worth knowing. \`gear lint\` ends with 1 when there is an
error, with \`--strict\` also when there is a warning. The severity in the table is the usual one; a finding says its own. What is marked *mends* is
changed by \`gear lint --fix\`, in manifests and scripts of a folder, where no other change could be meant.

${sections.join("\n")}`
}

function table(rules: readonly LintRule[]): string {
  const rows = rules.map(({ id, severity, finds, why, mends }) => {
    return `| \`${id}\` | ${severity} | ${cell(finds)} | ${cell(why)} | ${mends === true ? "mends" : ""} |`
  })
  return `| rule | severity | finds | why | --fix |\n| --- | --- | --- | --- | --- |\n${rows.join("\n")}\n`
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|")
}
