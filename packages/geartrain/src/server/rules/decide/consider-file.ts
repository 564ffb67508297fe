import { canonicalJson, GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { Rule } from "@geartrain/spec/rules"
import { sha256 } from "../../../system/hash.ts"
import { findFile } from "../../archive/files/find-file.ts"
import type { StoredFile } from "../../archive/files/server-file.ts"
import { resolvePath } from "../../archive/places/resolve-path.ts"
import type { DecisionRow } from "../../database/tables/rule-tables.ts"
import type { Caller } from "../../people/caller.ts"
import type { JobOrder } from "../../queue/submit/job-order.ts"
import { checkLoop, type RuleLink } from "../evaluate/check-loop.ts"
import { evaluateRule, type RuleVerdict } from "../evaluate/evaluate-rule.ts"
import type { FileFacts, RuleFacts } from "../evaluate/rule-facts.ts"
import { readChain } from "../facts/read-chain.ts"
import { readFacts } from "../facts/read-facts.ts"
import type { RulesPorts } from "../rules-ports.ts"
import { loneInput, needMeantGear } from "../store/rule-gear.ts"
import type { ServerRule } from "../store/server-rule.ts"

/** A job that a rule calls for. */
export interface RuleWish {
  readonly order: JobOrder
  /** One of its kind for gear, config, destination and the bytes of the inputs: nothing is run twice for one. */
  readonly key: string
}

/** What a rule would do about a file, and why: nothing has been done yet. */
export interface Consideration {
  readonly outcome: DecisionRow["outcome"] | "would-fire"
  readonly says: string
  readonly code?: string
  readonly verdict?: RuleVerdict
  /** The job that does it already. */
  readonly job?: string
  readonly chain: readonly RuleLink[]
  /** What it would start, and with whose rights; only when it would. */
  readonly wish?: RuleWish
  readonly caller?: Caller
}

/**
 * Considers what a rule calls for about a file, and changes nothing: the one place that events, sweeps, previews and explanations share, so that
 * they cannot disagree. What is wrong with the rule becomes the outcome `error`; only a database that does not answer is thrown, for then
 * nothing is known.
 *
 * @throws {GeartrainError} DATABASE_UNAVAILABLE, DATABASE_FAILED, STORE_FULL
 */
export async function considerFile(ports: RulesPorts, rule: ServerRule, file: StoredFile): Promise<Consideration> {
  try {
    return await consider(ports, rule, file)
  } catch (error) {
    return { ...failure(error), chain: [] }
  }
}

/** @throws what says nothing of the rule. */
export function failure(error: unknown): { readonly outcome: "error"; readonly says: string; readonly code: string } {
  if (!isGeartrainError(error)) {
    // A bug of ours stops this rule, and none of the others.
    const told = error instanceof Error ? error.message : String(error)
    return {
      outcome: "error",
      says: `The rule cannot be evaluated: the server failed: ${told.slice(0, 300)}`,
      code: "SERVER_FAILED",
    }
  }
  if (PASSED_ON.has(error.code)) throw error
  return { outcome: "error", says: error.message, code: error.code }
}

const PASSED_ON: ReadonlySet<string> = new Set(["DATABASE_UNAVAILABLE", "DATABASE_FAILED", "STORE_FULL"])

async function consider(ports: RulesPorts, server: ServerRule, file: StoredFile): Promise<Consideration> {
  const { rule } = server
  const not = (says: string): Consideration => ({ outcome: "not-fired", says, chain: [] })
  if (rule.disabled === true) return not("The rule is disabled")
  const queries = ports.database.read
  const facts = await readFacts(ports, rule, file)
  if (facts.places.get(file.place)?.level === "analysis") return not("Files of analyses call for no jobs")
  const gear = await needMeantGear(queries, rule)
  const verdict = evaluateRule(rule, facts, loneInput(rule, gear.manifest) ?? "")
  if (verdict.outcome !== "fits") {
    const outcome = verdict.outcome === "does-not-fit" ? "not-fired" : verdict.outcome
    return { outcome, says: verdict.says, verdict, chain: [] }
  }
  const told = { verdict, chain: [] }
  const caller = await ports.access.callerFor(server.confirmedBy)
  if (caller === undefined || !(await ports.access.may(caller, "run", server.project))) {
    const says = `The rule acts with the rights of ${server.confirmedBy}, who may not run gears here any more: confirm it to have it act with yours`
    return { ...told, outcome: "no-right", says }
  }
  const fixed = await findFixed(ports, rule, caller)
  const files = Object.values(verdict.chosen)
  const chain = await readChain(queries, files)
  const loop = checkLoop(rule, { chain, files })
  if (loop !== undefined) return { verdict, chain, outcome: "loop", says: loop }
  const wish = wishOf(server, { facts, verdict, fixed, gear: gear.id })
  const job = await findFired(queries, server.id, wish.key)
  if (job !== undefined) {
    return { verdict, chain, outcome: "already-done", says: `Job ${job} was started for the same files already`, job }
  }
  return { verdict, chain, outcome: "would-fire", says: verdict.says, wish, caller }
}

async function findFired(
  queries: RulesPorts["database"]["read"],
  rule: string,
  key: string,
): Promise<string | undefined> {
  const row = await queries
    .selectFrom("rule_decisions")
    .select("job")
    .where("slot", "=", firedSlot(rule, key))
    .executeTakeFirst()
  return row?.job ?? undefined
}

/** A decision to start a job: one of its kind for a rule and what it is run with. */
export function firedSlot(rule: string, key: string): string {
  return `fired:${rule}:${key}`
}

/** What the rule fixes, as far as whoever it acts for may read it: of other files nobody learns here whether they are there. */
async function findFixed(ports: RulesPorts, rule: Rule, caller: Caller): Promise<Fixed> {
  const found: Record<string, StoredFile> = {}
  for (const [input, reference] of Object.entries(rule.fixed ?? {})) {
    const file = await findReference(ports.database.read, reference)
    if (file === undefined || !(await ports.access.may(caller, "read", file.project))) {
      throw new GeartrainError(
        "RULE_INVALID",
        `Cannot give input "${input}" its fixed file: there is no file "${reference}" that ${caller.user} can see`,
        { hint: "Name another file in the rule, or bring this one back" },
      )
    }
    found[input] = file
  }
  return found
}

type Fixed = Readonly<Record<string, StoredFile>>

async function findReference(
  queries: RulesPorts["database"]["read"],
  reference: string,
): Promise<StoredFile | undefined> {
  if (/^[0-9a-f]{24}$/.test(reference)) return findFile(queries, { id: reference })
  const resolved = await resolvePath(queries, reference)
  return resolved?.kind === "file" ? resolved.file : undefined
}

function wishOf(
  { rule }: ServerRule,
  {
    facts,
    verdict,
    fixed,
    gear,
  }: { readonly facts: RuleFacts; readonly verdict: RuleVerdict; readonly fixed: Fixed; readonly gear: string },
): RuleWish {
  const destination = destinationOf(rule, facts)
  const config = rule.config ?? {}
  const files = [...Object.entries(verdict.chosen), ...Object.entries<FileFacts | StoredFile>(fixed)]
  const digests = Object.fromEntries(files.map(([input, { digest }]) => [input, digest]))
  return {
    order: {
      gear,
      destination,
      config,
      inputs: Object.fromEntries(files.map(([input, { id, version }]) => [input, `file:${id}@${version}`])),
      tags: ["auto", ...(rule.tags ?? [])],
      priority: rule.priority ?? 0,
    },
    key: sha256(new TextEncoder().encode(canonicalJson({ gear, destination, config, inputs: digests }))),
  }
}

/** Where files are taken together, there the outputs go; a file alone has them beside it. */
function destinationOf(rule: Rule, { file, places }: RuleFacts): string {
  const level = rule.inputs === undefined ? "place" : (rule.within ?? "place")
  for (let place = places.get(file.place); place !== undefined; place = places.get(place.parent)) {
    if (level === "place" || place.level === level) return place.id
  }
  return file.place
}
