import type { Rule } from "@geartrain/spec/rules"
import type { Selectable } from "kysely"
import type { RuleRow } from "../../database/tables/rule-tables.ts"

export type StoredRule = Selectable<RuleRow>

/** A rule of a project, with what the server knows of it. */
export interface ServerRule {
  readonly id: string
  readonly project: string
  readonly rule: Rule
  /** Whose rights it acts with: who made it, changed it or confirmed it last. */
  readonly confirmedBy: string
  readonly confirmedMs: number
  readonly createdMs: number
  readonly createdBy: string
  readonly modifiedMs: number
  /** When its schedule comes next. */
  readonly nextMs?: number
  readonly revision: number
}

export function ruleOf(row: StoredRule): ServerRule {
  return {
    id: row.id,
    project: row.project,
    rule: JSON.parse(row.document) as Rule,
    confirmedBy: row.confirmed_by,
    confirmedMs: row.confirmed_ms,
    createdMs: row.created_ms,
    createdBy: row.created_by,
    modifiedMs: row.modified_ms,
    ...(row.next_ms === null ? {} : { nextMs: row.next_ms }),
    revision: row.revision,
  }
}
