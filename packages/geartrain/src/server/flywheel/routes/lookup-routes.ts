import { GeartrainError } from "@geartrain/spec"
import { z } from "zod"
import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { filesOfPlaces } from "../../archive/files/files-of-places.ts"
import { placeNotFound } from "../../archive/names/not-found.ts"
import { needPlace } from "../../archive/places/find-place.ts"
import { listGroups } from "../../archive/places/groups.ts"
import { listPlaces } from "../../archive/places/list-places.ts"
import { type Found, listProjects, lookUp } from "../../archive/places/read-places.ts"
import type { ApiApp } from "../../http/api-app.ts"
import type { Caller } from "../../people/caller.ts"
import { findGear } from "../../queue/gears/find-gear.ts"
import type { FlywheelPorts } from "../flywheel-ports.ts"
import { fileShape } from "../shapes/file-shape.ts"
import { gearShape } from "../shapes/gear-shape.ts"
import { groupShape } from "../shapes/group-shape.ts"
import { placeShape } from "../shapes/place-shape.ts"
import { wholePlace } from "./whole-place.ts"

const BODY = z.object({ path: z.array(z.string().min(1).max(1024)).max(20) })

/** So many children are answered with what a path leads to. */
const MOST_CHILDREN = 1000

/** What a path of labels leads to: `["group", "project", "subject", …]`, with `<id:…>` for an id, or `["gears", name]`. */
export function lookupRoutes(app: ApiApp, ports: FlywheelPorts): void {
  app.post("/api/lookup", { schema: { body: BODY } }, async ({ caller, body }) => {
    const node = (await nodesOf(ports, caller, body.path)).at(-1)
    if (node === undefined) throw new GeartrainError("REQUEST_INVALID", "Cannot look up a path without a step")
    return node
  })
  app.post("/api/resolve", { schema: { body: BODY } }, async ({ caller, body }) => {
    const path = await nodesOf(ports, caller, body.path)
    return { path, children: await childrenOf(ports, caller, path.at(-1)) }
  })
}

interface Node {
  readonly _id: string
  readonly container_type: string
  readonly [member: string]: unknown
}

/** All that the path passes, from its first step on. */
async function nodesOf(ports: FlywheelPorts, caller: Caller, path: readonly string[]): Promise<readonly Node[]> {
  const steps = path.map(stepOf)
  const [first, name, ...more] = steps
  if (first === "gears") {
    if (name === undefined) return []
    if (more.length > 0) throw placeNotFound(path.join("/"))
    return [{ ...gearShape(await findGear(ports.database.read, name)), container_type: "gear" }]
  }
  const nodes: Node[] = []
  for (let end = 1; end <= steps.length; end++) {
    const word = steps[end - 1]
    // These words are followed by what they announce.
    if ((word === "files" || word === "analyses") && end < steps.length) continue
    if (word === "files" || word === "analyses") break
    nodes.push(await nodeOf(ports, caller, await lookUp(ports, caller, steps.slice(0, end).join("/"))))
  }
  return nodes
}

/** @throws {GeartrainError} PLACE_NOT_FOUND for a step that would be several. */
function stepOf(text: string): string {
  const step = /^<id:([^<>]+)>$/.exec(text)?.[1] ?? text
  if (step.includes("/")) throw placeNotFound(text)
  return step
}

async function nodeOf(ports: ArchivePorts, caller: Caller, found: Found): Promise<Node> {
  if (found.kind === "group") return groupShape(found.group)
  const row = await needPlace(ports, caller, { id: found.place.id, right: "read", action: "place.read" })
  if (found.kind === "place") return wholePlace(ports, caller, row)
  const { name } = found.file
  const [file] = await filesOfPlaces(ports.database.read, { places: [row.id], name, withInfo: true, limit: 1 })
  if (file === undefined) throw placeNotFound(name)
  return { ...fileShape(file, row), container_type: "file" }
}

const BELOW = { project: "subject", subject: "session", session: "acquisition" } as const

async function childrenOf(ports: FlywheelPorts, caller: Caller, node: Node | undefined): Promise<readonly object[]> {
  const page = { limit: MOST_CHILDREN }
  if (node === undefined) {
    return (await listGroups(ports, caller, page)).items.map(groupShape)
  }
  const { _id: id, container_type: type } = node
  if (type === "group") {
    const { items } = await listProjects(ports, caller, { ...page, group: id })
    return items.map(({ id: _id, label }) => ({ _id, label, container_type: "project" }))
  }
  if (type === "file" || type === "gear") return []
  const files = (node["files"] as readonly object[] | undefined) ?? []
  const level = type in BELOW ? BELOW[type as keyof typeof BELOW] : undefined
  const below =
    level === undefined ? [] : await listPlaces(ports, caller, { type: level, below: id, limit: MOST_CHILDREN })
  return [...below.map((row) => placeShape(row)), ...files.map((file) => ({ ...file, container_type: "file" }))]
}
