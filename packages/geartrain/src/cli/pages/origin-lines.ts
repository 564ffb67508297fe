import type { Digest, JobRecord } from "@geartrain/spec"
import type { FileOrigin } from "../../engine/proof/trace-origin.ts"
import { formatTime } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"

interface OriginMeans {
  readonly paint: Paint
  readonly id: (id: string) => string
}

/** The way of a file as an indented list: how it came to be, then what came of it. */
export function originLines(backward: FileOrigin, forward: FileOrigin, means: OriginMeans): readonly string[] {
  return [
    ...(backward.steps.length === 0
      ? ["  no recorded job made it"]
      : linesOf(backward, WORDS.backward, { means, depth: 1 })),
    ...(forward.steps.length === 0
      ? ["  no recorded job read it"]
      : linesOf(forward, WORDS.forward, { means, depth: 1 })),
  ]
}

/** How each direction is told. */
const WORDS = {
  backward: { step: "made by", file: "from" },
  forward: { step: "read by", file: "which made" },
} as const
type Words = (typeof WORDS)[keyof typeof WORDS]

interface Place {
  readonly means: OriginMeans
  readonly depth: number
}

/** Jobs that are shown of one file; re-runs of verifications only where there is nothing else. */
const MOST_STEPS = 5

function linesOf(origin: FileOrigin, words: Words, { means, depth }: Place): readonly string[] {
  const indent = "  ".repeat(depth)
  const own = origin.steps.filter(({ job: { forVerification } }) => forVerification !== true)
  const shown = (own.length > 0 ? own : origin.steps).slice(0, MOST_STEPS)
  const others = origin.steps.length - shown.length
  const lines = shown.flatMap(({ job, names, next }) => [
    `${indent}${words.step} job ${means.id(job.id)}  ${escapeText(`${job.gear.name}@${job.gear.version}`)}  as ${names.map(escapeText).join(", ")}  ${means.paint.dim(`${formatTime(job.ended ?? job.created)}${proofText(job)}${freedText(job, origin.digest)}`)}`,
    ...next.flatMap((file) => [
      `${indent}  ${words.file} ${escapeText(file.name)}  ${means.paint.dim(file.digest)}`,
      ...linesOf(file, words, { means, depth: depth + 2 }),
    ]),
  ])
  return [
    ...lines,
    ...(others === 0
      ? []
      : [`${indent}${words.step} ${others === 1 ? "one more job" : `${others} more jobs`}: --json lists all`]),
    ...(origin.cut === true ? [`${indent}…  the way goes on`] : []),
  ]
}

function proofText(job: JobRecord): string {
  const last = job.history.at(-1)
  if (last === undefined) return job.state === "complete" ? "" : `, ${job.state}`
  return `, verified ${last.verdict} on ${last.at.slice(0, 10)}`
}

/** The way to bytes that are gone is shown at the job that makes them. */
function freedText(job: JobRecord, digest: Digest): string {
  const output = job.outputs.find((one) => one.digest === digest && one.freed !== undefined)
  return output === undefined ? "" : `, bytes freed: gear restore ${digest}`
}
