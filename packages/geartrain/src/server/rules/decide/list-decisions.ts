import type { JsonObject } from "@geartrain/spec"
import type { Selectable } from "kysely"
import { type PageRequest, readPage } from "../../archive/lists/read-page.ts"
import type { DecisionRow } from "../../database/tables/rule-tables.ts"
import type { Page } from "../../http/page.ts"
import type { Caller } from "../../people/caller.ts"
import type { RulesPorts } from "../rules-ports.ts"

/** What a rule decided of a file, and why. */
export interface Decision {
  readonly id: string
  readonly rule: string
  /** Of the rule, when it decided. */
  readonly ruleRevision: number
  readonly file: string
  readonly fileVersion: number
  readonly fileName: string
  readonly place: string
  readonly outcome: DecisionRow["outcome"]
  readonly says: string
  readonly code?: string
  readonly verdict?: JsonObject
  readonly job?: string
  /** Jobs of rules that led to it, the oldest first. */
  readonly chain: readonly { readonly rule: string; readonly job: string }[]
  readonly cause: { readonly kind: DecisionRow["cause"]; readonly id: string }
  readonly atMs: number
}

/**
 * Decisions of a project's rules, the newest first: every job that was started, and the last word about each file that none was started for.
 *
 * @throws {GeartrainError} PROJECT_NOT_FOUND, CURSOR_UNFIT
 */
export async function listDecisions(
  ports: Pick<RulesPorts, "database" | "access">,
  caller: Caller,
  request: PageRequest & {
    readonly project: string
    readonly rule?: string | undefined
    readonly file?: string | undefined
    readonly outcome?: DecisionRow["outcome"] | undefined
  },
): Promise<Page<Decision>> {
  const { project, rule, file, outcome } = request
  await ports.access.need(caller, { right: "read", project, action: "rule.decisions", target: rule ?? project })
  const page = await readPage(request, {
    kinds: ["number", "string"],
    orderOf: ({ at_ms, id }: StoredDecision) => [at_ms, id],
    read: (limit, after) => {
      let select = ports.database.read.selectFrom("rule_decisions").selectAll().where("project", "=", project)
      if (rule !== undefined) select = select.where("rule", "=", rule)
      if (file !== undefined) select = select.where("file", "=", file)
      if (outcome !== undefined) select = select.where("outcome", "=", outcome)
      if (after !== undefined) {
        const [atMs, id] = after as readonly [number, string]
        select = select.where(({ eb, or, and }) =>
          or([eb("at_ms", "<", atMs), and([eb("at_ms", "=", atMs), eb("id", "<", id)])]),
        )
      }
      return select.orderBy("at_ms", "desc").orderBy("id", "desc").limit(limit).execute()
    },
  })
  return { ...page, items: page.items.map(decisionOf) }
}

type StoredDecision = Selectable<DecisionRow>

export function decisionOf(row: StoredDecision): Decision {
  return {
    id: row.id,
    rule: row.rule,
    ruleRevision: row.rule_revision,
    file: row.file,
    fileVersion: row.file_version,
    fileName: row.file_name,
    place: row.place,
    outcome: row.outcome,
    says: row.says,
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.verdict === null ? {} : { verdict: JSON.parse(row.verdict) as JsonObject }),
    ...(row.job === null ? {} : { job: row.job }),
    chain: JSON.parse(row.chain) as Decision["chain"],
    cause: { kind: row.cause, id: row.cause_id },
    atMs: row.at_ms,
  }
}
