import {
  canonicalJson,
  findInvocationFaults,
  type GearManifest,
  GeartrainError,
  isGeartrainError,
  type JsonObject,
  type JsonValue,
} from "@geartrain/spec"
import { sha256 } from "../../../system/hash.ts"
import type { StoredPlace } from "../../archive/places/place.ts"
import type { Write } from "../../database/database.ts"
import { makeId } from "../../database/make-id.ts"
import type { BatchTargetRow } from "../../database/tables/batch-tables.ts"
import type { Caller } from "../../people/caller.ts"
import { findGear } from "../../queue/gears/find-gear.ts"
import type { GearEntry } from "../../queue/gears/gear-entry.ts"
import type { JobOrder } from "../../queue/submit/job-order.ts"
import type { BatchPorts } from "../batch-ports.ts"
import type { BatchRequest } from "../batch-request.ts"
import {
  type BatchFile,
  batchOf,
  needBatch,
  type ServerBatch,
  type StoredBatch,
  type StoredTarget,
} from "../server-batch.ts"
import { findCandidates } from "./find-candidates.ts"
import { type FoundTarget, findTargets } from "./find-targets.ts"
import { matchInputs, type TargetMatch } from "./match-inputs.ts"

/**
 * Works out what a batch would do with each of its targets, and keeps it as a proposal: nothing runs before somebody says so.
 *
 * @throws {GeartrainError} BATCH_INVALID, GEAR_NOT_FOUND, COLLECTION_NOT_FOUND, PLACE_NOT_FOUND, PROJECT_NOT_FOUND, NOT_PERMITTED
 */
export async function proposeBatch(
  ports: BatchPorts,
  caller: Caller,
  { project, request }: { readonly project: string; readonly request: BatchRequest },
): Promise<ServerBatch> {
  await ports.access.need(caller, { right: "run", project, action: "batch.propose" })
  const gear = await findGear(ports.database.read, request.gear)
  refuseConfig(gear.manifest, request.config ?? {})
  const targets = await matchTargets(ports, caller, { project, request, gear })
  const row: StoredBatch = {
    id: makeId(),
    project,
    label: request.label ?? null,
    gear: gear.id,
    gear_name: gear.name,
    gear_version: gear.version,
    request: JSON.stringify(request),
    proposal_digest: digestOf(gear.id, request, targets),
    state: "proposed",
    owner: caller.user,
    created_ms: ports.now(),
    started_ms: null,
    ended_ms: null,
    cancel_requested_ms: null,
    revision: 1,
  }
  await ports.database.write(async (write) => {
    await write.sql.insertInto("batches").values(row).execute()
    await keepTargets(write, row.id, targets)
    await write.event({
      kind: "batch.proposed",
      subject: row.id,
      project,
      byUser: caller.user,
      data: { targets: targets.length },
    })
  })
  return batchOf(ports.database.read, row)
}

/**
 * Chooses in a proposal: patterns and picks go over those that it has, and all targets are worked out again.
 *
 * @throws {GeartrainError} BATCH_NOT_FOUND, BATCH_STATE when it runs already, and those of `proposeBatch`.
 */
export async function chooseInBatch(
  ports: BatchPorts,
  caller: Caller,
  choice: { readonly id: string } & Pick<BatchRequest, "inputs" | "picks">,
): Promise<ServerBatch> {
  const before = await needBatch(ports, caller, { id: choice.id, right: "run", action: "batch.choose" })
  const asked = JSON.parse(before.request) as BatchRequest
  const request: BatchRequest = {
    ...asked,
    inputs: { ...asked.inputs, ...choice.inputs },
    picks: { ...asked.picks, ...choice.picks },
  }
  // The gear stays the one that was proposed, whatever is the newest by now.
  const gear = await findGear(ports.database.read, before.gear)
  const targets = await matchTargets(ports, caller, { project: before.project, request, gear })
  const next = {
    request: JSON.stringify(request),
    proposal_digest: digestOf(gear.id, request, targets),
    revision: before.revision + 1,
  }
  await ports.database.write(async (write) => {
    const changed = await write.sql
      .updateTable("batches")
      .set(next)
      .where("id", "=", before.id)
      .where("state", "=", "proposed")
      .where("revision", "=", before.revision)
      .executeTakeFirst()
    if (changed.numUpdatedRows === 0n) {
      throw new GeartrainError(
        "BATCH_STATE",
        `Cannot choose in batch "${before.id}": it is ${before.state}, or somebody else was faster`,
        {
          hint: "Read it again; what runs already is not proposed any more",
        },
      )
    }
    await write.sql.deleteFrom("batch_targets").where("batch", "=", before.id).execute()
    await keepTargets(write, before.id, targets)
    await write.event({
      kind: "batch.proposed",
      subject: before.id,
      project: before.project,
      byUser: caller.user,
      data: { targets: targets.length },
    })
  })
  return batchOf(ports.database.read, { ...before, ...next })
}

/** What of the config is wrong is wrong for every target: nothing is matched before. */
function refuseConfig(manifest: GearManifest, config: JsonObject): void {
  const faults = findInvocationFaults({ ...manifest, inputs: {} }, { config, inputs: {} })
  if (faults.length === 0) return
  throw new GeartrainError("BATCH_INVALID", `Cannot propose the batch: ${faults[0]?.problem}`, {
    details: { faults: faults.map(({ where, problem, fix }) => ({ where, problem, fix })) },
    hint: faults[0]?.fix ?? "See what the gear takes with: gear run GEAR --help",
  })
}

type NewTarget = Omit<StoredTarget, "batch">

