import type { ArtifactManifest } from "@geartrain/ports"
import { type Digest, GeartrainError, isDigest } from "@geartrain/spec"
import { sha256 } from "../../../system/hash.ts"
import { readSmallBody } from "../../registry/http-fetch.ts"
import type { UploadTarget } from "../../registry/registry-upload.ts"

export const IMAGE_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
export const IMAGE_INDEX = "application/vnd.oci.image.index.v1+json"

export const MOST_MANIFEST_BYTES = 4 * 1024 * 1024

/** Reads a manifest or an index, and compares it with every digest that it should have. */
export async function readManifest(
  { session, repository }: UploadTarget,
  reference: string,
): Promise<ArtifactManifest | undefined> {
  const what = `manifest "${reference}" of "${session.host}/${repository}"`
  const answer = await session.ask({
    path: `${repository}/manifests/${reference}`,
    what,
    scope: `repository:${repository}:pull`,
    headers: { accept: `${IMAGE_MANIFEST}, ${IMAGE_INDEX}` },
    accepts: [200, 404],
  })
  if (answer.status === 404) {
    await answer.discard()
    return undefined
  }
  const bytes = await readSmallBody(answer, MOST_MANIFEST_BYTES, what)
  const digest = sha256(bytes)
  const claimed = isDigest(reference) ? reference : (answer.headers.get("docker-content-digest") ?? digest)
  if (claimed !== digest) throw otherDigest(what, claimed as Digest, digest)
  const mediaType = (answer.headers.get("content-type") ?? IMAGE_MANIFEST).split(";")[0]?.trim() ?? IMAGE_MANIFEST
  return { descriptor: { mediaType, digest, sizeBytes: bytes.length }, bytes }
}

export function otherDigest(what: string, expected: Digest, found: Digest): Error {
  return new GeartrainError(
    "CATALOGUE_DAMAGED",
    `Cannot use ${what}: it should have the digest ${expected}, and has ${found}`,
    {
      details: { expected, found },
      hint: "Somebody or something has changed it on the way: tell the operators of the registry",
    },
  )
}
