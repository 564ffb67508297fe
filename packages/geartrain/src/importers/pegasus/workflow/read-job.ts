import {
  faultAt,
  inside,
  type JsonMap,
  mapsIn,
  neededText,
  oneOf,
  optionalSize,
  optionalText,
  optionalTruth,
  type Place,
  textsIn,
} from "../place.ts"
import type { AbstractJob, FileUse, JobType, LinkType } from "./abstract-workflow.ts"
import { readHooks, readMetadata } from "./hooks.ts"
import { readProfiles } from "./profiles.ts"

const JOB_TYPES: readonly JobType[] = ["job", "pegasusWorkflow", "condorWorkflow"]
const LINK_TYPES: readonly LinkType[] = ["input", "output", "inout", "checkpoint", "none"]
const ID = /^[-0-9A-Za-z_]+$/

/** @throws {GeartrainError} PEGASUS_DOCUMENT_INVALID. */
export function readJob(map: JsonMap, place: Place): AbstractJob {
  const type = oneOf(optionalText(map, "type", place) ?? "job", JOB_TYPES, inside(place, "type"))
  const id = neededText(map, "id", place)
  if (!ID.test(id)) throw faultAt(inside(place, "id"), `"${id}" has other characters than letters, digits, - and _`)
  const named = {
    namespace: optionalText(map, "namespace", place),
    version: optionalText(map, "version", place),
    label: optionalText(map, "nodeLabel", place),
  }
  const streams = {
    stdin: optionalText(map, "stdin", place),
    stdout: optionalText(map, "stdout", place),
    stderr: optionalText(map, "stderr", place),
  }
  return {
    type,
    id,
    name: neededText(map, type === "job" ? "name" : "file", place),
    ...present(named),
    arguments: textsIn(map, "arguments", place),
    ...present(streams),
    uses: withStreams(readUses(map, place), streams),
    profiles: readProfiles(map["profiles"], inside(place, "profiles")),
    hooks: readHooks(map["hooks"], inside(place, "hooks")),
    metadata: readMetadata(map["metadata"], inside(place, "metadata")),
  }
}

function readUses(map: JsonMap, place: Place): readonly FileUse[] {
  return mapsIn(map, "uses", place).map(({ entry: use, at }) => {
    const sizeBytes = optionalSize(use, "size", at)
    return {
      lfn: neededText(use, "lfn", at),
      type: oneOf(neededText(use, "type", at), LINK_TYPES, inside(at, "type")),
      stageOut: optionalTruth(use, "stageOut", at) ?? true,
      register: optionalTruth(use, "registerReplica", at) ?? true,
      optional: optionalTruth(use, "optional", at) ?? false,
      executable: optionalTruth(use, "executable", at) ?? false,
      bypass: optionalTruth(use, "bypass", at) ?? false,
      forPlanning: optionalTruth(use, "forPlanning", at) ?? false,
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
      metadata: readMetadata(use["metadata"], inside(at, "metadata")),
    }
  })
}

type Streams = Readonly<Record<"stdin" | "stdout" | "stderr", string | undefined>>

/** Files that a job's streams come from and go to are used by it, listed or not. */
function withStreams(uses: readonly FileUse[], { stdin, stdout, stderr }: Streams): readonly FileUse[] {
  const missing = [
    { lfn: stdin, type: "input" as const },
    { lfn: stdout, type: "output" as const },
    { lfn: stderr, type: "output" as const },
  ].filter(({ lfn }) => lfn !== undefined && !uses.some((use) => use.lfn === lfn))
  if (missing.length === 0) return uses
  const plain = {
    stageOut: true,
    register: true,
    optional: false,
    executable: false,
    bypass: false,
    forPlanning: false,
  }
  return [...uses, ...missing.map(({ lfn, type }) => ({ ...plain, lfn: lfn as string, type, metadata: {} }))]
}

function present<Shape extends Readonly<Record<string, string | undefined>>>(
  shape: Shape,
): { readonly [Key in keyof Shape]?: string } {
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as {
    readonly [Key in keyof Shape]?: string
  }
}
