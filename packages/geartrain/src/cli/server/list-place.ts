import type { GearClient } from "@geartrain/sdk/client"
import type { JsonObject } from "@geartrain/spec"
import { lookUp } from "../../archive/transfer/look-up.ts"
import { readPages } from "../../archive/transfer/read-pages.ts"
import type { ServerFile, ServerPlace } from "../../archive/transfer/server-file.ts"
import type { Context } from "../command.ts"
import { formatSize, formatTime } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import { textTable } from "../output/text-table.ts"

/** What may lie in a place of a type, in the order that it is listed. */
const CHILDREN = {
  project: ["subject", "analysis"],
  subject: ["session", "analysis"],
  session: ["acquisition", "analysis"],
  acquisition: ["analysis"],
  analysis: [],
} as const

/**
 * Lists what a path of a server's leads to: groups, projects of a group, or the places and files in a place.
 *
 * @throws {GeartrainError} PLACE_NOT_FOUND, ARCHIVE_FILE_NOT_FOUND
 */
export async function listPlace(context: Context, client: GearClient, path: string): Promise<void> {
  const print = rowPrinter(context)
  if (path.split("/").every((step) => step === "")) {
    for await (const groups of readPages((query) => client.api.GET("/api/v1/groups", { params: { query } })))
      print(
        groups.map((group) => ({
          item: { kind: "group", ...group },
          name: `${group.id}/`,
          type: "group",
          time: group.modifiedMs,
        })),
      )
    return print.end("There is no group that you can see")
  }
  const found = await lookUp(client, path)
  if (found.kind === "group") {
    const { id } = found.group
    const ask = (query: object) => client.api.GET("/api/v1/projects", { params: { query: { ...query, group: id } } })
    for await (const projects of readPages(ask)) print(projects.map(placeRow))
    return print.end(`There is no project in ${id} that you can see`)
  }
  if (found.kind === "file") {
    print([fileRow(found.file)])
    return print.end("")
  }
  const { id, type } = found.place
  for (const child of CHILDREN[type]) {
    const ask = (query: object) =>
      client.api.GET("/api/v1/places/{id}/children", { params: { path: { id }, query: { ...query, type: child } } })
    for await (const places of readPages(ask)) print(places.map(placeRow))
  }
  const ask = (query: object) => client.api.GET("/api/v1/places/{id}/files", { params: { path: { id }, query } })
  for await (const files of readPages(ask)) print(files.map(fileRow))
  print.end(`${found.place.path} is empty`)
}

interface Row {
  readonly item: object
  readonly name: string
  readonly type: string
  readonly sizeBytes?: number
  readonly version?: number
  readonly time: number
}

function placeRow(place: ServerPlace): Row {
  // A slash tells a place from a file beside it; an analysis is reached by a word of its own.
  const name = place.type === "analysis" ? `analyses/${place.label}/` : `${place.label}/`
  return { item: { kind: place.type, ...place }, name, type: place.type, time: place.modifiedMs }
}

function fileRow(file: ServerFile): Row {
  const { name, sizeBytes, version, modifiedMs } = file
  return { item: { kind: "file", ...file }, name, type: file.type ?? "-", sizeBytes, version, time: modifiedMs }
}

interface RowPrinter {
  (rows: readonly Row[]): void
  /** Says so when there was nothing. */
  end(nothing: string): void
}

const COLUMNS = [
  { title: "NAME" },
  { title: "TYPE" },
  { title: "SIZE", align: "right" },
  { title: "VERSION", align: "right" },
  { title: "MODIFIED" },
] as const

/** Columns are as wide as the widest of so many rows. */
const ROWS_AT_ONCE = 1000

function rowPrinter({ reply, options }: Context): RowPrinter {
  let held: Row[] = []
  let printed = 0
  const flush = (): void => {
    const lines = textTable(COLUMNS, held.map(cellsOf))
    for (const line of printed === 0 ? lines : lines.slice(1)) reply.print(line)
    printed += held.length
    held = []
  }
  const print = (rows: readonly Row[]): void => {
    for (const { item } of rows) reply.item(item as JsonObject)
    if (options.quiet) for (const { name } of rows) reply.print(escapeText(name))
    held.push(...rows)
    if (options.quiet || reply.json) {
      printed += held.length
      held = []
    } else if (held.length >= ROWS_AT_ONCE) flush()
  }
  return Object.assign(print, {
    end: (nothing: string) => {
      if (held.length > 0) flush()
      if (printed === 0) reply.say(escapeText(nothing))
    },
  })
}

function cellsOf({ name, type, sizeBytes, version, time }: Row): readonly string[] {
  const size = sizeBytes === undefined ? "" : formatSize(sizeBytes)
  const modified = formatTime(new Date(time).toISOString())
  return [escapeText(name), escapeText(type), size, version === undefined ? "" : String(version), modified]
}
