import { answered, type GearClient, type paths } from "@geartrain/sdk/client"

/** What a path leads to: a group, a place or a file. */
export type Found = paths["/api/v1/lookup"]["get"]["responses"]["200"]["content"]["application/json"]
export type FoundPlace = Extract<Found, { readonly kind: "place" }>["place"]

/** @throws {GeartrainError} PLACE_NOT_FOUND, ARCHIVE_FILE_NOT_FOUND */
export async function lookUp(client: GearClient, path: string): Promise<Found> {
  const plain = path.split("/").filter((step) => step !== "")
  return answered(await client.api.GET("/api/v1/lookup", { params: { query: { path: plain.join("/") } } }))
}
