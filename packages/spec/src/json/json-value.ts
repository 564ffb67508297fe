/** A value that JSON can hold. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject

/** A JSON object. Look members up with `Object.hasOwn`: the keys come from outside. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}
