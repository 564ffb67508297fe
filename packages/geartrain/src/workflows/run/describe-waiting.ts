import type { JobNode } from "./graph.ts"
import type { Ready } from "./room/ready-queue.ts"
import type { Slots } from "./room/slots.ts"

interface Waiting {
  readonly running: Iterable<JobNode>
  readonly queue: Iterable<Ready>
  readonly slots: Slots
  /** The command that shows a job's log, but for the job's id. */
  readonly logCommand: string
}

const MOST_NAMED = 5

/** Sentences without full stop, the longest-running job first. */
export function describeWaiting({ running, queue, slots, logCommand }: Waiting): readonly string[] {
  const jobs = [...running].sort((a, b) => ((a.since ?? "") < (b.since ?? "") ? -1 : 1))
  const named = jobs.slice(0, MOST_NAMED).map(({ key, job, since }) => {
    const of = job === undefined ? "" : ` (${logCommand} ${job})`
    return since === undefined ? `"${key}" is being made ready` : `"${key}" has run since ${since}${of}`
  })
  const more = jobs.length > MOST_NAMED ? [`${jobs.length - MOST_NAMED} more jobs run`] : []
  return [...named, ...more, ...queueSentences(queue, slots)]
}

function queueSentences(queue: Iterable<Ready>, slots: Slots): readonly string[] {
  const waiting = new Map<string | undefined, number>()
  for (const { demand } of queue) {
    const { category } = demand
    const isFull = category !== undefined && slots.inCategory(category) >= slots.placesOf(category)
    const name = isFull ? category : undefined
    waiting.set(name, (waiting.get(name) ?? 0) + 1)
  }
  return [...waiting].map(([category, count]) => {
    const who = count === 1 ? "1 job waits" : `${count} jobs wait`
    if (category === undefined) return `${who} for room: ${slots.jobs} of ${slots.capacity.jobs} run`
    return `${who} for a place of category "${category}": ${slots.inCategory(category)} of ${slots.placesOf(category)} run`
  })
}
