import { GeartrainError } from "@geartrain/spec"
import type { CrateDescription } from "../../provenance/ro-crate/crate-root.ts"
import type { Flag, Given } from "../command.ts"

/** What people say of what they publish, and no record knows. */
export const DESCRIPTION_FLAGS = {
  name: { type: "text", value: "TITLE", says: "What it is called" },
  license: { type: "text", value: "URL", says: "Under which licence the files are: a URL, or a sentence" },
  author: { type: "text", value: "NAME", says: "Who had the jobs carried out" },
  orcid: { type: "text", value: "URL", says: "That person's ORCID, such as https://orcid.org/0000-0002-1825-0097" },
} as const satisfies Readonly<Record<string, Flag>>

/** @throws {GeartrainError} USAGE */
export function readDescription(given: Given): Omit<CrateDescription, "published"> {
  const [title, license, author] = [given.text("name"), given.text("license"), readAuthor(given)]
  return {
    ...(title === undefined ? {} : { name: title }),
    ...(license === undefined ? {} : { license }),
    ...(author === undefined ? {} : { author }),
  }
}

/** @throws {GeartrainError} USAGE */
export function readAuthor(given: Given): CrateDescription["author"] {
  const name = given.text("author")
  const orcid = given.text("orcid")
  if (name === undefined) {
    if (orcid === undefined) return undefined
    throw usage("Cannot use --orcid alone: it belongs to a name", "Add the name: --author NAME")
  }
  if (orcid !== undefined && !/^https:\/\/orcid\.org\/(\d{4}-){3}\d{3}[\dX]$/.test(orcid)) {
    throw usage(`Cannot read --orcid "${orcid}"`, "Write it like https://orcid.org/0000-0002-1825-0097")
  }
  return { name, ...(orcid === undefined ? {} : { orcid }) }
}

function usage(message: string, hint: string): GeartrainError {
  return new GeartrainError("USAGE", message, { hint })
}
