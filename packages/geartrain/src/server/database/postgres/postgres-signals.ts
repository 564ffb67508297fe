import type { Client } from "pg"
import { delay } from "../../../system/clock.ts"
import { localSignals } from "../signals/local-signals.ts"
import { EVERYTHING, type Signals } from "../signals/signals.ts"

/** Channel that topics are told on. */
export const CHANNEL = "geartrain"

/** So long until a line that was cut is made again. */
const RECONNECT_MS = 500

/**
 * Signals that go through PostgreSQL, so that all servers of one database hear them. While the line is cut nothing is heard; when it is back,
 * everybody is woken.
 *
 * @see https://www.postgresql.org/docs/15/sql-notify.html
 */
export async function postgresSignals(makeClient: () => Client): Promise<Signals & { close(): Promise<void> }> {
  const local = localSignals()
  const closing = new AbortController()
  let client = await listen()
  async function listen(): Promise<Client> {
    const fresh = makeClient()
    let isCut = false
    const cut = (): void => {
      if (isCut || closing.signal.aborted) return
      isCut = true
      void reconnect()
    }
    fresh.on("error", cut)
    fresh.on("end", cut)
    fresh.on("notification", ({ payload }) => {
      if (payload !== undefined) local.emit(payload)
    })
    try {
      await fresh.connect()
      await fresh.query(`LISTEN ${CHANNEL}`)
    } catch (error) {
      isCut = true
      await fresh.end().catch(() => undefined)
      throw error
    }
    return fresh
  }
  async function reconnect(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        client = await listen()
        local.emit(EVERYTHING)
        return
      } catch {
        // It is away still. Whoever asks it something is told so; here we wait.
        await delay(RECONNECT_MS, closing.signal).catch(() => undefined)
      }
    }
  }
  return {
    ...local,
    close: async () => {
      closing.abort()
      // One that is cut off has nothing to end.
      await client.end().catch(() => undefined)
    },
  }
}
