import type { paths } from "@geartrain/sdk/client"

/** A file as the server lists it. */
export type ServerFile =
  paths["/api/v1/places/{id}/files"]["get"]["responses"]["200"]["content"]["application/json"]["items"][number]

/** A place as the server lists it. */
export type ServerPlace =
  paths["/api/v1/places/{id}/children"]["get"]["responses"]["200"]["content"]["application/json"]["items"][number]
