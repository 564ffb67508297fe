import type { JsonObject } from "@geartrain/spec"
import { z } from "zod"
import type { ArchivePorts } from "../../archive/archive-ports.ts"
import { changeFile } from "../../archive/files/change-file.ts"
import type { FileWithOrigin } from "../../archive/files/files-of-places.ts"
import type { MetadataPatch } from "../../archive/metadata/patch-metadata.ts"
import { trashFile } from "../../archive/trash/trash-file.ts"
import type { ApiApp, FastifyRequest } from "../../http/api-app.ts"
import { readIfMatch } from "../../http/etag.ts"
import { JSON_OBJECT } from "../../http/json-words.ts"
import { INFO_CHANGE, infoPatch } from "../info-change.ts"
import { needNamed } from "./need-named.ts"
import { CONTAINERS, FILE_PARAMS } from "./paths.ts"

const WORDS = z.record(z.string().max(256), z.array(z.string().max(256)).max(100))

const CLASSIFICATION_CHANGE = z.strictObject({
  modality: z.string().max(256).nullable().optional(),
  add: WORDS.optional(),
  delete: WORDS.optional(),
  replace: WORDS.optional(),
})

const FILE_CHANGE = z.strictObject({
  type: z.string().max(256).nullable().optional(),
  modality: z.string().max(256).nullable().optional(),
  mimetype: z.string().max(256).optional(),
  classification: WORDS.optional(),
  info: JSON_OBJECT.optional(),
  tags: z.array(z.string().min(1).max(256)).max(500).optional(),
})

type ChangeOf<Body> = (file: FileWithOrigin, body: Body) => MetadataPatch

/** Changes of what is known of files, and putting them into the trash. */
export function fileWrites(app: ApiApp, ports: ArchivePorts): void {
  for (const [word, type] of Object.entries(CONTAINERS)) {
    const path = `/api/${word}/:id/files/:name`
    const change = async <Body>(
      request: FastifyRequest<{ Params: z.infer<typeof FILE_PARAMS> }>,
      patchOf: ChangeOf<Body>,
    ): Promise<{ readonly modified: number }> => {
      const { caller, params, headers } = request
      const { file } = await needNamed(ports, caller, { ...params, type, right: "write" })
      const patch = patchOf(file, request.body as Body)
      const revision = readIfMatch(headers["if-match"]) ?? file.revision
      const changed = await changeFile(ports, caller, { id: file.id, patch, revision })
      return { modified: changed.revision === file.revision ? 0 : 1 }
    }
    app.put(path, { schema: { params: FILE_PARAMS, body: FILE_CHANGE } }, (request) => change(request, filePatch))
    const infoSchema = { params: FILE_PARAMS, body: INFO_CHANGE }
    app.post(`${path}/info`, { schema: infoSchema }, (request) =>
      change<z.infer<typeof INFO_CHANGE>>(request, (file, body) => infoPatch(objectOf(file.info), body)),
    )
    const classificationSchema = { params: FILE_PARAMS, body: CLASSIFICATION_CHANGE }
    app.post(`${path}/classification`, { schema: classificationSchema }, (request) =>
      change(request, classificationPatch),
    )
    app.delete(path, { schema: { params: FILE_PARAMS } }, async (request) => {
      const { caller, params, headers } = request
      const { file } = await needNamed(ports, caller, { ...params, type, right: "write" })
      await trashFile(ports, caller, { id: file.id, revision: readIfMatch(headers["if-match"]) })
      return { modified: 1 }
    })
  }
}

const filePatch: ChangeOf<z.infer<typeof FILE_CHANGE>> = (file, { tags, classification, ...set }) => {
  const wanted = tags?.map((tag) => tag.normalize("NFC"))
  const given = Object.entries(set).filter(([, value]) => value !== undefined)
  const words = classification === undefined ? {} : replaceWords(file, classification)
  return {
    set: Object.fromEntries([...given, ...Object.entries(words.set ?? {})]) as JsonObject,
    ...(words.unset === undefined ? {} : { unset: words.unset }),
    ...(wanted === undefined
      ? {}
      : {
          addTags: wanted,
          removeTags: (JSON.parse(file.tags) as string[]).filter((tag) => !wanted.includes(tag)),
        }),
  }
}

const classificationPatch: ChangeOf<z.infer<typeof CLASSIFICATION_CHANGE>> = (file, change) => {
  const before = objectOf(file.classification) as Readonly<Record<string, readonly string[]>>
  const after = new Map<string, readonly string[]>(Object.entries(change.replace ?? before))
  for (const [name, words] of Object.entries(change.add ?? {})) {
    after.set(name, [...new Set([...(after.get(name) ?? []), ...words])])
  }
  for (const [name, words] of Object.entries(change.delete ?? {})) {
    const left = (after.get(name) ?? []).filter((word) => !words.includes(word))
    if (left.length > 0) after.set(name, left)
    else after.delete(name)
  }
  const { set, unset } = replaceWords(file, Object.fromEntries(after))
  const modality = change.modality === undefined ? {} : { modality: change.modality }
  return { set: { ...set, ...modality }, ...(unset === undefined ? {} : { unset }) }
}

/** All words of a file's classification, in the place of those that it has. */
function replaceWords(file: FileWithOrigin, words: Readonly<Record<string, readonly string[]>>): MetadataPatch {
  const gone = Object.keys(objectOf(file.classification)).filter((name) => !Object.hasOwn(words, name))
  return {
    set: { classification: words as unknown as JsonObject },
    unset: gone.map((name) => ["classification", name]),
  }
}

function objectOf(text: string | undefined): JsonObject {
  return JSON.parse(text ?? "{}") as JsonObject
}
