import type { Digest, GearId } from "../identity/digest.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"

export const INVOCATION_FORMAT = "geartrain-invocation/1"

/** A file that a job reads, by content. `object` describes it as config.json does: its size, type, mimetype and more. */
export interface FileInput {
  readonly base: "file"
  /** Name without folders; part of what the gear sees, and so of the digest. */
  readonly name: string
  readonly digest: Digest
  readonly object: JsonObject
  /** The place in a hierarchy that the file lies in, where there is one. */
  readonly hierarchy?: Destination
}

export interface ContextInput {
  readonly base: "context"
  readonly found: boolean
  readonly value?: JsonValue
}

/** That a key was given. The key itself is in no record. */
export interface ApiKeyInput {
  readonly base: "api-key"
}

export type InvocationInput = FileInput | ContextInput | ApiKeyInput

/** Whether the gear can reach out. Nothing can ever reach in. */
export type Network = "none" | "outbound"

/** The container of the hierarchy that outputs go to, as config.json names it. */
export interface Destination {
  readonly type: string
  readonly id: string
}

/**
 * A gear with concrete inputs and config: everything that decides the result, and nothing else. Where it runs, under which limits and for
 * whom is not part of it.
 */
export interface Invocation {
  readonly format: typeof INVOCATION_FORMAT
  readonly gear: GearId
  /** The user's values over the manifest's defaults. */
  readonly config: JsonObject
  /** By name. Of an input that takes several files or a folder, each file by the name of the input, a slash, and its path. */
  readonly inputs: Readonly<Record<string, InvocationInput>>
  /** The whole environment of the gear's process, secrets left out. */
  readonly environment: Readonly<Record<string, string>>
  readonly network: Network
  readonly destination?: Destination
}
