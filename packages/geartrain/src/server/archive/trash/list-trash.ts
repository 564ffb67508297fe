import { type RawBuilder, type SqlBool, sql } from "kysely"
import type { Page } from "../../http/page.ts"
import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { COLUMNS } from "../files/list-files.ts"
import { listedFile, type ServerFile } from "../files/server-file.ts"
import { type PageRequest, readPage } from "../lists/read-page.ts"
import { needPlace, withinLineage } from "../places/find-place.ts"
import { listedPlace, type ServerPlace } from "../places/place.ts"
import { PLACE_COLUMNS } from "../places/read-places.ts"

type TrashRequest = PageRequest & { readonly project: string }

/** Places of a project that were put into the trash, each standing for all that went there with it. */
export async function listTrashedPlaces(
  ports: ArchivePorts,
  caller: Caller,
  request: TrashRequest,
): Promise<Page<ServerPlace>> {
  const places = ports.database.read.selectFrom("places").select(PLACE_COLUMNS).orderBy("lineage").orderBy("id")
  const page = await readTrash(ports, caller, {
    ...request,
    read: (which, limit) => places.where(which).limit(limit).execute(),
  })
  return { ...page, items: page.items.map(listedPlace) }
}

/** Files of a project that were put into the trash by themselves. */
export async function listTrashedFiles(
  ports: ArchivePorts,
  caller: Caller,
  request: TrashRequest,
): Promise<Page<ServerFile>> {
  const files = ports.database.read.selectFrom("files").select(COLUMNS).orderBy("lineage").orderBy("id")
  const page = await readTrash(ports, caller, {
    ...request,
    read: (which, limit) => files.where(which).limit(limit).execute(),
  })
  return { ...page, items: page.items.map(listedFile) }
}

async function readTrash<Row extends { readonly lineage: string; readonly id: string }>(
  ports: ArchivePorts,
  caller: Caller,
  request: TrashRequest & { readonly read: (which: RawBuilder<SqlBool>, limit: number) => Promise<Row[]> },
): Promise<Page<Row>> {
  const { lineage } = await needPlace(ports, caller, { id: request.project, right: "read", action: "trash.list" })
  const [from, before] = withinLineage(lineage)
  return readPage(request, {
    kinds: ["string", "string"],
    read: (limit, after) => {
      const last = sql`(${after?.[0] ?? from}, ${after?.[1] ?? ""})`
      // What went there by itself.
      const which = sql<SqlBool>`deleted_ms is not null and deleted_with = id and (lineage, id) > ${last} and lineage < ${before}`
      return request.read(which, limit)
    },
    orderOf: (row) => [row.lineage, row.id],
  })
}
