import type { GearId } from "../identity/digest.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"

/** What the gear needs of a machine. Sizes and times are written as people write them, such as `8g` and `2h`. */
export interface WrittenResources {
  readonly cpus?: number
  readonly memory?: string
  readonly disk?: string
  readonly time?: string
  readonly gpu?: number
}

/** What a file input takes: one file, as everywhere; several; or a folder. */
export interface InputAddition {
  readonly takes: "file" | "files" | "folder"
  /** Of files, also of those in a folder. */
  readonly atLeast?: number
  readonly atMost?: number
}

/** A secret that the gear reads from `/run/secrets/<name>`. */
export interface SecretAddition {
  readonly description?: string
  readonly optional?: boolean
}

/** Who may see an output: everybody, those who work with the data, or those who may know whose data they are. */
export type Sensitivity = "public" | "internal" | "personal"

/** An output that the gear promises. */
export interface OutputAddition {
  /** Patterns of names in the output folder: `*` is anything but `/`, `**` also that, `?` one character. */
  readonly files: readonly string[]
  readonly description?: string
  /** The files' type, where their names do not tell it. */
  readonly type?: string
  readonly sensitivity?: Sensitivity
  /** The gear may leave it out. */
  readonly optional?: boolean
}

/** What a form needs to know of a config value beyond its schema. */
export interface ConfigAddition {
  readonly unit?: string
  /** It has an effect only when each of these config values is one of those listed. */
  readonly when?: Readonly<Record<string, readonly JsonValue[]>>
  /** For people who know what they do: folded away at first. */
  readonly advanced?: boolean
}

/** Config values that belong together, in the order in which a form has them. */
export interface ConfigGroup {
  readonly label: string
  readonly description?: string
  readonly config: readonly string[]
}

/** What is free when two results are compared. */
export interface ComparisonRule {
  /** Patterns of names in the output folder. */
  readonly files: readonly string[]
  /** Fields of JSON that do not count, as JSON pointers in which `*` is any name or index. */
  readonly fields?: readonly string[]
  /** Lines that match one of these patterns do not count. */
  readonly ignore?: readonly string[]
  /** Numbers may differ by either. */
  readonly numbers?: { readonly absolute?: number; readonly relative?: number }
  /** Lines, or items of lists, may come in any order. */
  readonly order?: "any"
}

/** `custom.geartrain` of a gear manifest: what a gear can say to us, and what nobody else has to know. */
export interface GearAdditions {
  readonly resources?: WrittenResources
  /** By the name of a file input. */
  readonly inputs?: Readonly<Record<string, InputAddition>>
  readonly secrets?: Readonly<Record<string, SecretAddition>>
  readonly outputs?: Readonly<Record<string, OutputAddition>>
  /** By the name of a config value. */
  readonly config?: Readonly<Record<string, ConfigAddition>>
  readonly groups?: readonly ConfigGroup[]
  readonly compare?: readonly ComparisonRule[]
  /** The id of the gear that this one is a part of, with the files only that it uses: see `gear slim`. */
  readonly slimOf?: GearId
}

/** The part of a manifest that the additions are about. */
export interface AddedTo {
  readonly config: Readonly<Record<string, JsonObject>>
  readonly inputs: Readonly<Record<string, JsonObject>>
  readonly custom?: JsonObject
}
