import { join } from "node:path"
import { answered, type GearClient } from "@geartrain/sdk/client"
import { type GeartrainError, isGeartrainError } from "@geartrain/spec"
import { MemberPaths, memberPath } from "../../packing/members/member-path.ts"
import { inTurns } from "../in-turns.ts"
import type { FoundPlace } from "../look-up.ts"
import { isOfTheLine } from "../persist.ts"
import { readPages } from "../read-pages.ts"
import type { ServerFile } from "../server-file.ts"
import { type Downloading, downloadFile } from "./download-file.ts"
import { Folders, unwritable } from "./folders.ts"

/** Which files of a place, and of all below it. */
export interface FileFilter {
  /** Glob of the whole name, with * and ?. */
  readonly name?: string
  readonly type?: string
  readonly tag?: string
}

export interface DownloadedFile {
  /** In the folder. */
  readonly path: string
  readonly file: ServerFile
  readonly outcome: "fetched" | "there" | "failed"
  readonly error?: GeartrainError
}

const AT_ONCE = 4

/**
 * Downloads the files of a place and of all below it into a folder, in folders by their labels. A fault of one file leaves the others alone; when
 * the server is away the rest is not tried.
 */
export async function downloadTree(
  place: FoundPlace,
  { folder, filter }: { readonly folder: string; readonly filter: FileFilter },
  downloading: Downloading & { readonly onFile: (downloaded: DownloadedFile) => void },
): Promise<void> {
  const { onFile } = downloading
  const folders = new Folders(folder)
  let isOver = false
  await inTurns(wanted(place, filter, downloading.client), AT_ONCE, async ({ path, file }) => {
    downloading.signal.throwIfAborted()
    if (isOver) return
    try {
      await folders.make(path)
      onFile({ path, file, outcome: await downloadFile(file, join(folder, path), downloading) })
    } catch (error) {
      downloading.signal.throwIfAborted()
      const known = isGeartrainError(error) ? error : unwritable(join(folder, path), error)
      isOver ||= isOfTheLine(known) || known.code === "NOT_AUTHENTICATED"
      onFile({ path, file, outcome: "failed", error: known })
    }
  })
}

interface Wanted {
  readonly path: string
  readonly file: ServerFile
}

/** Files come place by place, so that each place is asked for once. */
async function* wanted(top: FoundPlace, filter: FileFilter, client: GearClient): AsyncGenerator<Wanted, void> {
  const paths = new MemberPaths()
  let at: { readonly place: string; readonly steps: readonly string[] } = { place: top.id, steps: [] }
  const ask = (query: object) =>
    client.api.GET("/api/v1/places/{id}/files", {
      params: { path: { id: top.id }, query: { ...query, ...filter, below: "true" as never } },
    })
  for await (const files of readPages(ask)) {
    for (const file of files) {
      if (file.place !== at.place) at = { place: file.place, steps: await stepsBelow(client, top, file.place) }
      yield { path: paths.takeNumbered(memberPath([...at.steps, file.name])), file }
    }
  }
}

async function stepsBelow(client: GearClient, top: FoundPlace, id: string): Promise<readonly string[]> {
  if (id === top.id) return []
  const { path } = answered(await client.api.GET("/api/v1/places/{id}", { params: { path: { id } } }))
  return path.split("/").slice(top.path.split("/").length)
}
