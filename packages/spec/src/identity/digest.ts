/** A content digest: `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`

/** The digest that names a root filesystem (see `tree-listing.ts`). */
export type TreeDigest = Digest & { readonly __kind?: "tree" }

/** The digest that names a gear: its platform, root filesystem and manifest (see `gear-id.ts`). */
export type GearId = Digest & { readonly __kind?: "gear" }

/** The digest of everything that decides a job's result (see `invocation-digest.ts`); the cache key. */
export type InvocationDigest = Digest & { readonly __kind?: "invocation" }

/** Hashes bytes at once. Given by the caller, since this package does no I/O: Node's crypto and the browser's differ. */
export type Sha256 = (bytes: Uint8Array) => Digest

const PATTERN = /^sha256:[0-9a-f]{64}$/

/**
 * Tells whether a text is a digest, whole and in its one spelling.
 *
 * @example
 *   isDigest("sha256:12") // => false
 */
export function isDigest(text: string): text is Digest {
  return PATTERN.test(text)
}

/** The 64 hexadecimal digits of a digest. */
export function hexOf(digest: Digest): string {
  return digest.slice("sha256:".length)
}

/** The first 12 hexadecimal digits: enough for people to tell a handful apart, and accepted wherever an id is. */
export function shortDigest(digest: Digest): string {
  return hexOf(digest).slice(0, 12)
}
