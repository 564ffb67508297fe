import { GeartrainError, type JsonObject, type JsonValue } from "@geartrain/spec"
import { readFlywheelRule } from "@geartrain/spec/rules"
import { z } from "zod"
import { needProject } from "../../archive/places/find-place.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { etagOf, readIfMatch } from "../../http/etag.ts"
import { JSON_OBJECT } from "../../http/json-words.ts"
import type { Caller } from "../../people/caller.ts"
import { findGear } from "../../queue/gears/find-gear.ts"
import { listRules, needRule } from "../../rules/store/find-rule.ts"
import { changeRule, createRule, deleteRule } from "../../rules/store/save-rule.ts"
import type { FlywheelPorts } from "../flywheel-ports.ts"
import { PRIORITIES } from "../job-order.ts"
import { ruleShape } from "../shapes/rule-shape.ts"
import { ID_PARAMS } from "./paths.ts"

const RULE_PARAMS = ID_PARAMS.extend({ rule: z.string().min(1).max(300) })

/** Gear rules of a project, in the words of Flywheel's. */
export function ruleRoutes(app: ApiApp, ports: FlywheelPorts): void {
  const path = "/api/projects/:id/rules"
  app.get(path, { schema: { params: ID_PARAMS } }, async ({ caller, params }) => {
    await needReadable(ports, caller, params.id)
    const rules = await listRules(ports, caller, params.id)
    return Promise.all(rules.map((rule) => ruleShape(ports.database.read, rule)))
  })
  app.post(path, { schema: { params: ID_PARAMS, body: JSON_OBJECT } }, async ({ caller, params, body }) => {
    await needReadable(ports, caller, params.id)
    const document = await documentOf(ports, body)
    return { _id: (await createRule(ports, caller, { project: params.id, document })).id }
  })
  app.get(`${path}/:rule`, { schema: { params: RULE_PARAMS } }, async ({ caller, params }, reply) => {
    const { id: project, rule: id } = params
    await needReadable(ports, caller, project)
    const rule = await needRule(ports, caller, { project, id, right: "read", action: "rule.read" })
    return reply.header("etag", etagOf(rule.revision)).send(await ruleShape(ports.database.read, rule))
  })
  app.put(`${path}/:rule`, { schema: { params: RULE_PARAMS, body: JSON_OBJECT } }, async (request) => {
    const { caller, params, body, headers } = request
    const { id: project, rule: id } = params
    await needReadable(ports, caller, project)
    const before = await needRule(ports, caller, { project, id, right: "admin", action: "rule.change" })
    // What is not said stays as it is.
    const told = await ruleShape(ports.database.read, before)
    if (told.any === undefined) throw notTheirs(before.rule.name)
    const document = await documentOf(ports, {
      ...(told as unknown as JsonObject),
      ...priorityOf(before.rule.priority),
      ...body,
    })
    const revision = readIfMatch(headers["if-match"]) ?? before.revision
    await changeRule(ports, caller, { project, id, document, revision })
    return { modified: 1 }
  })
  app.delete(`${path}/:rule`, { schema: { params: RULE_PARAMS } }, async ({ caller, params, headers }) => {
    await needReadable(ports, caller, params.id)
    const revision = readIfMatch(headers["if-match"])
    await deleteRule(ports, caller, { project: params.id, id: params.rule, revision })
    return { deleted: 1 }
  })
}

/** @throws {GeartrainError} PLACE_NOT_FOUND, in the same words whether the project is not there or not to be known. */
async function needReadable(ports: FlywheelPorts, caller: Caller, project: string): Promise<void> {
  await needProject(ports, caller, { project, right: "read", action: "rule.list", target: project })
}

async function documentOf(ports: FlywheelPorts, body: JsonObject): Promise<JsonValue> {
  const id = body["gear_id"]
  if (typeof id !== "string") {
    throw new GeartrainError("RULE_INVALID", 'Cannot take the rule: "gear_id" does not say which gear it is for')
  }
  const { name, version } = await findGear(ports.database.read, id)
  const reading = readFlywheelRule(body, { name, version })
  if (reading.ok) return reading.rule as unknown as JsonValue
  const [first] = reading.faults
  throw new GeartrainError("RULE_INVALID", `Cannot take the rule: at ${first?.path ?? "/"} ${first?.problem}`, {
    details: { faults: reading.faults.map(({ path, problem, fix }) => ({ path, problem, fix })) },
    ...(first === undefined ? {} : { hint: first.fix }),
  })
}

/** By their word for it, where there is one. */
function priorityOf(priority: number | undefined): JsonObject {
  const [word] = Object.entries(PRIORITIES).find(([, value]) => value === priority) ?? []
  return word === undefined ? {} : { priority: word }
}

function notTheirs(name: string): GeartrainError {
  return new GeartrainError("RULE_INVALID", `Cannot change rule "${name}" here: it says more than such rules can`, {
    hint: "Change it with PUT /api/v1/projects/PROJECT/rules/RULE",
  })
}
