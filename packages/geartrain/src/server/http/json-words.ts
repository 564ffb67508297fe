import type { Digest, JsonObject, JsonValue } from "@geartrain/spec"
import { z } from "zod"

/** Schemas of what many routes speak of. */

/** An id: 24 hexadecimal digits. */
export const ID = z.string().regex(/^[0-9a-f]{24}$/)

export const DIGEST = z.templateLiteral(["sha256:", z.string().regex(/^[0-9a-f]{64}$/)]) as unknown as z.ZodType<Digest>

/** A count, size or time. */
export const WHOLE = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

/** A word or two that people read: no control characters. */
export const SHORT_TEXT = z
  .string()
  .min(1, "it is empty")
  .max(256, "it has more than 256 characters")
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\u0000-\u001f\u007f]*$/, "it has control characters in it")

/** Any JSON. How deep and long it may be is bounded by what reads bodies. */
export const JSON_VALUE = z.json() as unknown as z.ZodType<JsonValue>

export const JSON_OBJECT = z.record(z.string(), JSON_VALUE) as unknown as z.ZodType<JsonObject>

/** A place of the hierarchy, as config.json names it. */
export const DESTINATION = z.object({ type: SHORT_TEXT, id: SHORT_TEXT })
