import { GeartrainError, parseManifest } from "@geartrain/spec"
import type { GearReader } from "../../src/server/queue/gears/gear-reader.ts"
import { sha256 } from "../../src/system/hash.ts"

/** Takes a manifest for a packed gear: for tests of what a server does with gears that it never runs. */
export const manifestReader: GearReader = {
  read: async (bytes) => {
    const parts: Uint8Array[] = []
    for await (const part of bytes) parts.push(part)
    const text = Buffer.concat(parts)
    const result = parseManifest(text)
    if (!result.ok) throw new GeartrainError("MANIFEST_INVALID", "Cannot read the manifest")
    const { manifest } = result
    return { id: sha256(text), platform: "linux/amd64", tree: sha256(Buffer.from("tree")), manifest }
  },
}
