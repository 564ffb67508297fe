import type { ArtifactDescriptor } from "@geartrain/ports"
import { type Digest, GeartrainError, hexOf, isDigest } from "@geartrain/spec"
import { readSmallBody } from "../../registry/http-fetch.ts"
import type { UploadTarget } from "../../registry/registry-upload.ts"
import { IMAGE_INDEX, MOST_MANIFEST_BYTES, readManifest } from "./read-manifest.ts"
import { storeManifest } from "./store-manifest.ts"

/** Where registries that do not list referrers themselves have them listed by whoever writes them. */
export const REFERRERS_TAG = /^sha256-[0-9a-f]{64}$/

/** @see OCI distribution specification 1.1, "Listing Referrers", with the fallback for registries that do not know of it */
export async function readReferrers(target: UploadTarget, subject: Digest): Promise<readonly ArtifactDescriptor[]> {
  const { session, repository } = target
  const what = `signatures of ${subject} in "${session.host}/${repository}"`
  const answer = await session.ask({
    path: `${repository}/referrers/${subject}`,
    what,
    scope: `repository:${repository}:pull`,
    headers: { accept: IMAGE_INDEX },
    accepts: [200, 400, 404, 405],
  })
  if (answer.status === 200) return readIndex(await readSmallBody(answer, MOST_MANIFEST_BYTES, what), what)
  await answer.discard()
  const listed = await readManifest(target, tagOf(subject))
  return listed === undefined ? [] : readIndex(listed.bytes, what)
}

/**
 * Adds a manifest to the list of those that refer to a subject, where the registry does not do so itself.
 *
 * Two who do this at the same moment may lose one of the two: registries have no way to write only if nothing has changed.
 */
export async function listReferrer(target: UploadTarget, subject: Digest, referrer: ArtifactDescriptor): Promise<void> {
  const there = await readManifest(target, tagOf(subject))
  const known = there === undefined ? [] : readIndex(there.bytes, "the list of signatures")
  if (known.some(({ digest }) => digest === referrer.digest)) return
  const manifests = [...known, referrer].map(({ mediaType, digest, sizeBytes }) => ({
    mediaType,
    digest,
    size: sizeBytes,
  }))
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: IMAGE_INDEX, manifests }))
  const answer = await storeManifest(target, tagOf(subject), { mediaType: IMAGE_INDEX, bytes })
  await answer.discard()
}

function tagOf(subject: Digest): string {
  return `sha256-${hexOf(subject)}`
}

function readIndex(bytes: Uint8Array, what: string): readonly ArtifactDescriptor[] {
  let manifests: unknown
  try {
    manifests = (JSON.parse(Buffer.from(bytes).toString("utf8")) as { readonly manifests?: unknown } | null)?.manifests
  } catch (error) {
    throw unreadable(what, error)
  }
  if (!Array.isArray(manifests)) throw unreadable(what)
  return manifests.map((each: unknown) => {
    const { mediaType, digest, size } = (each ?? {}) as Readonly<Record<string, unknown>>
    if (typeof mediaType !== "string" || typeof size !== "number" || !isDigest(String(digest))) throw unreadable(what)
    return { mediaType, digest: digest as Digest, sizeBytes: size }
  })
}

function unreadable(what: string, cause?: unknown): Error {
  return new GeartrainError("REGISTRY_REPLY_INVALID", `Cannot list ${what}: the answer is no image index`, {
    hint: "Tell the operators of the registry",
    ...(cause === undefined ? {} : { cause }),
  })
}
