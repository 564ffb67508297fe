import type { Digest } from "@geartrain/spec"
import { hexOf } from "@geartrain/spec"
import type { PackMember } from "../../../packing/members/pack-member.ts"
import { writeTarStream } from "../../../packing/members/write-tar-stream.ts"
import { writeZip } from "../../../packing/zip/write-zip.ts"
import type { Queries } from "../../database/database.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { filesOf, type ListedRow } from "../files/list-files.ts"
import type { StoredPlace } from "../places/place.ts"
import { needSelection, type Selection, selectionOf } from "./create-download.ts"
import { type ManifestSpool, openManifest } from "./manifest-spool.ts"
import { MemberTree, type TreeStep } from "./member-tree.ts"

/** Name of the last member: a line for each other one, as `sha256sum --check` reads them. */
const MANIFEST_NAME = "manifest-sha256.txt"

/** Files that are looked up at a time. */
const PAGE = 500

/**
 * Packs what a ticket stands for, as it is now, while it is sent: paths as the archive has them, and the digests of all files at the end. An
 * archive that could not be made to its end has none, and what reads it says so: whoever sends it cuts the line when this throws.
 *
 * @throws {GeartrainError} DOWNLOAD_NOT_FOUND, PLACE_NOT_FOUND, ARCHIVE_FILE_NOT_FOUND, before the first byte; BLOB_NOT_FOUND,
 *   BLOB_DIGEST_MISMATCH in the middle.
 */
export async function streamDownload(
  ports: ArchivePorts,
  caller: Caller,
  request: { readonly ticket: string; readonly format: "tar" | "zip"; readonly signal?: AbortSignal | undefined },
): Promise<AsyncGenerator<Uint8Array, void>> {
  const selection = await selectionOf(ports, caller, request.ticket)
  const chosen = await needSelection(ports, caller, selection)
  const members = membersOf(ports, selection, chosen)
  const options = request.signal === undefined ? {} : { signal: request.signal }
  return request.format === "tar" ? writeTarStream(members, options) : writeZip(members, options)
}

type Chosen = Awaited<ReturnType<typeof needSelection>>

async function* membersOf(ports: ArchivePorts, selection: Selection, chosen: Chosen): AsyncGenerator<PackMember, void> {
  const manifest = await openManifest(ports.uploadFolder)
  try {
    const tree = new MemberTree()
    const labels = new Labels(ports.database.read)
    for await (const file of filesIn(ports, selection, chosen)) {
      const name = tree.take(await labels.stepsTo(file.lineage), file.name)
      await manifest.add(`${hexOf(file.digest as Digest)}  ${name}\n`)
      yield {
        name,
        sizeBytes: file.size_bytes,
        modifiedMs: file.created_ms,
        bytes: () => ports.blobs.get(file.digest as Digest),
      }
    }
    yield manifestMember(tree, manifest)
  } finally {
    await manifest.close()
  }
}

function manifestMember(tree: MemberTree, manifest: ManifestSpool): PackMember {
  return { name: tree.take([], MANIFEST_NAME), sizeBytes: manifest.sizeBytes, bytes: () => manifest.bytes() }
}

async function* filesIn(
  ports: ArchivePorts,
  selection: Selection,
  { places, files }: Chosen,
): AsyncGenerator<Omit<ListedRow, "info">, void> {
  for (const place of places) yield* filesBelow(ports, selection, place)
  yield* files
}

async function* filesBelow(
  ports: ArchivePorts,
  { name, type, tag, modality }: Selection,
  place: StoredPlace,
): AsyncGenerator<ListedRow, void> {
  const list = { name, type, tag, modality, below: true, limit: PAGE }
  let page = await filesOf(ports.database.read, place, list)
  for (;;) {
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    page = await filesOf(ports.database.read, place, { ...list, after: { lineage: last.lineage, name: last.name } })
  }
}

/** Labels of the places on the way to files, each looked up once. */
class Labels {
  readonly #queries: Queries
  readonly #steps = new Map<string, readonly TreeStep[]>()

  constructor(queries: Queries) {
    this.#queries = queries
  }

  async stepsTo(lineage: string): Promise<readonly TreeStep[]> {
    const known = this.#steps.get(lineage)
    if (known !== undefined) return known
    const ids = lineage.split("/").filter((id) => id !== "")
    const rows = await this.#queries
      .selectFrom("places")
      .select(["id", "type", "label", "parent"])
      .where("id", "in", ids)
      .execute()
    const steps = ids.flatMap((id): TreeStep[] => {
      const row = rows.find((each) => each.id === id)
      if (row === undefined) return []
      if (row.type === "analysis") return [{ id: `${row.parent}/analyses`, label: "analyses" }, row]
      return row.type === "project" ? [{ id: row.parent, label: row.parent }, row] : [row]
    })
    // Files come place by place.
    this.#steps.clear()
    this.#steps.set(lineage, steps)
    return steps
  }
}
