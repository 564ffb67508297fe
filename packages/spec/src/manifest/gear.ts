import type { Digest, GearId, TreeDigest } from "../identity/digest.ts"
import type { Platform } from "../identity/gear-id.ts"
import type { GearManifest } from "./gear-manifest.ts"

/** What the image that a gear came from declared for itself. Shown, never obeyed: a gear runs by its manifest. */
export interface ImageDeclaration {
  /** `NAME=value`, as the image has them. */
  readonly env: readonly string[]
  readonly user: string
  readonly workdir: string
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
  readonly labels: Readonly<Record<string, string>>
}

/** Where the bytes of a gear were read from. */
export interface GearOrigin {
  readonly kind: "tar" | "docker-archive" | "oci-archive" | "oci-layout" | "folder" | "registry" | "catalogue" | "slim"
  /** The path or reference that the user gave; of `slim`, the gear that it is a part of. */
  readonly reference: string
  /** Digest of the image manifest, where the origin has one. */
  readonly imageDigest?: Digest
}

/** A gear as it is kept: everything but the bytes of its root filesystem, which `tree` names. */
export interface Gear {
  readonly id: GearId
  readonly platform: Platform
  readonly tree: TreeDigest
  readonly manifest: GearManifest
  /** `undefined` where the packing declares nothing, as a flat tar. */
  readonly image?: ImageDeclaration
  readonly origin: GearOrigin
  /** Entries of the tree, and the bytes of its files. */
  readonly entries: number
  readonly sizeBytes: number
  /** ISO 8601, UTC. */
  readonly imported: string
}
