import { answered, type GearClient } from "@geartrain/sdk/client"
import { MemberPaths, memberPath } from "../../../packing/members/member-path.ts"
import type { FoundPlace } from "../look-up.ts"
import { readPages } from "../read-pages.ts"
import type { ServerFile } from "../server-file.ts"
import { type Downloaded, downloadEach } from "./download-each.ts"
import type { Downloading } from "./download-file.ts"

/** Which files of a place, and of all below it. */
export interface FileFilter {
  /** Glob of the whole name, with * and ?. */
  readonly name?: string
  readonly type?: string
  readonly tag?: string
}

export interface DownloadedFile extends Downloaded {
  readonly file: ServerFile
}

/** Downloads the files of a place and of all below it into a folder, in folders by their labels. */
export async function downloadTree(
  place: FoundPlace,
  { folder, filter }: { readonly folder: string; readonly filter: FileFilter },
  { onFile, ...downloading }: Downloading & { readonly onFile: (downloaded: DownloadedFile) => void },
): Promise<void> {
  const onEach = (downloaded: Downloaded, { wanted }: Wanted): void => onFile({ ...downloaded, file: wanted })
  await downloadEach(filesOf(place, filter, downloading.client), folder, { ...downloading, onEach })
}

interface Wanted {
  readonly path: string
  readonly wanted: ServerFile
}

/** Files come place by place, so that each place is asked for once. */
async function* filesOf(top: FoundPlace, filter: FileFilter, client: GearClient): AsyncGenerator<Wanted, void> {
  const paths = new MemberPaths()
  let at: { readonly place: string; readonly steps: readonly string[] } = { place: top.id, steps: [] }
  const ask = (query: object) =>
    client.api.GET("/api/v1/places/{id}/files", {
      params: { path: { id: top.id }, query: { ...query, ...filter, below: "true" as never } },
    })
  for await (const files of readPages(ask)) {
    for (const file of files) {
      if (file.place !== at.place) at = { place: file.place, steps: await stepsBelow(client, top, file.place) }
      yield { path: paths.takeNumbered(memberPath([...at.steps, file.name])), wanted: file }
    }
  }
}

async function stepsBelow(client: GearClient, top: FoundPlace, id: string): Promise<readonly string[]> {
  if (id === top.id) return []
  const { path } = answered(await client.api.GET("/api/v1/places/{id}", { params: { path: { id } } }))
  return path.split("/").slice(top.path.split("/").length)
}
