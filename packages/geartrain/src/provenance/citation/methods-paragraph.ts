import { canonicalJson, type Gear, hexOf, type JobRecord, shortDigest } from "@geartrain/spec"

/**
 * Says in a paragraph how a result was made, and how a reader makes it again: from the job's record, nothing added.
 */
export function methodsParagraph(record: JobRecord, gear: Gear): string {
  const { manifest } = gear
  const files = Object.values(record.invocation.inputs).filter((input) => input.base === "file")
  const sentences = [
    `${record.outputs.length === 1 ? "One file was" : `${record.outputs.length} files were`} computed with ${manifest.label} (${manifest.name} ${manifest.version}; gear sha256:${hexOf(gear.id)})${manifest.cite ? ` [${sentence(manifest.cite)}]` : ""}`,
    files.length === 0
      ? "It read no input files"
      : `It read ${files.map((file) => `${file.name} (sha256 ${shortDigest(file.digest)}…)`).join(", ")}`,
    configSentence(record),
    `It ran under Geartrain ${record.engine.version}${record.provider === undefined ? "" : ` with ${record.provider.name} ${record.provider.version}`} on Linux ${record.host.kernel} (${record.host.architecture}), ${record.invocation.network === "none" ? "without network" : "with outbound network"}${record.ended === undefined ? "" : `, on ${record.ended.slice(0, 10)}`}`,
    verificationSentence(record),
    `The invocation is sha256:${hexOf(record.invocationDigest)}`,
  ]
  return `${sentences.filter((text) => text !== "").join(". ")}.`
}

function configSentence(record: JobRecord): string {
  const values = Object.entries(record.invocation.config).map(
    ([name, value]) => `${name} = ${canonicalJson(value ?? null)}`,
  )
  return values.length === 0 ? "" : `Its configuration was ${values.join(", ")}`
}

function verificationSentence(record: JobRecord): string {
  const last = record.history.findLast(({ verdict }) => verdict !== "undecided")
  if (last === undefined || last.verdict === "undecided") return "It was not run a second time"
  const count = last.differences.length === 1 ? "one file" : `${last.differences.length} files`
  const found = {
    identical: "the same bytes in every file",
    equivalent: `the same but for what the gear declares as free, in ${count}`,
    different: `other bytes in ${count}`,
  }
  return `A second run on ${last.at.slice(0, 10)} gave ${found[last.verdict]}`
}

/** A citation of the manifest's may end with a full stop of its own. */
function sentence(text: string): string {
  return text.trim().replace(/\.+$/, "")
}
