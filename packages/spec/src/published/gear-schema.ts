import type { JsonObject } from "../json/json-value.ts"
import type { Gear, GearOrigin, ImageDeclaration } from "../manifest/gear.ts"
import { listOf, mapOf, objectOf } from "../schema/parts/object-schema.ts"
import {
  COUNT,
  DIGEST,
  described,
  oneOfWords,
  PLATFORM,
  SCHEMA_DIALECT,
  TEXT,
  TIME,
} from "../schema/parts/value-schemas.ts"
import { GEAR_MANIFEST_SCHEMA } from "./gear-manifest-schema.ts"

/** Where the bytes of a gear were read from, as a part of other documents. */
export const GEAR_ORIGIN_PART: JsonObject = objectOf<GearOrigin>("Where the gear was read from", {
  kind: {
    must: oneOfWords(["tar", "docker-archive", "oci-archive", "oci-layout", "folder", "registry", "catalogue", "slim"]),
  },
  reference: { must: described(TEXT, "The path or reference that was given") },
  imageDigest: { may: described(DIGEST, "Digest of the image manifest") },
})

const IMAGE = objectOf<ImageDeclaration>("What the image declared for itself. Shown, never obeyed", {
  env: { must: listOf(TEXT) },
  user: { must: TEXT },
  workdir: { must: TEXT },
  entrypoint: { must: listOf(TEXT) },
  cmd: { must: listOf(TEXT) },
  labels: { must: mapOf(TEXT) },
})

/** The published schema of a gear as it is kept: everything but the bytes of its root filesystem. */
export const GEAR_SCHEMA: JsonObject = {
  $schema: SCHEMA_DIALECT,
  $id: "urn:geartrain:gear:1",
  title: "Gear",
  ...objectOf<Gear>("A gear as it is kept: everything but the bytes of its root filesystem", {
    id: { must: described(DIGEST, "The gear id") },
    platform: { must: PLATFORM },
    tree: { must: described(DIGEST, "The tree digest of the root filesystem") },
    manifest: { must: { $ref: "urn:geartrain:gear-manifest:1" } },
    image: { may: IMAGE },
    origin: { must: GEAR_ORIGIN_PART },
    entries: { must: described(COUNT, "Entries of the tree") },
    sizeBytes: { must: described(COUNT, "Bytes of the files in the tree") },
    imported: { must: TIME },
  }),
  $defs: { manifest: GEAR_MANIFEST_SCHEMA },
}
