import { GeartrainError, type JsonObject } from "@geartrain/spec"
import { isPlaceId, placeId } from "@geartrain/spec/archive"
import type { FreeingResult } from "../../../compose/stores/free-bytes.ts"
import type { CollectionResult } from "../../../compose/stores/store-care.ts"
import type { FreeingPolicy } from "../../../engine/freeing/freeing-policy.ts"
import { parseDuration, parseSize } from "../../../settings/parse-amount.ts"
import { sha256 } from "../../../system/hash.ts"
import type { Command, Given } from "../../command.ts"
import { formatCount, formatSize } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { textTable } from "../../output/text-table.ts"
import { freeingLines } from "../../pages/freeing-lines.ts"

/** What says whose bytes go. At least one is needed: all large outputs of a store are nothing to free by a slip of the finger. */
const POLICY_FLAGS = {
  "older-than": {
    type: "text",
    value: "TIME",
    says: "Free what no job has made or read for so long, such as 90d",
  },
  "larger-than": { type: "text", value: "SIZE", says: "Free files of so many bytes or more. Default: 1m" },
  "down-to": {
    type: "text",
    value: "SIZE",
    says: "Free no more than it takes for the store to hold so little, what was not used for longest first",
  },
  gear: {
    type: "text",
    value: "GEAR",
    says: "Free outputs of this gear alone, by name or name@version",
    complete: "gear",
  },
  destination: {
    type: "text",
    value: "PLACE",
    says: "Free outputs of jobs for this place alone, by its path or id: gear run --destination",
  },
} as const satisfies Command["flags"]

export const storeGcCommand: Command = {
  name: "store gc",
  arguments: [],
  flags: {
    "dry-run": { type: "switch", short: "n", says: "Say what would be removed, and remove nothing" },
    "keep-records": {
      type: "switch",
      says: "Also free the bytes of large outputs that can be made again, and keep their digests and all that is recorded",
    },
    ...POLICY_FLAGS,
    unverified: { type: "switch", says: "Free also what was never verified: that it comes out the same is not known" },
  },
  examples: [
    { command: "gear store gc --dry-run", says: "See how much room there is to get" },
    { command: "gear store gc", says: "Remove what no gear and no job refers to, and what killed programs have left" },
    {
      command: "gear store gc --keep-records --older-than 90d --dry-run",
      says: "See which outputs could go since their records are enough to make them again, and why others stay",
    },
    {
      command: "gear store gc --keep-records --larger-than 1g --down-to 50g",
      says: "Free large outputs until the store holds 50 GiB; gear restore makes them again",
    },
  ],
  notes: [
    "Gears, records and the outputs of jobs are never removed by it: gear rm forgets them first.",
    "With --keep-records, an output goes only if its job came out the same when it was verified, its gear is stored, and its inputs lie where they were, are stored or can be made again themselves. Records, logs and manifests stay for ever. gear restore makes the bytes again and checks them.",
  ],
  exits: "answer",
  run: async ({ reply, settings, options }, given) => {
    const policy = readPolicy(given)
    const [{ openEngine }, { collectGarbage }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../compose/stores/store-care.ts"),
    ])
    const dryRun = given.has("dry-run")
    const engine = await openEngine(settings(), {})
    try {
      if (policy === undefined) {
        const result = await collectGarbage(engine, { dryRun })
        for (const line of garbageLines(result, { dryRun, isWhole: options.verbose || dryRun })) reply.print(line)
        // Who came here since the disk is full has to know what else there is.
        if (result.removed.length === 0) reply.say(NEXT)
        return { data: collectionData(result, dryRun) }
      }
      const { freeBytes } = await import("../../../compose/stores/free-bytes.ts")
      const result = await freeBytes(engine, policy, { dryRun })
      for (const line of freeingLines(result, { id: reply.id, dryRun })) reply.print(line)
      const garbage = { ...result, removed: result.removed.filter(({ kind }) => kind !== "freed") }
      for (const line of garbageLines(garbage, { dryRun, isWhole: options.verbose })) reply.print(line)
      if (result.freed.length > 0)
        reply.say(dryRun ? "→ the same without --dry-run" : "→ gear restore JOB makes them again")
      return { data: { ...collectionData(result, dryRun), ...freeingData(result) } }
    } finally {
      await engine.close()
    }
  },
}

const NEXT = "→ gear store du tells what takes the room; gear rm JOB forgets a job, so that its outputs can go"

/** @throws {GeartrainError} USAGE */
function readPolicy(given: Given): FreeingPolicy | undefined {
  const named = [...Object.keys(POLICY_FLAGS), "unverified"].filter((flag) => given.has(flag))
  if (!given.has("keep-records")) {
    const [lone] = named
    if (lone === undefined) return undefined
    throw new GeartrainError("USAGE", `Cannot use --${lone} alone: it says which bytes --keep-records frees`, {
      hint: `Write: gear store gc --keep-records --${lone} …`,
    })
  }
  if (!named.some((flag) => Object.hasOwn(POLICY_FLAGS, flag))) {
    throw new GeartrainError("USAGE", "Cannot free bytes with --keep-records alone: it does not say which", {
      hint: "Say which, and look first: gear store gc --keep-records --older-than 90d --dry-run",
    })
  }
  const text = (flag: keyof typeof POLICY_FLAGS): string | undefined => given.text(flag)
  const [older, larger, down, gear, place] = [
    text("older-than"),
    text("larger-than"),
    text("down-to"),
    text("gear"),
    text("destination"),
  ]
  return {
    ...(older === undefined ? {} : { olderThanMs: parseDuration(older, "--older-than") }),
    ...(larger === undefined ? {} : { leastBytes: parseSize(larger, "--larger-than") }),
    ...(down === undefined ? {} : { downToBytes: parseSize(down, "--down-to") }),
    ...(gear === undefined ? {} : { gear }),
    ...(place === undefined ? {} : { destination: isPlaceId(place) ? place : placeId(place, sha256) }),
    unverified: given.has("unverified"),
  }
}

function garbageLines(
  { removed }: Pick<CollectionResult, "removed">,
  { dryRun, isWhole }: { readonly dryRun: boolean; readonly isWhole: boolean },
): readonly string[] {
  if (removed.length === 0) return ["nothing to remove"]
  const rows = removed.map(({ kind, name, sizeBytes }) => [kind, escapeText(name), formatSize(sizeBytes)])
  const bytes = removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const what = `${formatCount(removed.length, "thing")}, ${formatSize(bytes)}`
  return [...(isWhole ? textTable(COLUMNS, rows) : []), `${dryRun ? "would remove" : "removed"} ${what}`]
}

const COLUMNS = [{ title: "KIND" }, { title: "NAME" }, { title: "SIZE", align: "right" }] as const

function collectionData({ removed, freedBytes }: CollectionResult, dryRun: boolean): JsonObject {
  return { removed: removed.map((item) => ({ ...item })), freedBytes, dryRun }
}

function freeingData({ freed, kept }: FreeingResult): JsonObject {
  return {
    freed: freed.map(({ digest, sizeBytes, path, job, lastUsed, way }) => ({
      ...{ digest, sizeBytes, path, job: job.id, lastUsed },
      madeBy: way.job.id,
      tookMs: way.job.tookMs,
      verified: way.job.history.findLast(({ verdict }) => verdict !== "undecided")?.at ?? null,
    })),
    kept: kept.map(({ digest, sizeBytes, path, job, lastUsed, why }) => ({
      ...{ digest, sizeBytes, path, job: job.id, lastUsed },
      why,
    })),
  }
}
