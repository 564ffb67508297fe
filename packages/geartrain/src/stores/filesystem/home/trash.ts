import { type Digest, hexOf } from "@geartrain/spec"
import { readdir } from "../../../system/files.ts"
import { ifThere } from "./disk-error.ts"
import type { StoreLayout } from "./layout.ts"

export type TrashKind = "blobs" | "roots"

/** Paths where a digest may lie that a collection of garbage has set aside. Most often there is no collection, and so no path. */
export async function inTrash(layout: StoreLayout, kind: TrashKind, digest: Digest): Promise<readonly string[]> {
  const collections = (await ifThere(readdir(layout.trash))) ?? []
  return collections.map((collection) => `${layout.trash}/${collection}/${kind}/${hexOf(digest)}`)
}
