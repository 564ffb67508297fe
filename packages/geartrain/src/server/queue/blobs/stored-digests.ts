import type { BlobStore } from "@geartrain/ports"
import type { Digest } from "@geartrain/spec"

/** So many are looked for at one time: a store in another house answers each after a while. */
const AT_ONCE = 32

/** Of these digests, those whose bytes are stored. */
export async function storedDigests(
  blobs: Pick<BlobStore, "stat">,
  digests: Iterable<Digest>,
): Promise<ReadonlySet<Digest>> {
  const waiting = [...new Set(digests)]
  const stored = new Set<Digest>()
  const look = async (): Promise<void> => {
    for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop()) {
      if ((await blobs.stat(digest)) !== undefined) stored.add(digest)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, look))
  return stored
}
