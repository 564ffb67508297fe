import type { StoredFile } from "../../archive/files/server-file.ts"
import type { Write } from "../../database/database.ts"
import { isDuplicate } from "../../database/database-error.ts"
import { makeId } from "../../database/make-id.ts"
import type { DecisionRow } from "../../database/tables/rule-tables.ts"
import type { Caller } from "../../people/caller.ts"
import type { RulesPorts } from "../rules-ports.ts"
import type { ServerRule } from "../store/server-rule.ts"
import { type Consideration, considerFile, failure, firedSlot, type RuleWish } from "./consider-file.ts"

/** What made a rule look at a file. */
export interface Cause {
  readonly cause: DecisionRow["cause"]
  readonly id: string
}

/**
 * Considers a file and starts the job that is called for. The decision is not kept yet: `keepDecisions` does that, together with how far the
 * reader has come. When the server dies in between, the same is decided again, and the job's key finds the same job.
 */
export async function decideFile(
  ports: RulesPorts,
  { rule, file, cause }: { readonly rule: ServerRule; readonly file: StoredFile; readonly cause: Cause },
): Promise<DecisionRow> {
  const considered = await considerFile(ports, rule, file)
  const { wish, caller } = considered
  const decided =
    wish === undefined || caller === undefined ? considered : await fire(ports, rule, { ...considered, wish, caller })
  return rowOf({ rule, file, cause, atMs: ports.now() }, decided)
}

type Decided = Omit<Consideration, "outcome"> & { readonly outcome: Consideration["outcome"] }

async function fire(
  ports: RulesPorts,
  rule: ServerRule,
  considered: Consideration & { readonly wish: RuleWish; readonly caller: Caller },
): Promise<Decided> {
  const { wish, caller } = considered
  const idempotencyKey = `rule:${rule.id}:${wish.key}`
  const type = rule.rule.schedule === undefined ? "rule" : "schedule"
  const submitted = (): Promise<string | undefined> => findSubmitted(ports, rule.id, idempotencyKey)
  try {
    const job =
      (await submitted()) ??
      (await ports.desk.submit(caller, wish.order, { origin: { type, id: rule.id }, idempotencyKey }))
    return { ...considered, job, outcome: "fired" }
  } catch (error) {
    // Another server was first.
    const job = isDuplicate(error) ? await submitted() : undefined
    if (job !== undefined) return { ...considered, job, outcome: "fired" }
    return { ...considered, ...failure(error) }
  }
}

/**
 * The job that was submitted before the server died. It may be another's than whom the rule acts for since, and have other tags or another
 * priority: it is the same job.
 */
async function findSubmitted({ database }: RulesPorts, rule: string, key: string): Promise<string | undefined> {
  const row = await database.read
    .selectFrom("jobs")
    .select("id")
    .where("origin_id", "=", rule)
    .where("idempotency_key", "=", key)
    .executeTakeFirst()
  return row?.id
}

/** A verdict of more letters is not kept: asking the rule to explain makes it again. */
const LONGEST_VERDICT = 32_768

function rowOf(
  {
    rule,
    file,
    cause,
    atMs,
  }: { readonly rule: ServerRule; readonly file: StoredFile; readonly cause: Cause; readonly atMs: number },
  decided: Decided,
): DecisionRow {
  const { outcome, says, code, verdict, wish, job, chain } = decided
  if (outcome === "would-fire") throw new TypeError("A decision is made, and its job was not submitted")
  const told = verdict === undefined ? undefined : JSON.stringify(shownVerdict(verdict))
  return {
    id: makeId(),
    slot: outcome === "fired" && wish !== undefined ? firedSlot(rule.id, wish.key) : `last:${rule.id}:${file.id}`,
    rule: rule.id,
    rule_revision: rule.revision,
    project: rule.project,
    file: file.id,
    file_version: file.version,
    file_name: file.name,
    place: file.place,
    outcome,
    says,
    code: code ?? null,
    verdict: told === undefined || told.length > LONGEST_VERDICT ? null : told,
    job: job ?? null,
    chain: JSON.stringify(chain),
    cause: cause.cause,
    cause_id: cause.id,
    at_ms: atMs,
  }
}

/** A verdict without what is known of each file: their names and ids say which they are. */
export function shownVerdict(verdict: NonNullable<Consideration["verdict"]>): object {
  const { outcome, says, when, inputs } = verdict
  return {
    outcome,
    says,
    ...(when === undefined ? {} : { when }),
    inputs: inputs.map(({ input, fitting, thisFile }) => ({
      input,
      fitting: fitting.slice(0, MOST_FITTING).map(({ id, name, place }) => ({ id, name, place })),
      fittingCount: fitting.length,
      thisFile,
    })),
  }
}

const MOST_FITTING = 20

/** Keeps decisions, and tells of jobs that were started, in the transaction that also moves the reader on. */
export async function keepDecisions(write: Write, decisions: readonly DecisionRow[]): Promise<void> {
  for (const row of decisions) {
    const { id: _, slot: __, ...changing } = row
    const kept = await write.sql
      .insertInto("rule_decisions")
      .values(row)
      // Another server came to the same at once: the job is the same one, and the first word stays.
      .onConflict((conflict) =>
        row.outcome === "fired" ? conflict.column("slot").doNothing() : conflict.column("slot").doUpdateSet(changing),
      )
      .executeTakeFirst()
    if (row.outcome !== "fired" || Number(kept.numInsertedOrUpdatedRows ?? 0n) === 0) continue
    // What was last said against it does not hold any more.
    await write.sql.deleteFrom("rule_decisions").where("slot", "=", `last:${row.rule}:${row.file}`).execute()
    await write.event({
      kind: "rule.fired",
      subject: row.rule,
      project: row.project,
      data: { file: row.file, version: row.file_version, job: row.job, says: row.says },
    })
  }
}
