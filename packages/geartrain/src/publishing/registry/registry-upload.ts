import { type Digest, GeartrainError, isGeartrainError, shortDigest } from "@geartrain/spec"
import { delay } from "../../system/clock.ts"
import { createHasher } from "../../system/hash.ts"
import type { RegistrySession } from "./registry-session.ts"

/** Bytes that are to be stored, and that can be read more than once. */
export interface Upload {
  readonly digest: Digest
  readonly sizeBytes: number
  read(): AsyncIterable<Uint8Array>
}

/** A repository as those see it who store something in it. */
export interface UploadTarget {
  readonly session: RegistrySession
  readonly repository: string
}

/**
 * Stores a blob in a registry, in one piece, unless it is there.
 *
 * @throws {GeartrainError} BLOB_DIGEST_MISMATCH when the bytes are others than was said; as `RegistrySession.ask`
 * @see OCI distribution specification 1.1, "POST then PUT"
 */
export async function uploadBlob({ session, repository }: UploadTarget, upload: Upload): Promise<void> {
  const { patience } = session
  const scope = `repository:${repository}:pull,push`
  const what = `blob ${shortDigest(upload.digest)} in "${session.host}/${repository}"`
  const known = await session.ask({
    method: "HEAD",
    path: `${repository}/blobs/${upload.digest}`,
    ...{ what, scope, verb: "store" },
    accepts: [200, 404],
  })
  await known.discard()
  if (known.status === 200) return
  for (let attempt = 0; ; attempt++) {
    const checked = checking(upload)
    try {
      const started = await session.ask({
        method: "POST",
        path: `${repository}/blobs/uploads/`,
        ...{ what, scope, verb: "store" },
        body: NOTHING,
        accepts: [202],
      })
      await started.discard()
      const stored = await session.ask({
        method: "PUT",
        path: uploadUrl(started, upload.digest, what),
        ...{ what, scope, verb: "store" },
        headers: { "content-type": "application/octet-stream" },
        body: { sizeBytes: upload.sizeBytes, read: checked.read },
        accepts: [201],
        once: true,
      })
      await stored.discard()
      return
    } catch (error) {
      if (checked.fault() !== undefined) throw checked.fault()
      // An upload that broke off cannot be taken up again: it begins anew.
      if (!isGeartrainError(error, "REGISTRY_UNAVAILABLE") || attempt >= patience.retries) throw error
      await delay(patience.retryDelayMs * 2 ** attempt)
    }
  }
}

const NOTHING = {
  sizeBytes: 0,
  read: async function* (): AsyncGenerator<Uint8Array, void> {
    // Begins an upload, and sends nothing yet.
  },
}

function uploadUrl(answer: { readonly headers: Headers; readonly url: string }, digest: Digest, what: string): string {
  const url = URL.parse(answer.headers.get("location") ?? "", answer.url)
  if (url === null || answer.headers.get("location") === null) {
    throw new GeartrainError("REGISTRY_REPLY_INVALID", `Cannot store ${what}: the registry does not say where to`, {
      hint: "Tell the operators of the registry",
    })
  }
  url.searchParams.set("digest", digest)
  return url.href
}

/** Looks at what goes out, so that a registry that compares nothing stores nothing wrong. The last piece waits for the comparison. */
function checking(upload: Upload): { read(): AsyncIterable<Uint8Array>; fault(): Error | undefined } {
  let fault: Error | undefined
  return {
    fault: () => fault,
    read: async function* () {
      const hasher = createHasher()
      let held: Uint8Array | undefined
      let sizeBytes = 0
      for await (const piece of upload.read()) {
        if (held !== undefined) yield held
        hasher.update(piece)
        sizeBytes += piece.length
        held = piece
      }
      const found = hasher.digest()
      if (found !== upload.digest || sizeBytes !== upload.sizeBytes) {
        fault = new GeartrainError(
          "BLOB_DIGEST_MISMATCH",
          `Cannot store blob ${upload.digest}: its bytes have ${found}`,
          {
            details: { expected: upload.digest, found },
            hint: "Run gear store fsck, and publish again",
          },
        )
        throw fault
      }
      if (held !== undefined) yield held
    },
  }
}
