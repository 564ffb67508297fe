import type { JsonObject, JsonValue } from "@geartrain/spec"

/**
 * As much of a gear manifest as types are made from. Written `as const`, its names and types become those of the context; read at run time, every
 * value is some JSON value.
 */
export interface ManifestShape {
  readonly config: Readonly<Record<string, object>>
  readonly inputs: Readonly<Record<string, object>>
}

/** Config values by name, each of the type that the manifest says. */
export type ConfigOf<Manifest extends ManifestShape> = {
  readonly [Name in keyof Manifest["config"]]: Manifest["config"][Name] extends { readonly optional: true }
    ? ValueOf<Manifest["config"][Name]> | undefined
    : ValueOf<Manifest["config"][Name]>
}

/** The names of a gear's inputs that have a certain base. */
export type InputName<Manifest extends ManifestShape, Base extends string> = string &
  {
    [Name in keyof Manifest["inputs"]]: true extends HasBase<Manifest["inputs"][Name], Base> ? Name : never
  }[keyof Manifest["inputs"]]

/** A file input that is not optional is always there. */
export type FileOf<Manifest extends ManifestShape, Name extends keyof Manifest["inputs"], File> =
  IsRequired<Manifest["inputs"][Name]> extends true ? File : File | undefined

type ValueOf<Item> = Item extends { readonly enum: readonly (infer Value)[] }
  ? Value
  : Item extends { readonly type: infer Type }
    ? Type extends "string"
      ? string
      : Type extends "number" | "integer"
        ? number
        : Type extends "boolean"
          ? boolean
          : Type extends "array"
            ? readonly ItemsOf<Item>[]
            : JsonValue
    : JsonValue

type ItemsOf<Item> = Item extends { readonly items: infer Items } ? ValueOf<Items> : JsonValue

/** Where the manifest is not known before run time, any name may be of any base. */
type HasBase<Input, Base extends string> = Input extends { readonly base: infer Declared }
  ? string extends Declared
    ? true
    : Declared extends Base
      ? true
      : false
  : Input extends JsonObject
    ? true
    : false

type IsRequired<Input> = Input extends { readonly optional: true }
  ? false
  : Input extends { readonly base: infer Declared }
    ? string extends Declared
      ? false
      : true
    : false
