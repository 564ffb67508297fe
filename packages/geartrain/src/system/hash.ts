import type { Digest } from "@geartrain/spec"

/** Hashes bytes that come piece by piece. */
export interface Hasher {
  /** Text counts as its UTF-8, which then needs no buffer of its own. */
  update(bytes: Uint8Array | string): void
  /** This or `digestBytes` may be called, and once. */
  digest(): Digest
  /** The 32 bytes themselves. */
  digestBytes(): Buffer
}

export function createHasher(): Hasher {
  const sha256 = crypto().createHash("sha256")
  return {
    update: (bytes) => void sha256.update(bytes),
    digest: () => `sha256:${sha256.digest("hex")}`,
    digestBytes: () => sha256.digest(),
  }
}

/**
 * The digest of bytes that are all there.
 *
 * @example
 *   sha256(new Uint8Array()) // => "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
 */
export function sha256(bytes: Uint8Array): Digest {
  return `sha256:${crypto().hash("sha256", bytes, "hex")}`
}

/**
 * The 32 bytes of the digest of bytes that are all there: for those who keep millions of them.
 *
 * By way of a text: a buffer that comes from outside the pool takes twice the time of the hash of a small file itself.
 */
export function sha256Bytes(bytes: Uint8Array): Buffer {
  return Buffer.from(crypto().hash("sha256", bytes, "binary"), "latin1")
}

/** Loaded on use, which takes 5 ms: what a command begins with needs none of it, and by then something else is under way. */
function crypto(): typeof import("node:crypto") {
  loaded ??= process.getBuiltinModule("node:crypto")
  return loaded
}

let loaded: typeof import("node:crypto") | undefined
