import { constants } from "node:fs"
import { type FileHandle, open } from "node:fs/promises"
import { setTimeout as sleep } from "node:timers/promises"

/**
 * Opens a named pipe for reading, which waits until somebody opens it for writing.
 *
 * @param patienceMs  How long that may take.
 * @returns undefined when nobody came.
 */
export async function openNamedPipe(path: string, patienceMs: number): Promise<FileHandle | undefined> {
  const patience = new AbortController()
  const opening = open(path, "r")
  const waiting = sleep(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined)
  const opened = await Promise.race([opening, waiting])
  patience.abort()
  if (opened !== undefined) return opened
  // The thread that waits in open(2) is let go of by a writer of our own, who writes nothing.
  const writer = await open(path, constants.O_WRONLY | constants.O_NONBLOCK)
  await (await opening).close()
  await writer.close()
  return undefined
}
