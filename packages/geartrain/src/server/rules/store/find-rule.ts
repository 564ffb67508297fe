import { GeartrainError } from "@geartrain/spec"
import type { Queries } from "../../database/database.ts"
import type { Caller, Right } from "../../people/caller.ts"
import type { RulesPorts } from "../rules-ports.ts"
import { ruleOf, type ServerRule, type StoredRule } from "./server-rule.ts"

/** A rule that is not deleted. Asks nobody whether the caller may see it. */
export function findRule(
  queries: Queries,
  rule: { readonly project: string; readonly id: string },
): Promise<StoredRule | undefined> {
  return queries
    .selectFrom("rules")
    .selectAll()
    .where("id", "=", rule.id)
    .where("project", "=", rule.project)
    .where("deleted_ms", "is", null)
    .executeTakeFirst()
}

/**
 * A rule of a project that the caller has a right in.
 *
 * @throws {GeartrainError} PROJECT_NOT_FOUND, NOT_PERMITTED, RULE_NOT_FOUND
 */
export async function needRule(
  ports: Pick<RulesPorts, "database" | "access">,
  caller: Caller,
  request: { readonly project: string; readonly id: string; readonly right: Right; readonly action: string },
): Promise<ServerRule> {
  const { project, id, right, action } = request
  await ports.access.need(caller, { right, project, action, target: id })
  const row = await findRule(ports.database.read, { project, id })
  if (row === undefined) throw ruleNotFound(id)
  return ruleOf(row)
}

/** All rules of a project, by name. @throws {GeartrainError} PROJECT_NOT_FOUND */
export async function listRules(
  ports: Pick<RulesPorts, "database" | "access">,
  caller: Caller,
  project: string,
): Promise<readonly ServerRule[]> {
  await ports.access.need(caller, { right: "read", project, action: "rule.list" })
  return (await rulesOf(ports.database.read, project)).map(ruleOf)
}

export function rulesOf(queries: Queries, project: string): Promise<readonly StoredRule[]> {
  return queries
    .selectFrom("rules")
    .selectAll()
    .where("project", "=", project)
    .where("deleted_ms", "is", null)
    .orderBy("name")
    .limit(MOST_RULES)
    .execute()
}

/** Rules that a project may have: each is asked at every change. */
export const MOST_RULES = 200

export function ruleNotFound(id: string): GeartrainError {
  return new GeartrainError(
    "RULE_NOT_FOUND",
    `Cannot find rule ${JSON.stringify(id.slice(0, 100).toWellFormed())}: the project has none of this id`,
    {
      hint: "See its rules with: gear rules",
    },
  )
}
