import type { ApiKeyInput, ContextInput, FileInput } from "../invocation/invocation.ts"
import { type Destination, INVOCATION_FORMAT, type Invocation } from "../invocation/invocation.ts"
import type { JsonObject } from "../json/json-value.ts"
import { mapOf, objectOf } from "../schema/parts/object-schema.ts"
import { ANYTHING, DIGEST, FLAG, oneOfWords, SCHEMA_DIALECT, TEXT } from "../schema/parts/value-schemas.ts"

const DESTINATION_MEMBERS = { type: { must: TEXT }, id: { must: TEXT } } as const

const FILE = objectOf<FileInput>("A file that a job reads, by content", {
  base: { must: { const: "file" } },
  name: { must: { type: "string", minLength: 1, pattern: "^[^/]+$" } },
  digest: { must: DIGEST },
  object: { must: { type: "object", description: "The file's description: type, mimetype, size in bytes and more" } },
  hierarchy: { may: objectOf<Destination>("The place in a hierarchy that the file lies in", DESTINATION_MEMBERS) },
})

const CONTEXT = objectOf<ContextInput>("A value that was looked up", {
  base: { must: { const: "context" } },
  found: { must: FLAG },
  value: { may: ANYTHING },
})

const API_KEY = objectOf<ApiKeyInput>("That a key was given; the key itself is in no record", {
  base: { must: { const: "api-key" } },
})

const DESTINATION = objectOf<Destination>("The container that outputs go to", DESTINATION_MEMBERS)

/** An invocation as a part of other documents. */
export const INVOCATION_PART: JsonObject = objectOf<Invocation>("A gear with concrete inputs and config", {
  format: { must: { const: INVOCATION_FORMAT } },
  gear: { must: DIGEST },
  config: { must: { type: "object", description: "The user's values over the manifest's defaults" } },
  inputs: { must: mapOf({ oneOf: [FILE, CONTEXT, API_KEY] }) },
  environment: { must: mapOf(TEXT) },
  network: { must: oneOfWords(["none", "outbound"]) },
  destination: { may: DESTINATION },
})

/** The published schema of an invocation: everything that decides a job's result. */
export const INVOCATION_SCHEMA: JsonObject = {
  $schema: SCHEMA_DIALECT,
  $id: "urn:geartrain:invocation:1",
  title: "Invocation of a gear",
  ...INVOCATION_PART,
}
