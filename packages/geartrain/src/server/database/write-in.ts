import type { Kysely } from "kysely"
import { delay } from "../../system/clock.ts"
import type { Database, Write } from "./database.ts"
import { databaseError, isTransient } from "./database-error.ts"
import { appendEvent } from "./events/append-event.ts"
import { EVENTS_TOPIC, type NewEvent } from "./events/server-event.ts"
import type { DatabaseTables } from "./tables/database-tables.ts"

/** So often a transaction is tried that others are in the way of. */
const MOST_TRIES = 8

/**
 * Makes `Database.write`.
 *
 * @param options.publish  Tells other processes of the topics, within the transaction.
 * @param options.emit  Tells this process, after the commit.
 */
export function writeIn(
  kysely: Kysely<DatabaseTables>,
  options: {
    readonly kind: Database["kind"]
    readonly publish?: (write: Write["sql"], topics: readonly string[]) => Promise<void>
    readonly emit: (topic: string) => void
  },
): Database["write"] {
  return async (work) => {
    for (let tries = 1; ; tries++) {
      try {
        const topics = new Set<string>()
        const events: NewEvent[] = []
        const result = await kysely.transaction().execute(async (sql) => {
          const answer = await work({
            sql,
            wake: (topic) => void topics.add(topic),
            event: async (event) => void events.push(event),
          })
          // At the end, and in one go: who appends keeps all others from appending, and must not wait for their rows meanwhile.
          for (const event of events) await appendEvent(sql, options.kind, event)
          if (events.length > 0) topics.add(EVENTS_TOPIC)
          if (topics.size > 0) await options.publish?.(sql, [...topics])
          return answer
        })
        for (const topic of topics) options.emit(topic)
        return result
      } catch (error) {
        if (!isTransient(error) || tries === MOST_TRIES) throw databaseError(error)
        await delay(2 ** tries)
      }
    }
  }
}
