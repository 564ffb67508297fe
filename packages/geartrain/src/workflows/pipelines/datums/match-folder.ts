import { compilePathGlob, type PathGlob } from "@geartrain/spec/workflow"
import { targetOf } from "../document/check-gear.ts"
import type { FolderInput } from "../document/input-tree.ts"
import { inputName } from "../document/input-tree.ts"
import type { TreeFile } from "../folders/commit.ts"
import { filesAt, lowerBound } from "../folders/tree.ts"
import type { Datum, DatumPart } from "./datum.ts"

/** What a folder holds. */
export interface FolderContent {
  /** In the order of their paths. */
  readonly files: readonly TreeFile[]
  /** Where they lie. Absent: the store has them, or they are brought there. */
  readonly root?: string
  /** Address of the server that has them. */
  readonly server?: string
}

/** Cuts a folder into datums: one for each path that the glob fits, of a file, or of a folder with all that is in it. */
export function* matchFolder(input: FolderInput, { files, root, server }: FolderContent): Generator<Datum> {
  const glob = compilePathGlob(input.glob)
  const where = { ...(root === undefined ? {} : { root }), ...(server === undefined ? {} : { server }) }
  for (const path of candidates(files, glob)) {
    const caught = glob.match(path)
    if (caught !== undefined) yield [partOf(input, { path, caught, files: filesAt(files, path), ...where })]
  }
}

function partOf(
  input: FolderInput,
  found: Pick<DatumPart, "path" | "caught" | "files" | "root" | "server">,
): DatumPart {
  const { joinOn, groupBy, outerJoin, emptyFiles, reference } = input
  return {
    input: inputName(input),
    to: targetOf(input),
    ...found,
    ...(joinOn === undefined ? {} : { joinOn: fill(joinOn, found.caught) }),
    ...(groupBy === undefined ? {} : { groupBy: fill(groupBy, found.caught) }),
    ...(outerJoin === true ? { outerJoin } : {}),
    ...(emptyFiles === true ? { emptyFiles } : {}),
    ...(reference === true ? { reference } : {}),
  }
}

/**
 * Puts what groups caught into a text.
 *
 * @example
 *   fill("$2-$1", ["a", "b"]) // => "b-a"
 */
export function fill(text: string, caught: readonly string[]): string {
  return text.replaceAll(/\$(\d+)/g, (_, index: string) => caught[Number(index) - 1] ?? "")
}

/** The paths of all files and folders that begin as everything does that the glob matches. */
function* candidates(files: readonly TreeFile[], { prefix, source }: PathGlob): Generator<string> {
  // The folder itself is asked for by a slash alone: a star fits the empty text, too.
  if (/^\/*$/.test(source)) {
    if (files.length > 0) yield ""
    return
  }
  let last = ""
  for (let at = lowerBound(files, prefix); at < files.length; at++) {
    const path = files[at]?.path ?? ""
    if (!path.startsWith(prefix)) return
    yield* newFolders(path, last)
    yield path
    last = path
  }
}

/** Folders above a path that are not above the one before it. All files of a folder lie side by side, so that each is told once. */
function* newFolders(path: string, last: string): Generator<string> {
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
    if (!last.startsWith(path.slice(0, slash + 1))) yield path.slice(0, slash)
  }
}
