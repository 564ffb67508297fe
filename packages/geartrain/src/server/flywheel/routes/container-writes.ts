import { GeartrainError, type JsonObject, type JsonValue } from "@geartrain/spec"
import { z } from "zod"
import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { isJsonObject } from "../../archive/metadata/leaves.ts"
import { changePlace } from "../../archive/places/change-place.ts"
import { createPlace } from "../../archive/places/create-place.ts"
import { changeGroup, createGroup, getGroup } from "../../archive/places/groups.ts"
import { listPlaces } from "../../archive/places/list-places.ts"
import { movePlace } from "../../archive/places/move-place.ts"
import { trashPlace } from "../../archive/trash/trash-place.ts"
import type { ApiApp, FastifyRequest } from "../../http/api-app.ts"
import { readIfMatch } from "../../http/etag.ts"
import { JSON_OBJECT } from "../../http/json-words.ts"
import type { Caller } from "../../people/caller.ts"
import { INFO_CHANGE, infoPatch } from "../info-change.ts"
import { CONTAINERS, ID_PARAMS, needContainer } from "./paths.ts"

const TAG = z.object({ value: z.string().min(1).max(256) })
const TAGS = z.array(z.string().min(1).max(256)).max(500)

/** What a level lies in, under Flywheel's name for it. */
const ABOVE = { project: "group", subject: "project", session: "subject", acquisition: "session" } as const

/** Making and changing places. */
export function containerWrites(app: ApiApp, ports: ArchivePorts): void {
  groupWrites(app, ports)
  for (const [word, type] of Object.entries(CONTAINERS)) {
    if (type !== undefined && type !== "analysis") {
      app.post(`/api/${word}`, { schema: { body: JSON_OBJECT } }, async ({ caller, body }) => {
        const { parent, members } = await aboveIn(ports, caller, { type, body })
        if (parent === undefined) {
          throw new GeartrainError("REQUEST_INVALID", `Cannot make a ${type}: "${ABOVE[type]}" does not say where`)
        }
        const { label, tags, info, ...metadata } = members
        const request = { type, parent, label: textOf(label, "label"), metadata, ...partsOf({ tags, info }) }
        return { _id: (await createPlace(ports, caller, request)).id }
      })
    }
    app.put(`/api/${word}/:id`, { schema: { params: ID_PARAMS, body: JSON_OBJECT } }, async (request) => {
      const { caller, body } = request
      const row = await needContainer(ports, caller, { ...writing(request), type })
      const above =
        row.type === "analysis"
          ? { members: body, parent: undefined }
          : await aboveIn(ports, caller, { type: row.type, body })
      const { tags, ...set } = above.members
      const change =
        tags === undefined
          ? {}
          : tagsChange(JSON.parse(row.tags) as string[], partsOf({ tags, info: undefined }).tags ?? [])
      const revision = revisionOf(request) ?? (tags === undefined ? undefined : row.revision)
      const changed = await changePlace(ports, caller, { id: row.id, patch: { set, ...change }, revision })
      if (above.parent !== undefined && above.parent !== row.parent) {
        await movePlace(ports, caller, { id: row.id, parent: above.parent })
        return { modified: 1 }
      }
      return { modified: changed.revision === row.revision ? 0 : 1 }
    })
    app.delete(`/api/${word}/:id`, { schema: { params: ID_PARAMS } }, async (request) => {
      const { id } = await needContainer(ports, request.caller, { ...writing(request), type })
      await trashPlace(ports, request.caller, { id, revision: revisionOf(request) })
      return { deleted: 1 }
    })
    const infoSchema = { params: ID_PARAMS, body: INFO_CHANGE }
    for (const method of ["POST", "PUT"] as const) {
      app.route({
        method,
        url: `/api/${word}/:id/info`,
        schema: infoSchema,
        handler: async (request) => {
          const row = await needContainer(ports, request.caller, { ...writing(request), type })
          const patch = infoPatch(JSON.parse(row.info) as JsonObject, request.body as z.infer<typeof INFO_CHANGE>)
          const revision = revisionOf(request) ?? row.revision
          const changed = await changePlace(ports, request.caller, { id: row.id, patch, revision })
          return { modified: changed.revision === row.revision ? 0 : 1 }
        },
      })
    }
    tagWrites(app, ports, word)
  }
}

