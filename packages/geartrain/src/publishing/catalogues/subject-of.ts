import { type Digest, isDigest } from "@geartrain/spec"

/**
 * The manifest that a manifest refers to, if it does.
 *
 * @see OCI image specification 1.1, manifest.md, "subject"
 */
export function subjectOf(manifest: Uint8Array): Digest | undefined {
  const { subject } = JSON.parse(Buffer.from(manifest).toString("utf8")) as { readonly subject?: { digest?: unknown } }
  const digest = String(subject?.digest)
  return isDigest(digest) ? digest : undefined
}
