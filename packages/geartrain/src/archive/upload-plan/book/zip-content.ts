import { comparePaths } from "@geartrain/spec"
import { MemberPaths, memberPath } from "../../../packing/members/member-path.ts"
import { storedZipBytes } from "../../../packing/zip/write-zip.ts"
import type { SourceFile, ZippedFile } from "../upload-plan.ts"
import type { FileWish } from "./plan-book.ts"

/** A file that goes into a zip, and the path that it would have there. */
export interface ZipWish {
  readonly steps: readonly string[]
  readonly sizeBytes: number
  readonly source: SourceFile
}

/** One file of many: a zip whose bytes and size follow from its members alone. */
export function zipWish(name: string, wishes: readonly ZipWish[]): FileWish {
  const paths = new MemberPaths()
  const members = wishes
    .map(({ steps, sizeBytes, source }): ZippedFile => ({ name: memberPath(steps), sizeBytes, source }))
    // Of two with one name, that of the first path keeps it.
    .toSorted((a, b) => comparePaths(a.name, b.name) || comparePaths(a.source.path, b.source.path))
    .map((member) => ({ ...member, name: paths.takeNumbered(member.name) }))
    .toSorted((a, b) => comparePaths(a.name, b.name))
  return {
    name,
    sizeBytes: storedZipBytes(members),
    content: { kind: "zip", members },
    fields: { zip_member_count: members.length },
  }
}