function tagWrites(app: ApiApp, ports: ArchivePorts, word: string): void {
  const type = CONTAINERS[word]
  const body = z.union([TAG, TAGS])
  app.post(`/api/${word}/:id/tags`, { schema: { params: ID_PARAMS, body } }, async (request) => {
    const { id } = await needContainer(ports, request.caller, { ...writing(request), type })
    const addTags = Array.isArray(request.body) ? request.body : [request.body.value]
    await changePlace(ports, request.caller, { id, patch: { addTags } })
    return { modified: 1 }
  })
  app.put(`/api/${word}/:id/tags`, { schema: { params: ID_PARAMS, body: TAGS } }, async (request) => {
    const row = await needContainer(ports, request.caller, { ...writing(request), type })
    const patch = tagsChange(JSON.parse(row.tags) as string[], request.body)
    await changePlace(ports, request.caller, { id: row.id, patch, revision: revisionOf(request) ?? row.revision })
    return { modified: 1 }
  })
  const params = ID_PARAMS.extend({ value: z.string().min(1).max(256) })
  app.delete(`/api/${word}/:id/tags/:value`, { schema: { params } }, async (request) => {
    const { id } = await needContainer(ports, request.caller, { ...writing(request), type })
    await changePlace(ports, request.caller, { id, patch: { removeTags: [request.params.value] } })
    return { modified: 1 }
  })
}

function groupWrites(app: ApiApp, ports: ArchivePorts): void {
  const ID = z.string().min(2).max(32)
  const LABEL = z.string().min(1).max(256)
  const body = z.strictObject({ _id: ID, label: LABEL.optional() })
  app.post("/api/groups", { schema: { body } }, async ({ caller, body: { _id: id, label } }) => ({
    _id: (await createGroup(ports, caller, { id, label })).id,
  }))
  const schema = { params: ID_PARAMS, body: z.strictObject({ label: LABEL }) }
  app.put("/api/groups/:id", { schema }, async (request) => {
    const { id } = await getGroup(ports, request.caller, request.params.id)
    await changeGroup(ports, request.caller, { id, ...request.body, revision: revisionOf(request) })
    return { modified: 1 }
  })
}

/** Takes what a place lies in out of a body: an id, an object with `_id`, or for a session a label of a subject, which is made if need be. */
async function aboveIn(
  ports: ArchivePorts,
  caller: Caller,
  { type, body }: { readonly type: keyof typeof ABOVE; readonly body: JsonObject },
): Promise<{ readonly parent: string | undefined; readonly members: JsonObject }> {
  const { [ABOVE[type]]: above, ...rest } = body
  if (type !== "session") return { parent: idOf(above), members: rest }
  // A session says its project besides its subject.
  const { project, ...members } = rest
  const subject = idOf(above)
  if (subject !== undefined || project === undefined) return { parent: subject, members }
  const named = isJsonObject(above) ? above : {}
  const label = textOf(named["label"] ?? named["code"], "subject.label")
  const asked = { type: "subject" as const, below: textOf(project, "project"), label: label.normalize("NFC") }
  const [there] = await listPlaces(ports, caller, { ...asked, limit: 1 })
  const found = there ?? (await createPlace(ports, caller, { type: "subject", parent: asked.below, label }))
  return { parent: found.id, members }
}

function idOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === "string") return value
  const id = isJsonObject(value) ? value["_id"] : undefined
  return typeof id === "string" ? id : undefined
}

function textOf(value: JsonValue | undefined, name: string): string {
  if (typeof value === "string") return value
  throw new GeartrainError("REQUEST_INVALID", `Cannot read the body: "${name}" is no text`)
}

function partsOf(parts: { readonly tags: JsonValue | undefined; readonly info: JsonValue | undefined }): {
  readonly tags?: readonly string[]
  readonly info?: JsonObject
} {
  const read = z.object({ tags: TAGS.optional(), info: JSON_OBJECT.optional() }).safeParse(parts)
  if (!read.success)
    throw new GeartrainError("REQUEST_INVALID", "Cannot read the body: tags are texts, and info an object")
  const { tags, info } = read.data
  return { ...(tags === undefined ? {} : { tags }), ...(info === undefined ? {} : { info }) }
}

export function tagsChange(
  before: readonly string[],
  after: readonly string[],
): { readonly addTags: readonly string[]; readonly removeTags: readonly string[] } {
  const wanted = after.map((tag) => tag.normalize("NFC"))
  return { addTags: wanted, removeTags: before.filter((tag) => !wanted.includes(tag)) }
}

function writing(request: FastifyRequest<{ Params: { id: string } }>): {
  readonly id: string
  readonly right: "write"
  readonly action: string
} {
  return { id: request.params.id, right: "write", action: "place.change" }
}

function revisionOf(request: FastifyRequest): number | undefined {
  return readIfMatch(request.headers["if-match"])
}
