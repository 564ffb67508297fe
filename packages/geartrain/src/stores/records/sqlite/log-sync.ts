import { type FileHandle, open } from "../../../system/files.ts"

/**
 * Makes what was committed to a database durable, as `PRAGMA synchronous = FULL` does at each commit, but in a thread, while this process goes on,
 * and once for all who ask meanwhile.
 *
 * In WAL mode a commit is durable when the log is. With `synchronous = NORMAL`, SQLite itself syncs the log before it moves anything from there
 * into the database, and the database before it begins the log anew.
 *
 * @see https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export class LogSync {
  readonly #path: string
  #file: Promise<FileHandle> | undefined
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  /** @param path  Of the log. It has to be there at the first call of `sync`, and is the same file as long as the database is open. */
  constructor(path: string) {
    this.#path = path
  }

  /** Resolves when everything that was committed before this call is durable. */
  sync(): Promise<void> {
    // One that is under way may have begun before the commit.
    this.#next ??= this.#afterRunning()
    return this.#next
  }

  /** Waits for those who asked. */
  async close(): Promise<void> {
    await Promise.allSettled([this.#running, this.#next])
    const file = this.#file
    this.#file = undefined
    // That it could not be opened was told to those who asked.
    await (await file?.catch(() => undefined))?.close()
  }

  async #afterRunning(): Promise<void> {
    // Its failure was told to those who waited for it.
    await this.#running.catch(() => undefined)
    this.#running = this.#next ?? Promise.resolve()
    this.#next = undefined
    this.#file ??= open(this.#path, "r")
    const file = await this.#file.catch((error: unknown) => {
      this.#file = undefined
      throw error
    })
    await file.datasync()
  }
}
