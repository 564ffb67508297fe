import { GeartrainError } from "@geartrain/spec"
import type { Database } from "../../database/database.ts"

/** How failures to log in are answered: so many are free, and from then on each doubles the wait. */
interface Patience {
  readonly free: number
  readonly mostMs: number
}

const MINUTE_MS = 60_000

/**
 * Whoever guesses at an account from one address soon waits, and its owner elsewhere does not. Who guesses from many addresses makes the account
 * wait, but a minute at most: it finds no password that is let in, and the owner comes through. An address, behind which many may sit, has more
 * that are free.
 */
const PATIENCE: Readonly<Record<"account here" | "account" | "address", Patience>> = {
  "account here": { free: 5, mostMs: 15 * MINUTE_MS },
  account: { free: 50, mostMs: MINUTE_MS },
  address: { free: 20, mostMs: 15 * MINUTE_MS },
}

/** A failure that is older is forgotten. */
const MEMORY_MS = 60 * 60_000

/**
 * Counts a try to log in before it is looked at, so that many at once are no more than many one after another.
 *
 * @throws {GeartrainError} TOO_MANY_REQUESTS while the account or the address has to wait.
 */
export async function countTry(
  database: Database,
  { account, address, nowMs }: { readonly account: string; readonly address: string; readonly nowMs: number },
): Promise<void> {
  const waitMs = await database.write(async (write) => {
    let longest = 0
    for (const { kind, subject } of subjectsOf({ account, address })) {
      const row = await write.sql
        .selectFrom("login_delays")
        .selectAll()
        .where("subject", "=", subject)
        .executeTakeFirst()
      longest = Math.max(longest, (row?.until_ms ?? 0) - nowMs)
      if (longest > 0) continue
      const failures = (row === undefined || row.last_ms < nowMs - MEMORY_MS ? 0 : row.failures) + 1
      const next = { failures, last_ms: nowMs, until_ms: nowMs + delayMs(failures, PATIENCE[kind]) }
      await write.sql
        .insertInto("login_delays")
        .values({ subject, ...next })
        .onConflict((conflict) => conflict.column("subject").doUpdateSet(next))
        .execute()
    }
    await write.sql
      .deleteFrom("login_delays")
      .where("last_ms", "<", nowMs - MEMORY_MS)
      .execute()
    return longest
  })
  if (waitMs <= 0) return
  const retryAfterSeconds = Math.ceil(waitMs / 1000)
  throw new GeartrainError("TOO_MANY_REQUESTS", "Cannot log in: it has failed too often lately", {
    details: { retryAfterSeconds },
    hint: `Try again in ${retryAfterSeconds} seconds`,
  })
}

/** Forgets the failures of an account that has logged in, and takes this try back from its address. */
export async function forgetTries(
  database: Database,
  { account, address }: { readonly account: string; readonly address: string },
): Promise<void> {
  await database.write(async (write) => {
    const [here, everywhere, there] = subjectsOf({ account, address }).map(({ subject }) => subject)
    await write.sql
      .deleteFrom("login_delays")
      .where("subject", "in", [here ?? "", everywhere ?? ""])
      .execute()
    await write.sql
      .updateTable("login_delays")
      .set((of) => ({ failures: of("failures", "-", 1), until_ms: 0 }))
      .where("subject", "=", there ?? "")
      .execute()
  })
}

function subjectsOf({ account, address }: { readonly account: string; readonly address: string }): readonly {
  readonly kind: keyof typeof PATIENCE
  readonly subject: string
}[] {
  return [
    { kind: "account here", subject: `account ${account} from ${address}` },
    { kind: "account", subject: `account ${account}` },
    { kind: "address", subject: `address ${address}` },
  ]
}

/**
 * @example
 *   delayMs(7, { free: 5, mostMs: 60_000 }) // => 2000
 */
export function delayMs(failures: number, { free, mostMs }: Patience): number {
  return failures <= free ? 0 : Math.min(mostMs, 1000 * 2 ** Math.min(30, failures - free - 1))
}
