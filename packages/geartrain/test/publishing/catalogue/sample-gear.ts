import { gzipSync } from "node:zlib"
import { type Gear, type GearManifest, gearId } from "@geartrain/spec"
import type { PublishOptions } from "../../../src/publishing/catalogue/publish-gear.ts"
import { sha256 } from "../../../src/system/hash.ts"

/** A gear as it is stored, of a tree that holds this text. */
export function sampleGear(version: string, text = "text"): Gear {
  const manifest: GearManifest = {
    name: "sample",
    label: "A Sample",
    description: "Counts what there is to be counted",
    version,
    author: "Ann Author",
    license: "MIT",
    url: "",
    source: "",
    config: {},
    inputs: {},
  }
  const tree = sha256(Buffer.from(text))
  const platform = "linux/amd64"
  return {
    id: gearId({ platform, tree, manifest }, sha256),
    ...{ platform, tree, manifest },
    origin: { kind: "folder", reference: "sample" },
    entries: 1,
    sizeBytes: text.length,
    imported: "2020-01-01T00:00:00.000Z",
  }
}

/** Packs the text of a sample gear, and counts how often. */
export function samplePacking(text = "text"): PublishOptions & { readonly packed: () => number } {
  let packed = 0
  const bytes = gzipSync(text)
  return {
    packed: () => packed,
    pack: async () => {
      packed += 1
      return {
        descriptor: {
          mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
          digest: sha256(bytes),
          sizeBytes: bytes.length,
        },
        read: async function* () {
          yield bytes
        },
      }
    },
  }
}
