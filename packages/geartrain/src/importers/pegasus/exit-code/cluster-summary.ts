/** What the summaries of clusters in an output come to; undefined where it has none. */
export interface SummaryVerdict {
  /** What is wrong with one of them. */
  readonly problem?: string
}

const SUMMARY = /\[(?:cluster|seqexec)-summary\b([^\n]*)/g
const TASK = /\[(?:cluster|seqexec)-task\b/

/**
 * A summary is well where it says `ok`, no task failed, and as many succeeded as were submitted, or, where it does not tell how many that
 * were, as there are.
 */
export function judgeSummaries(output: string): SummaryVerdict | undefined {
  const found = [...output.matchAll(SUMMARY)]
  if (found.length === 0)
    return TASK.test(output) ? { problem: "a cluster ran tasks, and did not live to sum them up" } : undefined
  for (const [, text = ""] of found) {
    const problem = problemOf(text)
    if (problem !== undefined) return { problem }
  }
  return {}
}

function problemOf(text: string): string | undefined {
  const stat = summaryValue(text, "stat")
  if (stat !== undefined && stat.toLowerCase() !== "ok") return `the cluster says "${stat}"`
  const failed = numberOf(text, "failed")
  const succeeded = numberOf(text, "succeeded")
  const tasks = numberOf(text, "submitted") ?? numberOf(text, "tasks")
  if (failed === undefined || succeeded === undefined || tasks === undefined)
    return "the cluster's summary is not whole"
  if (failed > 0) return `${failed} tasks of the cluster failed`
  if (succeeded < tasks) return `${succeeded} of ${tasks} tasks of the cluster succeeded`
  return undefined
}

function numberOf(text: string, key: string): number | undefined {
  const value = summaryValue(text, key)
  const number = Number(value)
  return value === undefined || value === "" || !Number.isFinite(number) ? undefined : number
}

function summaryValue(text: string, key: string): string | undefined {
  const match = new RegExp(`(?:^|[\\s,])${key}=(?:"([^"]*)"|([^\\s,\\]]*))`).exec(text)
  return match === null ? undefined : (match[1] ?? match[2])
}
