import type { JsonObject, JsonValue } from "../json/json-value.ts"

/** One config value that the gear declares: a draft-04 schema, with `default` or `optional` beside its keywords. */
export type ConfigItem = JsonObject

/** A file that the gear reads. Every further member is a schema for the member of that name of the file's description. */
export type FileInputDeclaration = JsonObject & {
  readonly base: "file"
  readonly description?: string
  readonly optional?: boolean
}

/** A value that is looked up around the job's destination. */
export type ContextInputDeclaration = JsonObject & { readonly base: "context"; readonly description?: string }

/** A key to the interface of the system that runs the gear. */
export type ApiKeyInputDeclaration = JsonObject & {
  readonly base: "api-key"
  readonly description?: string
  readonly "read-only"?: boolean
}

export type InputDeclaration = FileInputDeclaration | ContextInputDeclaration | ApiKeyInputDeclaration

/**
 * What a gear says of itself, in `/flywheel/v0/manifest.json`: a checked document (see `parse-manifest.ts`), with its members in the order
 * in which the author wrote them.
 *
 * @see Flywheel Gear Spec 0.1.9, with the members that 0.3.0 added
 */
export type GearManifest = JsonObject & {
  readonly name: string
  readonly label: string
  readonly description: string
  readonly version: string
  readonly author: string
  readonly maintainer?: string
  readonly cite?: string
  readonly license: string
  readonly url: string
  readonly source: string
  readonly environment?: Readonly<Record<string, string>>
  readonly command?: string
  readonly config: Readonly<Record<string, ConfigItem>>
  readonly inputs: Readonly<Record<string, InputDeclaration>>
  readonly capabilities?: readonly string[]
  readonly custom?: JsonObject
  readonly output_configuration?: JsonObject
  readonly flywheel?: JsonValue
}