interface Matching {
  readonly project: string
  readonly request: BatchRequest
  readonly gear: GearEntry
}

async function matchTargets(ports: BatchPorts, caller: Caller, matching: Matching): Promise<readonly NewTarget[]> {
  const found = await findTargets(ports, caller, { project: matching.project, targets: matching.request.targets })
  const targets: NewTarget[] = []
  for (const target of found)
    targets.push({ ...(await matchTarget(ports, caller, { ...matching, target })), n: targets.length })
  return targets
}

type Decided = Pick<NewTarget, "outcome" | "says"> &
  Partial<Pick<NewTarget, "matches" | "inputs" | "invocation_digest" | "job">>

async function matchTarget(
  ports: BatchPorts,
  caller: Caller,
  matching: Matching & { readonly target: FoundTarget },
): Promise<Omit<NewTarget, "n">> {
  const { place, asked, path } = matching.target
  const decided = await decideTarget(ports, caller, matching)
  return {
    place_type: place?.type ?? "",
    place: place?.id ?? asked.slice(0, 1000),
    path: path.slice(0, 2000),
    ...{ matches: "[]", inputs: "{}", invocation_digest: null, job: null },
    ...decided,
    ...{ tries: 0, changes: null, refused_code: null, refused_says: null },
  }
}

async function decideTarget(
  ports: BatchPorts,
  caller: Caller,
  { request, gear, target }: Matching & { readonly target: FoundTarget },
): Promise<Decided> {
  const { place } = target
  if (place === undefined) return { outcome: "no-permission", says: "There is no such place that you can see" }
  if (!(await ports.access.may(caller, "run", place.project))) {
    return { outcome: "no-permission", says: "You may not run gears in its project" }
  }
  try {
    return await decideMatch(ports, caller, { request, gear, place })
  } catch (error) {
    if (!isGeartrainError(error) || ANSWERLESS.has(error.code)) throw error
    return { outcome: FORBIDDEN.has(error.code) ? "no-permission" : "no-match", says: error.message }
  }
}

/** Nothing is known then, of any target. */
const ANSWERLESS: ReadonlySet<string> = new Set([
  "DATABASE_UNAVAILABLE",
  "DATABASE_FAILED",
  "STORE_FULL",
  "GEAR_NOT_FOUND",
  "GEAR_DISABLED",
])
const FORBIDDEN: ReadonlySet<string> = new Set([
  "NOT_PERMITTED",
  "PLACE_NOT_FOUND",
  "INPUT_NOT_FOUND",
  "PROJECT_NOT_FOUND",
])

async function decideMatch(
  ports: BatchPorts,
  caller: Caller,
  { request, gear, place }: { readonly request: BatchRequest; readonly gear: GearEntry; readonly place: StoredPlace },
): Promise<Decided> {
  const candidates = await findCandidates(ports.database.read, place, request.look ?? "below")
  const match = matchInputs({ manifest: gear.manifest, request, picks: request.picks?.[place.id] ?? {} }, candidates)
  const told = { says: match.says, matches: JSON.stringify(match.matches) }
  if (match.outcome !== "fits") return { ...told, outcome: match.outcome }
  const inputs = filesOf(match)
  const plan = await ports.desk.plan(caller, orderOf({ gear: gear.id, place: place.id, request, inputs }))
  const fits = { ...told, inputs: JSON.stringify(inputs), invocation_digest: plan.reuseDigest }
  if (plan.same === undefined || request.again === true) return { ...fits, outcome: "will-run" }
  return { ...fits, outcome: "already-done", says: `Job ${plan.same.id} did the same already`, job: plan.same.id }
}

function filesOf(match: TargetMatch): Readonly<Record<string, readonly BatchFile[]>> {
  return Object.fromEntries(
    Object.entries(match.inputs).map(([input, files]) => [
      input,
      files.map(({ id, version, name, digest }) => ({ id, version, name, digest })),
    ]),
  )
}

/** The order of one target's job: of the versions that were proposed. */
export function orderOf(target: {
  readonly gear: string
  readonly place: string
  readonly request: BatchRequest
  readonly inputs: Readonly<Record<string, readonly BatchFile[]>>
}): JobOrder {
  const { gear, place, request, inputs } = target
  return {
    gear,
    destination: place,
    config: request.config ?? {},
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([input, files]) => [input, files.map(({ id, version }) => `file:${id}@${version}`)]),
    ),
    tags: ["batch", ...(request.tags ?? [])],
    priority: request.priority ?? 0,
    ...(request.limits === undefined ? {} : { limits: request.limits }),
    ...(request.network === undefined ? {} : { network: request.network }),
  }
}

/** Names what somebody sees: the gear, what it is run with, and every target with what is decided of it. */
function digestOf(gear: string, { config, limits, network }: BatchRequest, targets: readonly NewTarget[]): string {
  const seen = targets.map(({ place, outcome, inputs }) => [place, outcome, JSON.parse(inputs) as JsonValue])
  const whole = JSON.parse(JSON.stringify({ gear, config, limits, network, targets: seen })) as JsonValue
  return sha256(new TextEncoder().encode(canonicalJson(whole)))
}

const ROWS_AT_ONCE = 200

async function keepTargets(write: Write, batch: string, targets: readonly NewTarget[]): Promise<void> {
  for (let at = 0; at < targets.length; at += ROWS_AT_ONCE) {
    const rows: BatchTargetRow[] = targets.slice(at, at + ROWS_AT_ONCE).map((target) => ({ ...target, batch }))
    await write.sql.insertInto("batch_targets").values(rows).execute()
  }
}
