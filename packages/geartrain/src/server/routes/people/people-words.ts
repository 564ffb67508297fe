import { z } from "zod"
import { ID, SHORT_TEXT, WHOLE } from "../../http/json-words.ts"
import { RIGHTS } from "../../people/caller.ts"

/** Schemas of what is said of people. */

export const RIGHT = z.enum(RIGHTS)

export const ID_PARAMS = z.object({ id: ID })

/** What people log in with: any letters, no spaces at its ends. */
export const LOGIN = SHORT_TEXT.max(128, "it has more than 128 characters").regex(
  /^\S(?:.*\S)?$/u,
  "it is empty, or has a space at one of its ends",
)

export const EMAIL = z
  .email("it is no e-mail address, such as ada@lab.example")
  .max(254, "it has more than 254 characters")

/** Its length is judged where it is set. */
export const PASSWORD = z.string().min(1).max(1024)

export const USER = z.object({
  id: ID,
  login: z.string(),
  email: z.string().optional(),
  name: z.string(),
  siteAdmin: z.boolean(),
  disabled: z.boolean(),
  createdMs: WHOLE,
  modifiedMs: WHOLE,
  revision: WHOLE,
})

export const SCOPE = z.object({
  right: RIGHT,
  project: ID.exactOptional().describe("Id of the project; absent for all that the user has"),
})

/** From when something does not count. */
export const EXPIRY = WHOLE.describe("Milliseconds since 1970")

export const NOTHING = z.null().describe("Nothing")
