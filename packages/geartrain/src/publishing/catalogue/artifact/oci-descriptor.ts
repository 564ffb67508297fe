import type { ArtifactDescriptor } from "@geartrain/ports"
import { type Digest, GeartrainError, isDigest } from "@geartrain/spec"

/** A descriptor as OCI writes it. */
export function encodeDescriptor({ mediaType, digest, sizeBytes }: ArtifactDescriptor) {
  return { mediaType, digest, size: sizeBytes }
}

/** @throws {GeartrainError} CATALOGUE_DAMAGED */
export function decodeDescriptor(value: unknown, what: string): ArtifactDescriptor {
  const { mediaType, digest, size } = (value ?? {}) as Readonly<Record<string, unknown>>
  const isWhole = typeof mediaType === "string" && typeof size === "number" && Number.isSafeInteger(size) && size >= 0
  if (!isWhole || !isDigest(String(digest))) throw damaged(what, "a descriptor in it is incomplete")
  return { mediaType, digest: digest as Digest, sizeBytes: size }
}

export function damaged(what: string, problem: string, cause?: unknown): Error {
  return new GeartrainError("CATALOGUE_DAMAGED", `Cannot read ${what} in the catalogue: ${problem}`, {
    hint: "Tell those who keep the catalogue, or publish it again under another version",
    ...(cause === undefined ? {} : { cause }),
  })
}
