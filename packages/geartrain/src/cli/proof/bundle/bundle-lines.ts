import type { JobRecord, JsonObject } from "@geartrain/spec"
import type { OpenedBundle } from "../../../compose/bundles/open-checked-bundle.ts"
import type { RunAgain } from "../../../compose/bundles/run-bundle.ts"
import type { BundleIndex } from "../../../publishing/bundle/format/bundle-index.ts"
import type { SignatureVerdict } from "../../../publishing/bundle/read/judge-signature.ts"
import { formatCount, formatSize, formatTime } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import type { Paint } from "../../output/paint.ts"
import { type Reply, shortId } from "../../output/reply.ts"

/** What is in a bundle. */
export function contentLine({ bundle, gears, records }: OpenedBundle, paint: Paint): string {
  const { title, members } = bundle.index
  const counts = [
    formatCount(records.length, "job"),
    formatCount(gears.length, "gear"),
    formatCount(members.length, "member"),
    formatSize(bundle.sizeBytes),
  ]
  return `${paint.bold(escapeText(title))}  ${counts.join(", ")}`
}

/** Whose word there is for it. Whoever reads has to see at once when there is none. */
export function signatureLine(signature: SignatureVerdict, paint: Paint): string {
  if (signature.status === "unsigned")
    return `${paint.yellow("not signed")}  it holds together, but nobody says that it is theirs`
  const when = `on ${escapeText(formatTime(signature.signed))}, by their clock`
  if (signature.status === "known")
    return `${paint.green("signed")}  by "${escapeText(signature.name)}" (key ${shortId(signature.key)}), whom you know, ${when}`
  return `${paint.yellow("signed")}  by a key that is not known here, ${signature.key}, ${when}: compare it with the one that its author publishes`
}

/** Files that do not travel, each once. */
export function standInLines({ standIns }: BundleIndex): readonly string[] {
  return standIns.map(
    ({ role, name, sizeBytes, why }) =>
      `not in it  ${role} ${escapeText(name)} (${formatSize(sizeBytes)}): ${escapeText(why)}`,
  )
}

export function jobLine({ id, gear }: JobRecord, reply: Pick<Reply, "id">): string {
  return `job ${reply.id(id)}  ${escapeText(gear.name)}@${escapeText(gear.version)}`
}

export function undecidedLines(result: Extract<RunAgain, { undecided: string }>, paint: Paint): readonly string[] {
  const { undecided, hint } = result
  return [
    `${paint.yellow("undecided")}  ${escapeText(undecided)}`,
    ...(hint === undefined ? [] : [`  ${escapeText(hint)}`]),
  ]
}

export function bundleData({ bundle, records }: OpenedBundle, signature: SignatureVerdict): JsonObject {
  const { title, gears, standIns, members } = bundle.index
  return {
    bundle: bundle.path,
    title,
    sizeBytes: bundle.sizeBytes,
    index: bundle.indexDigest,
    members: members.length,
    signature: { ...signature },
    gears: gears.map(({ id, name, version }) => ({ id, name, version })),
    jobs: records.map(({ id }) => ({ job: id })),
    standIns: standIns.map((standIn) => ({ ...standIn })),
  }
}

export function resultData(result: RunAgain): JsonObject {
  const { id: job, gear } = result.record
  const what = { job, gear: `${gear.name}@${gear.version}` }
  if ("undecided" in result) return { ...what, verdict: "undecided", why: result.undecided, fix: result.hint ?? null }
  const { verdict, provider, differences } = result.verified.verification
  return { ...what, verdict, provider, differences: differences.map((difference) => ({ ...difference })) }
}
