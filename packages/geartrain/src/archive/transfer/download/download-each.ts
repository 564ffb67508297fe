import { join } from "node:path"
import { type GeartrainError, isGeartrainError } from "@geartrain/spec"
import { inTurns } from "../in-turns.ts"
import { isOfTheLine } from "../persist.ts"
import { type Downloading, downloadFile } from "./download-file.ts"
import { Folders, unwritable } from "./folders.ts"
import type { WantedFile } from "./read-content.ts"

/** What became of one of several files. */
export interface Downloaded {
  /** In the folder. */
  readonly path: string
  readonly outcome: "fetched" | "there" | "failed"
  readonly error?: GeartrainError
}

const AT_ONCE = 4

/**
 * Downloads files into a folder, and makes the folders that their paths lead through. A fault of one leaves the others alone; when the server is
 * away the rest is not tried.
 */
export async function downloadEach<Wanted extends { readonly path: string; readonly wanted: WantedFile }>(
  all: Iterable<Wanted> | AsyncIterable<Wanted>,
  folder: string,
  { onEach, ...downloading }: Downloading & { readonly onEach: (downloaded: Downloaded, of: Wanted) => void },
): Promise<void> {
  const { signal } = downloading
  const folders = new Folders(folder)
  let isOver = false
  await inTurns(all, AT_ONCE, async (each) => {
    const { path, wanted } = each
    signal.throwIfAborted()
    if (isOver) return
    try {
      await folders.make(path)
      onEach({ path, outcome: await downloadFile(wanted, join(folder, path), downloading) }, each)
    } catch (error) {
      signal.throwIfAborted()
      const known = isGeartrainError(error) ? error : unwritable(join(folder, path), error)
      isOver ||= isOfTheLine(known) || known.code === "NOT_AUTHENTICATED"
      onEach({ path, outcome: "failed", error: known }, each)
    }
  })
}
