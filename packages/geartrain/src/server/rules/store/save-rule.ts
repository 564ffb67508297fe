import { GeartrainError, type JsonValue } from "@geartrain/spec"
import { type Rule, readRule } from "@geartrain/spec/rules"
import { needRevision } from "../../archive/metadata/revision.ts"
import type { Write } from "../../database/database.ts"
import { isDuplicate } from "../../database/database-error.ts"
import { makeId } from "../../database/make-id.ts"
import type { Caller } from "../../people/caller.ts"
import type { RulesPorts } from "../rules-ports.ts"
import { findRule, MOST_RULES, ruleNotFound, rulesOf } from "./find-rule.ts"
import { needMeantGear, ruleUnfit } from "./rule-gear.ts"
import { nextTime } from "./schedule-time.ts"
import { ruleOf, type ServerRule, type StoredRule } from "./server-rule.ts"

/**
 * Makes a rule of a project, which acts with the rights of the caller from now on.
 *
 * @throws {GeartrainError} RULE_INVALID, LABEL_TAKEN, PROJECT_NOT_FOUND, NOT_PERMITTED
 */
export async function createRule(
  ports: RulesPorts,
  caller: Caller,
  request: { readonly project: string; readonly document: JsonValue },
): Promise<ServerRule> {
  const { project } = request
  await ports.access.need(caller, { right: "admin", project, action: "rule.create" })
  const rule = await checkRule(ports, request.document)
  const now = ports.now()
  const row: StoredRule = {
    id: makeId(),
    project,
    ...rowParts(rule, now),
    created_ms: now,
    created_by: caller.user,
    modified_ms: now,
    confirmed_by: caller.user,
    confirmed_ms: now,
    revision: 1,
    deleted_ms: null,
  }
  await unlessTaken(rule, () =>
    ports.database.write(async (write) => {
      if ((await rulesOf(write.sql, project)).length >= MOST_RULES) {
        throw ruleUnfit(rule, [`the project has ${MOST_RULES} rules, and may have no more`])
      }
      await write.sql.insertInto("rules").values(row).execute()
      await tell(write, row, { kind: "rule.created", byUser: caller.user })
    }),
  )
  return ruleOf(row)
}

/**
 * Puts another document in the place of a rule's. Whoever changes it confirms it: it acts with their rights.
 *
 * @throws {GeartrainError} RULE_NOT_FOUND, ETAG_MISMATCH, and those of `createRule`.
 */
export async function changeRule(
  ports: RulesPorts,
  caller: Caller,
  request: {
    readonly project: string
    readonly id: string
    readonly document: JsonValue
    readonly revision?: number | undefined
  },
): Promise<ServerRule> {
  const { project, id, revision } = request
  await ports.access.need(caller, { right: "admin", project, action: "rule.change", target: id })
  const rule = await checkRule(ports, request.document)
  const parts = rowParts(rule, ports.now())
  return unlessTaken(rule, () =>
    replaceRow(ports, { project, id, revision, byUser: caller.user, kind: "rule.changed", parts }),
  )
}

/**
 * Confirms a rule: from now on it acts with the rights of the caller, since those of whoever did before may be gone.
 *
 * @throws {GeartrainError} RULE_NOT_FOUND, PROJECT_NOT_FOUND, NOT_PERMITTED
 */
export async function confirmRule(
  ports: RulesPorts,
  caller: Caller,
  request: { readonly project: string; readonly id: string },
): Promise<ServerRule> {
  const { project, id } = request
  await ports.access.need(caller, { right: "admin", project, action: "rule.confirm", target: id })
  return replaceRow(ports, { project, id, byUser: caller.user, kind: "rule.confirmed", parts: {} })
}

/** Deletes a rule. What it decided stays. @throws {GeartrainError} RULE_NOT_FOUND, ETAG_MISMATCH, PROJECT_NOT_FOUND, NOT_PERMITTED */
export async function deleteRule(
  ports: RulesPorts,
  caller: Caller,
  request: { readonly project: string; readonly id: string; readonly revision?: number | undefined },
): Promise<void> {
  const { project, id, revision } = request
  await ports.access.need(caller, { right: "admin", project, action: "rule.delete", target: id })
  await replaceRow(ports, {
    project,
    id,
    revision,
    byUser: caller.user,
    kind: "rule.deleted",
    parts: { deleted_ms: ports.now(), next_ms: null },
  })
}

/** Reads a document, and holds it against the gear that it means. */
async function checkRule(ports: RulesPorts, document: JsonValue): Promise<Rule> {
  const rule = parseRule(document)
  await needMeantGear(ports.database.read, rule)
  return rule
}

/** @throws {GeartrainError} RULE_INVALID with all that is wrong with the document itself. */
export function parseRule(document: JsonValue): Rule {
  const reading = readRule(document)
  if (!reading.ok) {
    const [first] = reading.faults
    const more = reading.faults.length > 1 ? `, and ${reading.faults.length - 1} more` : ""
    throw new GeartrainError("RULE_INVALID", `Cannot take the rule: at ${first?.path} ${first?.problem}${more}`, {
      details: { faults: reading.faults.map(({ path, problem, fix }) => ({ path, problem, fix })) },
      hint: first?.fix ?? "See its schema with: gear schema rule",
    })
  }
  return reading.rule
}

function rowParts(rule: Rule, now: number): Pick<StoredRule, "name" | "document" | "disabled" | "next_ms"> {
  return {
    name: rule.name,
    document: JSON.stringify(rule),
    disabled: rule.disabled === true ? 1 : 0,
    next_ms: rule.schedule === undefined ? null : nextTime(rule.schedule, now),
  }
}

async function replaceRow(
  ports: RulesPorts,
  change: {
    readonly project: string
    readonly id: string
    readonly revision?: number | undefined
    readonly byUser: string
    readonly kind: string
    readonly parts: Partial<StoredRule>
  },
): Promise<ServerRule> {
  const { project, id, byUser, kind, parts } = change
  return ports.database.write(async (write) => {
    const before = await findRule(write.sql, { project, id })
    if (before === undefined) throw ruleNotFound(id)
    needRevision(before, change.revision)
    const now = ports.now()
    const next = {
      ...parts,
      modified_ms: now,
      confirmed_by: byUser,
      confirmed_ms: now,
      revision: before.revision + 1,
    }
    const changed = await write.sql
      .updateTable("rules")
      .set(next)
      .where("id", "=", id)
      .where("revision", "=", before.revision)
      .executeTakeFirst()
    // Another writer was faster: it is told as what it is.
    if (changed.numUpdatedRows === 0n) needRevision({ id, revision: before.revision + 1 }, before.revision)
    const row = { ...before, ...next }
    await tell(write, row, { kind, byUser })
    return ruleOf(row)
  })
}

function tell(
  write: Write,
  row: StoredRule,
  { kind, byUser }: { readonly kind: string; readonly byUser: string },
): Promise<void> {
  return write.event({
    kind,
    subject: row.id,
    project: row.project,
    byUser,
    data: { name: row.name, revision: row.revision },
  })
}

async function unlessTaken<Result>(rule: Rule, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Error) || !isDuplicate(error)) throw error
    throw new GeartrainError("LABEL_TAKEN", `Cannot call a rule "${rule.name}": the project has one of this name`, {
      hint: "Take another name",
      cause: error,
    })
  }
}
