import { GeartrainError } from "@geartrain/spec"
import { z } from "zod"
import { needPlace } from "../../archive/places/find-place.ts"
import { proposeBatch } from "../../batch/preflight/propose-batch.ts"
import { cancelBatch } from "../../batch/run/cancel-batch.ts"
import { startBatch } from "../../batch/run/start-batch.ts"
import { type BatchTarget, listBatches, listTargets, readBatch, type ServerBatch } from "../../batch/server-batch.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { JSON_OBJECT, SHORT_TEXT } from "../../http/json-words.ts"
import type { Caller } from "../../people/caller.ts"
import { findGear } from "../../queue/gears/find-gear.ts"
import type { FlywheelPorts } from "../flywheel-ports.ts"
import { asksForNetwork, REFERENCE } from "../job-order.ts"
import { LIST_QUERY, listReply, pickFrom, takesPages, wholeList } from "../lists/pick-items.ts"
import { timeOf } from "../shapes/words.ts"
import { ID_PARAMS } from "./paths.ts"

const POLICIES = { ignored: "ignore", flexible: "flexible", required: "require" } as const

const BODY = z.strictObject({
  gear_id: z.string().min(1).max(300),
  targets: z.array(REFERENCE).min(1).max(10_000),
  config: JSON_OBJECT.optional(),
  tags: z.array(SHORT_TEXT).max(100).optional(),
  optional_input_policy: z.enum(["ignored", "flexible", "required"]).optional(),
  label: SHORT_TEXT.optional(),
})

/** Batches: proposed first, and run when somebody says so. */
export function batchRoutes(app: ApiApp, ports: FlywheelPorts): void {
  app.post("/api/batch", { schema: { body: BODY } }, async ({ caller, body }) => {
    const [first] = body.targets
    if (first === undefined) throw new GeartrainError("BATCH_INVALID", "Cannot propose a batch without targets")
    const { project } = await needPlace(ports, caller, { id: first.id, right: "read", action: "batch.propose" })
    const { manifest } = await findGear(ports.database.read, body.gear_id)
    const { config, tags, label, optional_input_policy: policy } = body
    const request = {
      ...{ gear: body.gear_id, targets: { places: body.targets.map(({ id }) => id) }, config, tags, label },
      ...(policy === undefined ? {} : { optional: POLICIES[policy] }),
      // As for a single job: to order a gear that declares it is to grant it.
      ...(asksForNetwork(manifest) ? { network: "outbound" as const } : {}),
    }
    return wholeBatch(ports, caller, await proposeBatch(ports, caller, { project, request }))
  })
  const querystring = LIST_QUERY.extend({ project: z.string().min(1).max(300) })
  app.get("/api/batch", { schema: { querystring } }, async (request) => {
    const { project, ...query } = request.query
    await needPlace(ports, request.caller, { id: project, right: "read", action: "batch.list" })
    const batches = await wholeList((page) => listBatches(ports, request.caller, { project, ...page }))
    return listReply(await pickFrom(query, batches.map(batchShape), { counted: takesPages(request) }), query)
  })
  app.get("/api/batch/:id", { schema: { params: ID_PARAMS } }, async ({ caller, params }) =>
    wholeBatch(ports, caller, await readBatch(ports, caller, params.id)),
  )
  app.post("/api/batch/:id/run", { schema: { params: ID_PARAMS } }, async ({ caller, params }) => {
    const { proposal } = await readBatch(ports, caller, params.id)
    // Its jobs are queued by and by: GET tells of them.
    return wholeBatch(ports, caller, await startBatch(ports, caller, { id: params.id, proposal }))
  })
  app.post("/api/batch/:id/cancel", { schema: { params: ID_PARAMS } }, async ({ caller, params }) => {
    const { accounts } = await cancelBatch(ports, caller, params.id)
    return { number_cancelled: accounts.jobs.pending + accounts.jobs.running + accounts.notSubmitted }
  })
}

const STATES: Readonly<Record<string, string>> = { proposed: "pending" }

function batchShape(batch: ServerBatch): { readonly _id: string; readonly [member: string]: unknown } {
  const { id, gear, state, request, owner, label = null, createdMs, startedMs, endedMs } = batch
  return {
    _id: id,
    gear_id: gear.id,
    gear_info: gear,
    state: STATES[state] ?? state,
    label,
    config: request.config ?? {},
    origin: { type: "user", id: owner },
    created: timeOf(createdMs),
    modified: timeOf(endedMs ?? startedMs ?? createdMs),
  }
}

async function wholeBatch(ports: FlywheelPorts, caller: Caller, batch: ServerBatch): Promise<object> {
  const targets = await wholeList((page) => listTargets(ports, caller, { id: batch.id, ...page }))
  const of = (...outcomes: readonly BatchTarget["outcome"][]): object[] =>
    targets
      .filter(({ outcome }) => outcomes.includes(outcome))
      .map(({ place, path, says, inputs }) => ({ ...place, path, says, inputs }))
  return {
    ...batchShape(batch),
    matched: of("will-run"),
    ambiguous: of("ambiguous"),
    not_matched: of("no-match"),
    // Done before, with the same outcome: not run again, and not hidden.
    already_done: of("already-done"),
    improper_permissions: targets.filter(({ outcome }) => outcome === "no-permission").map(({ place }) => place.id),
    jobs: targets.flatMap(({ job }) => job ?? []),
  }
}
