import type { ArtifactDescriptor, CatalogueBackend } from "@geartrain/ports"
import { type Digest, GeartrainError, isDigest, isGeartrainError, shortDigest } from "@geartrain/spec"
import { createHasher, sha256 } from "../../../system/hash.ts"
import { findCredentials } from "../../registry/auth-file.ts"
import { DEFAULT_PATIENCE, type HttpPatience } from "../../registry/http-fetch.ts"
import { readRegistryList } from "../../registry/registry-lists.ts"
import { RegistrySession } from "../../registry/registry-session.ts"
import { type UploadTarget, uploadBlob } from "../../registry/registry-upload.ts"
import { checkNames, isGearName } from "../gear-folder-name.ts"
import { subjectOf } from "../subject-of.ts"
import { otherDigest, readManifest } from "./read-manifest.ts"
import { listReferrer, REFERRERS_TAG, readReferrers } from "./referrers.ts"
import { storeManifest } from "./store-manifest.ts"

export interface RegistryCatalogueOptions {
  readonly host: string
  /** Path of the repositories before the name of the gear; empty for none. */
  readonly prefix: string
  /** Where `docker login` keeps credentials. */
  readonly authFiles?: readonly string[]
  readonly patience?: Partial<HttpPatience>
}

/**
 * A catalogue in an OCI registry: one repository a gear, `HOST/PREFIX/GEAR`.
 *
 * Registries let tags be written over; that a version is new is looked up before it is written. Whoever keeps the registry can make it refuse.
 */
export function openRegistryCatalogue(options: RegistryCatalogueOptions): CatalogueBackend {
  const { host, prefix } = options
  const patience = { ...DEFAULT_PATIENCE, ...options.patience }
  let opening: Promise<RegistrySession> | undefined
  const session = (): Promise<RegistrySession> => {
    opening ??= findCredentials(options.authFiles ?? [], host, prefix).then(
      (credentials) => new RegistrySession(host, { patience, ...(credentials === undefined ? {} : { credentials }) }),
    )
    return opening
  }
  const target = async (gear: string, tag?: string): Promise<UploadTarget> => {
    checkNames(gear, tag)
    return { session: await session(), repository: prefix === "" ? gear : `${prefix}/${gear}` }
  }
  return {
    capabilities: { exclusiveTags: false },
    names: () => listGears(session, options),
    tags: async (gear) => {
      const { session: opened, repository } = await target(gear)
      const what = `tags of "${host}/${repository}"`
      const scope = `repository:${repository}:pull`
      const tags: string[] = []
      for await (const tag of readRegistryList(opened, {
        path: `${repository}/tags/list`,
        member: "tags",
        what,
        scope,
      })) {
        if (!REFERRERS_TAG.test(tag)) tags.push(tag)
      }
      return tags
    },
    readManifest: async (gear, reference) =>
      readManifest(await target(gear, isDigest(reference) ? undefined : reference), reference),
    writeManifest: async (gear, manifest, { tag, onlyNew = false } = {}) => {
      const place: UploadTarget = await target(gear, tag)
      if (onlyNew && tag !== undefined && (await readManifest(place, tag)) !== undefined) throw taken(gear, tag)
      const digest = sha256(manifest.bytes)
      const answer = await storeManifest(place, tag ?? digest, manifest)
      await answer.discard()
      const stored = answer.headers.get("docker-content-digest") ?? digest
      if (stored !== digest) throw otherDigest(`what "${host}" stored as "${gear}"`, digest, stored as Digest)
      const descriptor = { mediaType: manifest.mediaType, digest, sizeBytes: manifest.bytes.length }
      const subject = subjectOf(manifest.bytes)
      // A registry that lists referrers says so here.
      if (subject !== undefined && answer.headers.get("oci-subject") === null) {
        await listReferrer(place, subject, descriptor)
      }
      return descriptor
    },
    readBlob: (gear, descriptor, signal) => readBlob(() => target(gear), descriptor, signal),
    writeBlob: async (gear, { digest, sizeBytes }, read) => uploadBlob(await target(gear), { digest, sizeBytes, read }),
    referrers: async (gear, digest) => readReferrers(await target(gear), digest),
  }
}

async function* listGears(
  open: () => Promise<RegistrySession>,
  { host, prefix }: RegistryCatalogueOptions,
): AsyncGenerator<string, void> {
  const session = await open()
  const list = readRegistryList(session, {
    path: "_catalog",
    member: "repositories",
    what: `gears of "${host}"`,
    scope: "registry:catalog:*",
  })
  const before = prefix === "" ? "" : `${prefix}/`
  try {
    for (;;) {
      const { done, value } = await list.next()
      if (done === true) {
        if (!value) throw notListed(host)
        return
      }
      const name = value.slice(before.length)
      if (value.startsWith(before) && isGearName(name)) yield name
    }
  } catch (error) {
    // Registries that many share tell nobody what they hold.
    throw isGeartrainError(error, "REGISTRY_UNAUTHORIZED") ? notListed(host, error) : error
  }
}

async function* readBlob(
  target: () => Promise<UploadTarget>,
  { digest, sizeBytes }: ArtifactDescriptor,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const { session, repository } = await target()
  const what = `blob ${shortDigest(digest)} of "${session.host}/${repository}"`
  const answer = await session.ask({
    path: `${repository}/blobs/${digest}`,
    what,
    scope: `repository:${repository}:pull`,
    headers: { accept: "*/*" },
    accepts: [200, 404],
    ...(signal === undefined ? {} : { signal }),
  })
  if (answer.status === 404) {
    await answer.discard()
    throw new GeartrainError("BLOB_NOT_FOUND", `Cannot get ${what}: the registry does not have it`, {
      details: { digest },
      hint: "Publish this version again, or tell those who keep the registry",
    })
  }
  const hasher = createHasher()
  let found = 0
  for await (const piece of answer.body()) {
    found += piece.length
    if (found > sizeBytes) break
    hasher.update(piece)
    yield piece
  }
  if (found !== sizeBytes) {
    const sent = found > sizeBytes ? "more" : `${found}`
    throw new GeartrainError(
      "CATALOGUE_DAMAGED",
      `Cannot use ${what}: it should have ${sizeBytes} bytes, and ${sent} came`,
      {
        details: { digest, sizeBytes },
        hint: "Try again, and tell the operators of the registry if it stays",
      },
    )
  }
  const came = hasher.digest()
  if (came !== digest) throw otherDigest(what, digest, came)
}

function taken(gear: string, tag: string): Error {
  return new GeartrainError("VERSION_EXISTS", `Cannot publish "${gear}" as "${tag}": it is there`, {
    details: { gear, tag },
    hint: "Look at what is there: gear search",
  })
}

function notListed(host: string, cause?: unknown): Error {
  return new GeartrainError("CATALOGUE_NOT_LISTED", `Cannot list the gears of "${host}": it does not tell`, {
    details: { host },
    hint: "Name the gear: gear search NAME looks it up, and gear install NAME needs no list",
    ...(cause === undefined ? {} : { cause }),
  })
}
