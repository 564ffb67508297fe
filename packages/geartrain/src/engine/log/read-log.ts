import type { JobId, JobRecord } from "@geartrain/spec"
import { isEnded } from "@geartrain/spec"
import { delay } from "../../system/clock.ts"
import { constants, open } from "../../system/files.ts"
import type { Stores } from "../engine-ports.ts"
import { jobFolders } from "../job-folders.ts"
import type { LogLine } from "./log-line.ts"

/** The log of an ended job, from the store. Nothing for a job that has none. */
export async function* readLog(record: JobRecord, stores: Pick<Stores, "blobs">): AsyncIterable<LogLine> {
  if (record.log === undefined) return
  yield* parseLines(stores.blobs.get(record.log.digest))
}

/** How often a log that grows is looked at. */
const POLL_MS = 200

/** The log of a job from its beginning, and what comes until it ends. */
export async function* followLog(
  id: JobId,
  stores: Pick<Stores, "blobs" | "jobs"> & { readonly workFolder: string },
  signal?: AbortSignal,
): AsyncIterable<LogLine> {
  let seen = 0
  for await (const line of parseLines(growingFile(id, stores, signal))) {
    seen += 1
    yield line
  }
  // The rest went to the store while nobody looked.
  const record = await stores.jobs.get(id)
  if (record === undefined) return
  let index = 0
  for await (const line of readLog(record, stores)) {
    index += 1
    if (index > seen) yield line
  }
}

async function* growingFile(
  id: JobId,
  stores: Pick<Stores, "jobs"> & { readonly workFolder: string },
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  const path = jobFolders(stores.workFolder, id).log
  const buffer = Buffer.allocUnsafe(64 * 1024)
  let position = 0
  for (;;) {
    const state = (await stores.jobs.get(id))?.state
    // Opened anew each time: the file is not there at first, and moved into the store when the job ends.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined
      throw error
    })
    if (file !== undefined) {
      try {
        for (let read = 1; read > 0; ) {
          read = (await file.read(buffer, 0, buffer.length, position)).bytesRead
          position += read
          if (read > 0) yield Buffer.from(buffer.subarray(0, read))
        }
      } finally {
        await file.close()
      }
    }
    if (state === undefined || isEnded(state)) return
    await delay(POLL_MS, signal)
  }
}

async function* parseLines(bytes: AsyncIterable<Uint8Array>): AsyncIterable<LogLine> {
  const decoder = new TextDecoder()
  let rest = ""
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) yield JSON.parse(line) as LogLine
  }
}
