import { findFile } from "../../archive/files/find-file.ts"
import { fileNotFound } from "../../archive/names/not-found.ts"
import type { Caller } from "../../people/caller.ts"
import { type Consideration, considerFile } from "../decide/consider-file.ts"
import { shownVerdict } from "../decide/decide-file.ts"
import { type Decision, decisionOf } from "../decide/list-decisions.ts"
import type { RulesPorts } from "../rules-ports.ts"
import { needRule } from "../store/find-rule.ts"

/** What a rule says of a file as things are now, and what it said last. */
export interface FileExplanation {
  readonly outcome: Consideration["outcome"]
  readonly says: string
  readonly code?: string
  readonly verdict?: object
  readonly job?: string
  readonly chain: Consideration["chain"]
  /** The newest decision that was kept; absent when the rule has never come to the file. */
  readonly last?: Decision
}

/**
 * Explains what a rule makes of a file: every condition with what there is and what is wanted, and what else holds it back. Starts nothing.
 *
 * @throws {GeartrainError} RULE_NOT_FOUND, ARCHIVE_FILE_NOT_FOUND, PROJECT_NOT_FOUND
 */
export async function explainFile(
  ports: RulesPorts,
  caller: Caller,
  request: { readonly project: string; readonly id: string; readonly file: string },
): Promise<FileExplanation> {
  const rule = await needRule(ports, caller, { ...request, right: "read", action: "rule.explain" })
  const file = await findFile(ports.database.read, { id: request.file })
  // Another project's files are no business of this one: the caller may read this project, and is told nothing of others.
  if (file === undefined || file.project !== rule.project) throw fileNotFound(request.file)
  const { verdict, wish: _, caller: __, ...told } = await considerFile(ports, rule, file)
  const last = await ports.database.read
    .selectFrom("rule_decisions")
    .selectAll()
    .where("file", "=", file.id)
    .where("rule", "=", rule.id)
    .orderBy("at_ms", "desc")
    .orderBy("id", "desc")
    .executeTakeFirst()
  return {
    ...told,
    ...(verdict === undefined ? {} : { verdict: shownVerdict(verdict) }),
    ...(last === undefined ? {} : { last: decisionOf(last) }),
  }
}
