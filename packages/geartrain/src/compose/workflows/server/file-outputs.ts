import { answered, type GearClient } from "@geartrain/sdk/client"
import { GeartrainError } from "@geartrain/spec"
import type { KnownFile } from "@geartrain/spec/workflow"
import { persist } from "../../../archive/transfer/persist.ts"
import { sendFile } from "../../../archive/transfer/upload/send-file.ts"
import type { UploadNotes } from "../../../archive/transfer/upload/upload-notes.ts"
import { createReadStream } from "../../../system/files.ts"
import { namedApart } from "../deliver-outputs.ts"
import type { StoredPlaces } from "./stored-places.ts"

type Outputs = Readonly<Record<string, readonly KnownFile[]>>

export interface FilingMeans {
  readonly client: GearClient
  readonly places: StoredPlaces
  readonly notes: UploadNotes
  readonly signal: AbortSignal
}

/** As many as one request takes: all of them, or none. */
const AT_ONCE = 1000

/**
 * Makes files of a place of the workflow's outputs; what jobs gave does not move for that. A file that the place has with the same bytes stays, one with
 * others gets a new version.
 *
 * @param place  Its id.
 * @returns how many there are.
 * @throws {GeartrainError} WORKFLOW_BYTES_GONE; NOT_PERMITTED, and whatever else the server refuses.
 */
export async function fileOutputs(outputs: Outputs, place: string, means: FilingMeans): Promise<number> {
  const { client, places, signal } = means
  const files: { readonly job: string; readonly path: string; readonly name: string; readonly digest: string }[] = []
  const named = fileNames(outputs)
  for (const [name, file] of named) {
    const [, job, path] = /^job:([0-9a-f]{24})\/(.*)$/s.exec(places.find(file.digest) ?? "") ?? []
    if (job !== undefined && path !== undefined) files.push({ job, path, name, digest: file.digest })
    else await sendOwn(name, file, { place, means })
  }
  for (let start = 0; start < files.length; start += AT_ONCE) {
    const body = { files: files.slice(start, start + AT_ONCE) }
    const params = { path: { id: place } }
    const file = async () =>
      answered(await client.api.POST("/api/v1/places/{id}/files/from-jobs", { params, body, signal }))
    await persist(file, { signal })
  }
  return named.size
}

/** What a workflow passes on lies here. */
async function sendOwn(
  name: string,
  { digest, sizeBytes, path }: KnownFile,
  { place, means }: { readonly place: string; readonly means: FilingMeans },
): Promise<void> {
  if (path === undefined) {
    throw new GeartrainError("WORKFLOW_BYTES_GONE", `Cannot file output "${name}": the server has ${digest} no more`, {
      details: { name, digest },
      hint: "Run the workflow again: what is there is reused",
    })
  }
  const consignment = { place, name, sizeBytes, digest, bytes: () => createReadStream(path) }
  await sendFile(consignment, { ...means, onBytes: () => undefined })
}

/** A place has no folders: `maps/t1.nii` is `maps_t1.nii` there, and where two outputs have a file of one name, that of the output stands before it. */
export function fileNames(outputs: Outputs): ReadonlyMap<string, KnownFile> {
  const named = Object.entries(outputs).flatMap(([output, files]) =>
    namedApart(files).map(([path, file]) => ({ output, name: path.replaceAll("/", "_"), file })),
  )
  const counts = Map.groupBy(named, ({ name }) => name)
  const names = new Map<string, KnownFile>()
  for (const { output, name, file } of named) {
    let own = (counts.get(name)?.length ?? 0) > 1 ? `${output}_${name}` : name
    for (let number = 2; names.has(own); number++) own = `${number}_${output}_${name}`
    names.set(own, file)
  }
  return names
}
