import type { InvocationDigest, Sha256 } from "../identity/digest.ts"
import { canonicalJson } from "../json/canonical-json.ts"
import type { JsonObject } from "../json/json-value.ts"
import type { Invocation } from "./invocation.ts"

/** The cache key of a job: two jobs with one invocation digest ask for the same thing. Its version is the invocation's `format`. */
export function invocationDigest(invocation: Invocation, sha256: Sha256): InvocationDigest {
  return sha256(new TextEncoder().encode(canonicalJson({ ...invocation } as unknown as JsonObject)))
}
