import { answered, type GearClient, type paths } from "@geartrain/sdk/client"
import { GeartrainError } from "@geartrain/spec"

/** What a path of the server's leads to. */
export type FoundThere = paths["/api/v1/lookup"]["get"]["responses"]["200"]["content"]["application/json"]

/** @throws {GeartrainError} USAGE for no path at all; whatever the server says of one that leads nowhere. */
export async function lookUp(client: GearClient, path: string): Promise<FoundThere> {
  if (path === "") {
    throw new GeartrainError("USAGE", `Cannot find the place "": its path is empty`, {
      hint: "Write it as GROUP/PROJECT/…; see what there is with: gear ls --server",
    })
  }
  return answered(await client.api.GET("/api/v1/lookup", { params: { query: { path } } }))
}

/**
 * The id of a project, by its id or path.
 *
 * @throws {GeartrainError} USAGE for a path that leads to something else; whatever the server says of one that leads nowhere.
 */
export async function findProject(client: GearClient, path: string): Promise<string> {
  if (/^[0-9a-f]{24}$/.test(path)) return path
  const found = await lookUp(client, path)
  if (found.kind === "place" && found.place.type === "project") return found.place.id
  throw new GeartrainError("USAGE", `Cannot take "${path}" as a project: it is ${whatItIs(found)}`, {
    hint: "Name it as GROUP/PROJECT",
  })
}

/** The id of a file, by its id or path. @throws {GeartrainError} USAGE */
export async function findFileThere(client: GearClient, path: string): Promise<string> {
  const id = path.replace(/^file:/, "")
  if (/^[0-9a-f]{24}$/.test(id)) return id
  const found = await lookUp(client, path)
  if (found.kind === "file") return found.file.id
  throw new GeartrainError("USAGE", `Cannot take "${path}" as a file: it is ${whatItIs(found)}`, {
    hint: "Name it as GROUP/PROJECT/…/files/NAME",
  })
}

function whatItIs(found: FoundThere): string {
  if (found.kind === "place") return `a ${found.place.type}`
  return `a ${found.kind}`
}
