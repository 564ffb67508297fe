import type { Queries } from "../../database/database.ts"
import type { RuleLink } from "../evaluate/check-loop.ts"
import type { FileFacts } from "../evaluate/rule-facts.ts"

/** The longest line of rules' jobs that led to one of the files, the oldest first; empty for files that people brought. */
export async function readChain(queries: Queries, files: readonly FileFacts[]): Promise<readonly RuleLink[]> {
  const jobs = files.flatMap(({ madeBy }) => (madeBy === undefined ? [] : [madeBy.job]))
  if (jobs.length === 0) return []
  const rows = await queries
    .selectFrom("rule_decisions")
    .select(["rule", "job", "chain"])
    .where("job", "in", jobs)
    .where("outcome", "=", "fired")
    .execute()
  const chains = rows.map(({ rule, job, chain }) => [...(JSON.parse(chain) as RuleLink[]), { rule, job: job ?? "" }])
  return chains.reduce<readonly RuleLink[]>((longest, chain) => (chain.length > longest.length ? chain : longest), [])
}
