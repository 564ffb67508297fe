import { z } from "zod"
import { DIGEST, ID, JSON_OBJECT, SHORT_TEXT, WHOLE } from "../../http/json-words.ts"

/** Schemas of what is said of the archive. */

export const PLACE_TYPE = z.enum(["project", "subject", "session", "acquisition", "analysis"])

/** Judged where it is used; here it is only bounded. */
export const NAME = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[^\0]*$/)

export const GROUP_ID = z.string().min(2).max(32)

export const ID_PARAMS = z.object({ id: ID })

export const TAGS = z.array(z.string().min(1).max(256)).max(500).readonly()

export const GROUP = z.object({
  id: z.string(),
  label: z.string(),
  createdMs: WHOLE,
  modifiedMs: WHOLE,
  revision: WHOLE,
})

export const PLACE = z.object({
  id: ID,
  type: PLACE_TYPE,
  parent: z.string().describe("Id of the place that it is in; of its group for a project"),
  group: z.string(),
  project: ID,
  label: z.string(),
  tags: z.array(z.string()).readonly(),
  metadata: JSON_OBJECT.describe("What is known beyond label, tags and info, by its type"),
  createdMs: WHOLE,
  createdBy: z.string(),
  modifiedMs: WHOLE,
  revision: WHOLE,
  deletedMs: WHOLE.optional(),
})

export const WHOLE_PLACE = PLACE.extend({ info: JSON_OBJECT })

export const PLACE_WITH_PATH = WHOLE_PLACE.extend({ path: z.string().describe("Labels from the group on") })

export const FILE = z.object({
  id: ID,
  place: ID,
  project: ID,
  name: z.string(),
  type: z.string().optional(),
  mimetype: z.string(),
  modality: z.string().optional(),
  classification: z.record(z.string(), z.array(z.string()).readonly()).readonly(),
  tags: z.array(z.string()).readonly(),
  memberCount: WHOLE.optional(),
  version: WHOLE,
  digest: z.string(),
  sizeBytes: WHOLE,
  createdMs: WHOLE,
  modifiedMs: WHOLE,
  revision: WHOLE,
  deletedMs: WHOLE.optional(),
})

export const WHOLE_FILE = FILE.extend({ info: JSON_OBJECT })

export const VERSION = z.object({
  version: WHOLE,
  digest: z.string(),
  sizeBytes: WHOLE,
  createdMs: WHOLE,
  createdBy: z.string(),
  origin: z.enum(["user", "job", "rule", "import"]),
  job: z.string().optional(),
})

export const FILTER = z.object({
  name: NAME.optional().describe("Glob of the whole name, with * and ?"),
  type: SHORT_TEXT.optional(),
  tag: SHORT_TEXT.optional(),
  modality: SHORT_TEXT.optional(),
})

export const PATCH = z.object({
  set: JSON_OBJECT.optional().describe("Members; of info and classification those leaves that are named"),
  unset: z
    .array(z.array(z.string().max(1024)).min(1).max(48).readonly())
    .max(1000)
    .readonly()
    .optional()
    .describe('Ways to what goes, such as ["info", "qc", "snr"]'),
  addTags: TAGS.optional(),
  removeTags: TAGS.optional(),
})

export const UPLOAD = z.object({
  id: ID,
  place: ID,
  name: z.string(),
  sizeBytes: WHOLE.optional(),
  receivedBytes: WHOLE.describe("The next bytes go here"),
  state: z.enum(["open", "done"]),
  expiresMs: WHOLE,
})

export const NEW_UPLOAD = z.object({
  place: ID,
  name: NAME,
  sizeBytes: WHOLE.optional().describe("Absent when it is not known before the end"),
  digest: DIGEST.optional().describe("That the bytes are to have"),
})

export const NOTHING = z.null().describe("Nothing")

/** One page of a list whose entries are read-only. */
export function listOf<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ items: z.ZodReadonly<z.ZodArray<Item>>; next: z.ZodOptional<z.ZodString> }> {
  return z.object({ items: z.array(item).readonly(), next: z.string().optional() })
}
