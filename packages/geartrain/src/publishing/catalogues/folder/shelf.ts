import { type Digest, hexOf } from "@geartrain/spec"

/** Where a gear's artifacts lie in a catalogue: an OCI image layout, with two folders of our own beside its parts. */
export interface Shelf {
  readonly folder: string
  readonly layout: string
  readonly index: string
  readonly blobs: string
  /** One file a tag, with the descriptor of what it leads to: a tag is taken by making its file, which only one can. */
  readonly tags: string
  blob(digest: Digest): string
  /** One folder a subject, and in it one file a manifest that refers to it. */
  referrers(subject: Digest): string
}

export function shelfOf(catalogue: string, gear: string): Shelf {
  const folder = `${catalogue}/${gear}`
  return {
    folder,
    layout: `${folder}/oci-layout`,
    index: `${folder}/index.json`,
    blobs: `${folder}/blobs/sha256`,
    tags: `${folder}/tags`,
    blob: (digest) => `${folder}/blobs/sha256/${hexOf(digest)}`,
    referrers: (subject) => `${folder}/referrers/${hexOf(subject)}`,
  }
}
