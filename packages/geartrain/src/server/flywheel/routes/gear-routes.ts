import { deriveInvocationSchema, findInvocationFaults, type GearManifest } from "@geartrain/spec"
import { z } from "zod"
import { filesOfPlaces } from "../../archive/files/files-of-places.ts"
import { listPlaces } from "../../archive/places/list-places.ts"
import type { ApiApp } from "../../http/api-app.ts"
import { DIGEST, SHORT_TEXT } from "../../http/json-words.ts"
import { findGear } from "../../queue/gears/find-gear.ts"
import { listGears } from "../../queue/gears/list-gears.ts"
import { registerGear } from "../../queue/gears/register-gear.ts"
import type { FlywheelPorts } from "../flywheel-ports.ts"
import { LIST_QUERY, listReply, pickFrom, takesPages, wholeList } from "../lists/pick-items.ts"
import { fileShape } from "../shapes/file-shape.ts"
import { type GearShape, gearShape } from "../shapes/gear-shape.ts"
import { MOST_FILES } from "../shapes/place-shape.ts"
import { CONTAINERS, needContainer } from "./paths.ts"

const GEAR = z.object({ gear: z.string().min(1).max(300) })
const WITH_PLACE = GEAR.extend({ word: z.string().max(30), id: z.string().min(1).max(300) })

/** Gears: the newest version of each, or all of them. */
export function gearRoutes(app: ApiApp, ports: FlywheelPorts): void {
  const { read } = ports.database
  const querystring = LIST_QUERY.extend({ all_versions: z.stringbool().optional() })
  app.get("/api/gears", { schema: { querystring } }, async (request) => {
    const { all_versions: allVersions = false, ...query } = request.query
    const filter = { allVersions, disabledToo: false }
    const gears = await wholeList((page) => listGears(ports, { filter, page }))
    return listReply(await pickFrom(query, gears.map(gearShape), { counted: takesPages(request) }), query)
  })
  const body = z.object({
    category: SHORT_TEXT.exactOptional(),
    exchange: z.object({ "image-digest": DIGEST }),
  })
  app.post("/api/gears", { schema: { body } }, async ({ caller, body: { category, exchange } }) => {
    const image = exchange["image-digest"]
    return { _id: (await registerGear(ports, caller, { image, ...(category === undefined ? {} : { category }) })).id }
  })
  app.get("/api/gears/:gear", { schema: { params: GEAR } }, async ({ params }): Promise<GearShape> => {
    return gearShape(await findGear(read, params.gear))
  })
  app.get("/api/gears/:gear/invocation", { schema: { params: GEAR } }, async ({ params }) =>
    deriveInvocationSchema((await findGear(read, params.gear)).manifest),
  )
  app.get("/api/gears/:gear/suggest/:word/:id", { schema: { params: WITH_PLACE } }, async ({ caller, params }) => {
    const { manifest } = await findGear(read, params.gear)
    const { word, id } = params
    const type = CONTAINERS[word] ?? Object.values(CONTAINERS).find((known) => known === word)
    const place = await needContainer(ports, caller, { id, type, right: "read", action: "place.read" })
    const rows = await filesOfPlaces(read, { places: [place.id], withInfo: true, limit: MOST_FILES })
    const level = place.type in BELOW ? BELOW[place.type as keyof typeof BELOW] : undefined
    const below =
      level === undefined ? [] : await listPlaces(ports, caller, { type: level, below: place.id, limit: 1000 })
    return {
      ...{ _id: place.id, label: place.label, container_type: place.type },
      files: rows.map((row) => {
        const file = fileShape(row, place)
        return { ...file, suggested: fitsOf(manifest, file) }
      }),
      children: level === undefined ? {} : { [`${level}s`]: below.map(({ id: _id, label }) => ({ _id, label })) },
    }
  })
}

const BELOW = { project: "subject", subject: "session", session: "acquisition" } as const

/** For each file input of a gear, whether a file could be taken for it. */
function fitsOf(manifest: GearManifest, file: ReturnType<typeof fileShape>): Readonly<Record<string, boolean>> {
  const { name, type, modality, mimetype, classification, tags, info = {}, size } = file
  const described = {
    ...{ name, mimetype, classification, tags: [...tags], info, size },
    ...(type === null ? {} : { type }),
    ...(modality === null ? {} : { modality }),
  }
  return Object.fromEntries(
    Object.entries(manifest.inputs).flatMap(([input, declared]) => {
      if (declared.base !== "file") return []
      const alone = { ...manifest, config: {}, inputs: { [input]: declared } }
      return [[input, findInvocationFaults(alone, { config: {}, inputs: { [input]: described } }).length === 0]]
    }),
  )
}
