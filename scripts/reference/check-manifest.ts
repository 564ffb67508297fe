/**
 * Holds docs/reference/manifest.md against the published schema of gear manifests.
 *
 *   node scripts/reference/check-manifest.ts [--write]     --write brings the document up to date
 */
import { HIGHEST_ID, KNOWN_CAPABILITIES, LICENSES } from "@geartrain/spec"
import { GEAR_MANIFEST_SCHEMA } from "@geartrain/spec/schemas"
import { complain } from "../source/complain.ts"
import { generatedDocument } from "../source/generated-document.ts"
import { type FieldRow, fieldRows } from "./field-words.ts"

/** What a gear does without a member. A member that is not here and not required has no effect when it is missing. */
const WITHOUT: Readonly<Record<string, string>> = {
  command: "the executable `run`",
  capabilities: "none: no network",
  environment: "none beyond what every gear has",
}

const rows = fieldRows(GEAR_MANIFEST_SCHEMA)
const unknown = Object.keys(WITHOUT).filter((name) => !rows.some((row) => row.name === name && !row.isRequired))
complain(
  [
    ...unknown.map((name) => `scripts/reference/check-manifest.ts: "${name}" is no member that may be missing`),
    ...generatedDocument("docs/reference/manifest.md", text(), "reference/check-manifest.ts"),
  ],
  `${rows.length} members`,
)

function text(): string {
  return `# Members of a gear manifest

Made from \`GEAR_MANIFEST_SCHEMA\` in \`packages/spec/src\` by \`node scripts/reference/check-manifest.ts --write\`. What they mean is in
[the specification](../spec/manifest.md), what is accepted and wrong all the same in [the rules of \`gear lint\`](lint.md); the schema itself is printed by \`gear schema gear-manifest\`.

The file is \`/flywheel/v0/manifest.json\` in the gear's root filesystem: one JSON object, with no other members than these. Lengths count characters.
*Since* is the version of the gear specification that brought a member.

| member | required | type | rules | without it | since | what it is |
| --- | --- | --- | --- | --- | --- | --- |
${rows.map(memberLine).join("\n")}

## One of \`config\`

A schema of JSON Schema draft 4 for the value, with these members besides; one of the two at most. A value with neither has to be set by the user.

| member | type | what it is |
| --- | --- | --- |
| \`default\` | a value that keeps the schema | What the gear is given where the user sets nothing |
| \`optional\` | true or false | The value may be missing |

## One of \`inputs\`

${inputForms().join("\n\n")}

## Reserved members of \`custom.flywheel\`

| member | type | without it |
| --- | --- | --- |
| \`uid\`, \`gid\` | whole number from 0 to ${HIGHEST_ID} | 0: the gear runs as root of its box |
| \`show-job\` | true or false | config.json does not tell the gear its job |
| \`invalid\` | true or false | the gear may be started |
| \`suite\`, \`module\`, \`classification\`, \`private\` | free | nothing: they change nothing here |

## Capabilities

Known: ${KNOWN_CAPABILITIES.map((name) => `\`${name}\``).join(", ")}. A gear that asks for another one is not started.

## Licences

${LICENSES.map((name) => `\`${name}\``).join(", ")}
`
}

function memberLine({ name, isRequired, type, rules: its, says }: FieldRow): string {
  const since = /Since specification (\S+)$/.exec(says)?.[1] ?? "0.1.9"
  const without = isRequired ? "an error" : (WITHOUT[name] ?? "")
  const told = says.replace(/^Since specification \S+$/, "How output files are kept by the system that runs the gear")
  return `| \`${name}\` | ${isRequired ? "yes" : ""} | ${type} | ${cell(its)} | ${without} | ${since} | ${cell(told)} |`
}

function inputForms(): readonly string[] {
  const inputs = GEAR_MANIFEST_SCHEMA["properties"] as unknown as {
    readonly inputs: { readonly additionalProperties: InputForms }
  }
  return inputs.inputs.additionalProperties.oneOf.map((form) => {
    const lines = fieldRows(form).map(
      ({ name, isRequired, type, says }) => `| \`${name}\` | ${isRequired ? "yes" : ""} | ${type} | ${cell(says)} |`,
    )
    const others =
      form["additionalProperties"] === false ? "No other members." : "Every other member is a schema of draft 4."
    return `${form.description}. ${others}\n\n| member | required | type | what it is |\n| --- | --- | --- | --- |\n${lines.join("\n")}`
  })
}

interface InputForms {
  readonly oneOf: readonly (Parameters<typeof fieldRows>[0] & { readonly description: string })[]
}

/** A bar would end the cell. */
function cell(words: string): string {
  return words.replaceAll("|", "\\|")
}
