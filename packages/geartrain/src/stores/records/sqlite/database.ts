import { GeartrainError } from "@geartrain/spec"
import { delay, monotonicMs } from "../../../system/clock.ts"
import { existsSync } from "../../../system/files.ts"
import { type Connection, openConnection } from "./connection.ts"
import { isBusy, sqliteError } from "./sqlite-error.ts"

export interface DatabaseOptions {
  /** Makes the folder that the database lies in. Called before each write, so it has to be quick the second time. */
  readonly prepare: () => Promise<void>
  /** So long another process may write until we give up. Default 60 s: a collection of garbage is the longest that does, and takes seconds. */
  readonly mostWaitMs?: number
}

/**
 * The records' database, opened on first use. Reading makes nothing: what is not there reads as `undefined`.
 *
 * Waiting for another process is done by trying again, so that this process's other work goes on.
 */
export interface Database {
  read<Result>(run: (connection: Connection) => Result): Promise<Result | undefined>
  /** Runs one transaction that is committed, and so durable, when this resolves; undone when `run` throws. */
  write<Result>(run: (connection: Connection) => Result): Promise<Result>
  /**
   * The same for a step of what is not ended yet: killing any program loses nothing of it, and only a machine that loses its power may, which
   * ends what was being done as well. Saves the wait for the disk; the next `write` makes it durable, too.
   */
  writeProgress<Result>(run: (connection: Connection) => Result): Promise<Result>
  /** The same, for something that takes a while: no other write of this process or another gets in between. */
  writeSlowly<Result>(run: (connection: Connection) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

export function openDatabase(path: string, options: DatabaseOptions): Database {
  const place = { path, mostWaitMs: options.mostWaitMs ?? 60_000 }
  let opened: Promise<Connection> | undefined
  const stale: Connection[] = []
  /** One write after another in this process: a connection has one transaction at a time. */
  let queue: Promise<unknown> = Promise.resolve()
  const connect = (): Promise<Connection> => {
    opened ??= patiently(place, () => openConnection(path)).catch((error: unknown) => {
      opened = undefined
      throw sqliteError(error, `open records "${path}"`)
    })
    return opened
  }
  /** What keeps a disk from being written may pass: whoever writes looks anew, unless that has just been done. */
  const connectToWrite = async (): Promise<Connection> => {
    const isNew = opened === undefined
    const connection = await connect()
    if (isNew || connection.unwritable === undefined) return connection
    // Somebody may be reading from this one, and nobody any more from those before it.
    for (const before of stale.splice(0)) await before.close()
    stale.push(connection)
    opened = undefined
    return connect()
  }
  const inTurn = <Result>(run: () => Promise<Result>): Promise<Result> => {
    const turn = queue.then(run)
    // The next one comes whatever became of this one, whose caller has the error.
    queue = turn.catch(() => undefined)
    return turn
  }
  const transact = <Result>(
    run: (connection: Connection) => Result | Promise<Result>,
    whenDone: (connection: Connection) => void = () => undefined,
  ): Promise<Result> =>
    inTurn(async () => {
      await options.prepare()
      const connection = await connectToWrite()
      if (connection.unwritable !== undefined) throw connection.unwritable
      const result = await transaction(place, connection, run)
      whenDone(connection)
      return result
    })
  const transactDurably = async <Result>(
    run: (connection: Connection) => Result | Promise<Result>,
  ): Promise<Result> => {
    let durable: Promise<void> | undefined
    const result = await transact(run, (connection) => {
      // Begun in this turn, so that closing waits for it; the next write does not.
      durable = connection.sync()
      durable.catch(() => undefined)
    })
    await explaining(`write records "${path}"`, async () => durable)
    return result
  }
  return {
    read: async (run) => {
      if (opened === undefined && !existsSync(path)) return undefined
      const connection = await connect()
      return explaining(`read records "${path}"`, () => patiently(place, () => run(connection)))
    },
    write: (run) => transactDurably(run),
    writeProgress: (run) => transact(run),
    writeSlowly: (run) => transactDurably(run),
    close: () =>
      inTurn(async () => {
        const connection = await opened?.catch(() => undefined)
        opened = undefined
        await connection?.close()
        for (const each of stale.splice(0)) await each.close()
      }),
  }
}

interface Place {
  readonly path: string
  readonly mostWaitMs: number
}

async function transaction<Result>(
  place: Place,
  connection: Connection,
  run: (connection: Connection) => Result | Promise<Result>,
): Promise<Result> {
  return explaining(`write records "${place.path}"`, async () => {
    await patiently(place, () => connection.database.exec("BEGIN IMMEDIATE"))
    try {
      const result = await run(connection)
      connection.database.exec("COMMIT")
      return result
    } catch (error) {
      // A full disk has ended the transaction already.
      if (connection.database.isTransaction) connection.database.exec("ROLLBACK")
      throw error
    }
  })
}

/** Tries again while another process writes. */
async function patiently<Result>(place: Place, attempt: () => Result | Promise<Result>): Promise<Result> {
  const startMs = monotonicMs()
  for (let tries = 0; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (!isBusy(error)) throw error
      if (monotonicMs() - startMs > place.mostWaitMs) throw busy(place, error)
      await delay(Math.min(5 + 5 * tries, 50))
    }
  }
}

async function explaining<Result>(doing: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    throw sqliteError(error, doing)
  }
}

function busy({ path, mostWaitMs }: Place, cause: unknown): GeartrainError {
  const waited = `another process has held them for ${mostWaitMs / 1000} s`
  return new GeartrainError("STORE_BUSY", `Cannot use records "${path}": ${waited}`, {
    details: { mostWaitMs },
    hint: `Try again when it is done; see which it is with: fuser '${path}'`,
    cause,
  })
}
