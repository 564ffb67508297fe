import type { EnginePorts } from "../../engine/engine-ports.ts"
import type { Bundle } from "../../publishing/bundle/read/open-bundle.ts"

type Blobs = EnginePorts["blobs"]

/**
 * A store that has what a bundle has, too: bytes are unpacked when they are first asked for, and most outputs never are, since their digests are
 * enough to compare with.
 */
export function bundledBlobs(blobs: Blobs, bundle: Bundle): Blobs {
  const files = bundle.index.members.filter(({ role }) => role === "input" || role === "output" || role === "log")
  const members = new Map(files.map((member) => [member.digest, member]))
  const bring = async (digest: Parameters<Blobs["locate"]>[0]): Promise<void> => {
    const member = members.get(digest)
    if (member === undefined || (await blobs.stat(digest)) !== undefined) return
    await blobs.put(bundle.read(member.path), digest)
  }
  return {
    ...blobs,
    stat: async (digest) => {
      const member = members.get(digest)
      return member === undefined ? blobs.stat(digest) : { digest, sizeBytes: member.sizeBytes }
    },
    hold: async (digest) => members.has(digest) || blobs.hold(digest),
    locate: async (digest) => {
      await bring(digest)
      return blobs.locate(digest)
    },
    get: async function* (digest) {
      await bring(digest)
      yield* blobs.get(digest)
    },
  }
}
