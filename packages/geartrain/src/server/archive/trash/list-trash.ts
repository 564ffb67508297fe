import { type SqlBool, sql } from "kysely"
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
  const { lineage } = await needPlace(ports, caller, { id: request.project, right: "read", action: "trash.list" })
  const [from, before] = withinLineage(lineage)
  const page = await readPage(request, {
    kinds: ["string", "string"],
    read: (limit, after) =>
      ports.database.read
        .selectFrom("places")
        .select(PLACE_COLUMNS)
        .where("deleted_ms", "is not", null)
        .where(({ eb, ref }) => eb("deleted_with", "=", ref("id")))
        .where(sql<SqlBool>`(lineage, id) > (${after?.[0] ?? from}, ${after?.[1] ?? ""})`)
        .where("lineage", "<", before)
        .orderBy("lineage")
        .orderBy("id")
        .limit(limit)
        .execute(),
    orderOf: (row) => [row.lineage, row.id],
  })
  return { ...page, items: page.items.map(listedPlace) }
}

/** Files of a project that were put into the trash by themselves. */
export async function listTrashedFiles(
  ports: ArchivePorts,
  caller: Caller,
  request: TrashRequest,
): Promise<Page<ServerFile>> {
  const { lineage } = await needPlace(ports, caller, { id: request.project, right: "read", action: "trash.list" })
  const [from, before] = withinLineage(lineage)
  const page = await readPage(request, {
    kinds: ["string", "string"],
    read: (limit, after) =>
      ports.database.read
        .selectFrom("files")
        .select(COLUMNS)
        .where("deleted_ms", "is not", null)
        .where(({ eb, ref }) => eb("deleted_with", "=", ref("id")))
        .where(sql<SqlBool>`(lineage, id) > (${after?.[0] ?? from}, ${after?.[1] ?? ""})`)
        .where("lineage", "<", before)
        .orderBy("lineage")
        .orderBy("id")
        .limit(limit)
        .execute(),
    orderOf: (row) => [row.lineage, row.id],
  })
  return { ...page, items: page.items.map(listedFile) }
}
