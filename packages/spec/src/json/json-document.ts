import type { TextPosition } from "../text/text-position.ts"
import type { JsonPath } from "./json-path.ts"
import type { JsonValue } from "./json-value.ts"

/** A value as it stands in a text: from `start` up to and without `end`, in UTF-16 code units. */
export interface JsonNode {
  readonly value: JsonValue
  readonly start: number
  readonly end: number
  /** For an object: where each key stands, and its value. */
  readonly members?: ReadonlyMap<string, { readonly keyStart: number; readonly node: JsonNode }>
  /** For an array. */
  readonly items?: readonly JsonNode[]
}

/** A part of a text, in UTF-16 code units, without the one at `end`. */
export interface TextSpan {
  readonly start: number
  readonly end: number
}

const STRING = /"(?:[^"\\]|\\.)*"/y

/** A JSON value together with the text that it was read from. Objects in it have no prototype, so that every key is data. */
export class JsonDocument {
  readonly value: JsonValue
  readonly #text: string
  readonly #root: JsonNode
  readonly #position: (offset: number) => TextPosition

  constructor(text: string, root: JsonNode, position: (offset: number) => TextPosition) {
    this.value = root.value
    this.#text = text
    this.#root = root
    this.#position = position
  }

  /** Where the value at a path begins; undefined where there is none. */
  positionOf(path: JsonPath): TextPosition | undefined {
    const node = this.#find(path)
    return node === undefined ? undefined : this.#position(node.start)
  }

  /** Where the key of the member at a path begins; undefined where there is no such member of an object. */
  positionOfKey(path: JsonPath): TextPosition | undefined {
    const parent = this.#find(path.slice(0, -1))
    const member = parent?.members?.get(String(path.at(-1)))
    return member === undefined ? undefined : this.#position(member.keyStart)
  }

  /** From where to where the value at a path stands, in UTF-16 code units; undefined where there is none. */
  spanOf(path: JsonPath): TextSpan | undefined {
    const node = this.#find(path)
    return node === undefined ? undefined : { start: node.start, end: node.end }
  }

  /** The same of the key of a member, with its quotes. */
  spanOfKey(path: JsonPath): TextSpan | undefined {
    const member = this.#find(path.slice(0, -1))?.members?.get(String(path.at(-1)))
    if (member === undefined) return undefined
    STRING.lastIndex = member.keyStart
    const key = STRING.exec(this.#text)?.[0]
    // In a text with faults a name may have no quotes.
    return key === undefined ? undefined : { start: member.keyStart, end: member.keyStart + key.length }
  }

  /**
   * The number at a path as it is written: `1.0` is no integer by the rules of JSON Schema draft-04, and only the text tells it from `1`.
   *
   * @returns undefined where there is no number.
   */
  numberText(path: JsonPath): string | undefined {
    const node = this.#find(path)
    return typeof node?.value === "number" ? this.#text.slice(node.start, node.end) : undefined
  }

  #find(path: JsonPath): JsonNode | undefined {
    let node: JsonNode | undefined = this.#root
    for (const step of path) {
      node = typeof step === "number" ? node?.items?.[step] : node?.members?.get(step)?.node
    }
    return node
  }
}
