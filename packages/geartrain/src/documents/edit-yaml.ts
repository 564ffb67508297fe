import type { JsonPath, JsonValue } from "@geartrain/spec"
import { type Document, isMap, isNode, isScalar, isSeq, parseDocument } from "yaml"

/** A change of a document: a value at a path, or one more item of the list there. What is missing on the way is made. */
export type YamlEdit =
  | { readonly path: JsonPath; readonly set: JsonValue }
  | { readonly path: JsonPath; readonly append: JsonValue }

/**
 * Changes values of a document, and leaves its comments, its order and, as far as it can be told, its way of writing as they are.
 *
 * @param text  What `parseYaml` accepts.
 * @example
 *   editYaml("a: 1 # one\nb:\n- x\n", [{ path: ["a"], set: 2 }, { path: ["b"], append: "y" }])
 *   // => "a: 2 # one\nb:\n- x\n- y\n"
 */
export function editYaml(text: string, edits: readonly YamlEdit[]): string {
  const document = parseDocument(text, { schema: "core", version: "1.2" })
  for (const edit of edits) {
    if ("set" in edit) setAt(document, edit.path, edit.set)
    else appendAt(document, edit.path, edit.append)
  }
  return document.toString({ lineWidth: 0, ...styleOf(text) })
}

function setAt(document: Document, path: JsonPath, value: JsonValue): void {
  clearWay(document, path)
  const there = document.getIn(path, true)
  // A scalar is changed in place, so that the comment after it stays with it.
  const isPlain = value === null || typeof value !== "object"
  if (isScalar(there) && isPlain && there.value !== null) there.value = value
  else document.setIn(path, document.createNode(value))
}

function appendAt(document: Document, path: JsonPath, value: JsonValue): void {
  const there = document.getIn(path, true)
  if (isSeq(there)) there.add(document.createNode(value))
  else setAt(document, path, [value])
}

/** A name with nothing after it is null, which nothing can be put into. */
function clearWay(document: Document, path: JsonPath): void {
  for (let length = 1; length < path.length; length++) {
    const there = document.getIn(path.slice(0, length), true)
    if (there === undefined) return
    if (isScalar(there) && there.value === null) {
      const { comment } = there
      const map = document.createNode({})
      if (comment !== undefined) map.commentBefore = comment ?? null
      document.setIn(path.slice(0, length), map)
      return
    }
    if (!isNode(there) || !(isMap(there) || isSeq(there))) {
      throw new TypeError(`A value stands in the way of ${path.join("/")}`)
    }
  }
}

/** How far blocks are indented, whether lists are indented below their name, and whether brackets have room in them. */
function styleOf(text: string): {
  readonly indent: number
  readonly indentSeq: boolean
  readonly flowCollectionPadding: boolean
} {
  const indent = /^\S.*:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2
  const flush = /^( *)[^\s#-][^\n]*:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*\1- /m.test(text)
  return { indent, indentSeq: !flush, flowCollectionPadding: !/[[{][^\s\]}]/.test(text) }
}
