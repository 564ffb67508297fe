import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { getGroup, listGroups } from "../../archive/places/groups.ts"
import { listPlaces } from "../../archive/places/list-places.ts"
import type { PlaceType } from "../../database/tables/archive-tables.ts"
import type { ApiApp, FastifyRequest } from "../../http/api-app.ts"
import { etagOf } from "../../http/etag.ts"
import { writeCursor } from "../../http/page.ts"
import {
  LIST_QUERY,
  type ListQuery,
  labelIn,
  listReply,
  pathsIn,
  pickItems,
  STEP,
  takesPages,
} from "../lists/pick-items.ts"
import { groupShape } from "../shapes/group-shape.ts"
import { placeShape } from "../shapes/place-shape.ts"
import { containerWrites } from "./container-writes.ts"
import { CONTAINERS, ID_PARAMS, needContainer } from "./paths.ts"
import { listedPlaces, wholePlace } from "./whole-place.ts"

/** What may be listed below what: children, and what lies deeper. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  projects: ["subjects", "sessions", "acquisitions", "analyses"],
  subjects: ["sessions", "acquisitions", "analyses"],
  sessions: ["acquisitions", "analyses"],
  acquisitions: ["analyses"],
  containers: ["subjects", "sessions", "acquisitions", "analyses"],
}

/** Groups, and the places of the hierarchy. */
export function containerRoutes(app: ApiApp, ports: ArchivePorts): void {
  groups(app, ports)
  for (const [word, type] of Object.entries(CONTAINERS)) {
    if (type !== undefined) {
      app.get(`/api/${word}`, { schema: { querystring: LIST_QUERY } }, (request) =>
        listAnswer(ports, request, { type }),
      )
    }
    app.get(`/api/${word}/:id`, { schema: { params: ID_PARAMS } }, async ({ caller, params }, reply) => {
      const row = await needContainer(ports, caller, { id: params.id, type, right: "read", action: "place.read" })
      return reply.header("etag", etagOf(row.revision)).send(await wholePlace(ports, caller, row))
    })
    for (const member of ["info", "tags"] as const) {
      app.get(`/api/${word}/:id/${member}`, { schema: { params: ID_PARAMS } }, async ({ caller, params }, reply) => {
        const row = await needContainer(ports, caller, { id: params.id, type, right: "read", action: "place.read" })
        return reply.header("etag", etagOf(row.revision)).send(placeShape(row)[member])
      })
    }
    for (const below of BELOW[word] ?? []) {
      const wanted = CONTAINERS[below] as PlaceType
      const schema = { params: ID_PARAMS, querystring: LIST_QUERY }
      app.get(`/api/${word}/:id/${below}`, { schema }, async (request) => {
        const { id } = request.params
        const above = await needContainer(ports, request.caller, { id, type, right: "read", action: "place.list" })
        return listAnswer(ports, request, {
          type: wanted,
          below: above.id,
          // Of a place its own: those deeper down are theirs.
          directly: wanted === "analysis",
        })
      })
    }
  }
  containerWrites(app, ports)
}

function groups(app: ApiApp, ports: ArchivePorts): void {
  app.get("/api/groups", { schema: { querystring: LIST_QUERY } }, async (request) => {
    const { caller, query } = request
    const read = async (after: string | undefined) => {
      const cursor = after === undefined ? {} : { cursor: writeCursor([after]) }
      return (await listGroups(ports, caller, { limit: STEP, ...cursor })).items.map(groupShape)
    }
    return listReply(await pickItems(query, { read, counted: takesPages(request) }), query)
  })
  app.get("/api/groups/:id", { schema: { params: ID_PARAMS } }, async ({ caller, params }, reply) => {
    const group = await getGroup(ports, caller, params.id)
    return reply.header("etag", etagOf(group.revision)).send(groupShape(group))
  })
  const schema = { params: ID_PARAMS, querystring: LIST_QUERY }
  app.get("/api/groups/:id/projects", { schema }, async (request) => {
    const group = await getGroup(ports, request.caller, request.params.id)
    return listAnswer(ports, request, { type: "project", group: group.id })
  })
}

async function listAnswer(
  ports: ArchivePorts,
  request: FastifyRequest<{ Querystring: ListQuery }>,
  asked: {
    readonly type: PlaceType
    readonly below?: string
    readonly group?: string
    readonly directly?: boolean
  },
): Promise<unknown> {
  const { query } = request
  const withInfo = pathsIn(query).some((path) => path === "info" || path.startsWith("info."))
  const label = labelIn(query)
  const picked = await pickItems(query, {
    counted: takesPages(request),
    read: async (after) => {
      const rows = await listPlaces(ports, request.caller, { ...asked, withInfo, label, after, limit: STEP })
      return rows.map((row) => ({ ...placeShape(row), row }))
    },
  })
  const items = await listedPlaces(
    ports,
    picked.items.map(({ row }) => row),
  )
  return listReply({ ...picked, items }, query)
}
