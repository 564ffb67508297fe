import type { Level } from "./hierarchy.ts"

/** What a member of a place or file has to be. */
export type MemberKind = "text" | "flag" | "number" | "count" | "object" | "tags" | "classification" | "time"

/** Members by name. */
export type Members = Readonly<Record<string, MemberKind>>

const NOTES: Members = { label: "text", info: "object", tags: "tags" }
const TIMES: Members = { timestamp: "time", timezone: "text" }

/**
 * What the document of a hierarchy may say of each place, beyond its id, its files and the places in it.
 *
 * @see Flywheel core v10, the models of project, subject, session, acquisition and analysis
 */
export const PLACE_MEMBERS: Readonly<Record<Exclude<Level, "group">, Members>> = {
  project: { ...NOTES, public: "flag", description: "text" },
  subject: {
    ...{ ...NOTES, code: "text", master_code: "text", firstname: "text", lastname: "text", sex: "text" },
    ...{ type: "text", cohort: "text", race: "text", ethnicity: "text", species: "text", strain: "text" },
  },
  session: { ...NOTES, ...TIMES, public: "flag", operator: "text", uid: "text", age: "count", weight: "number" },
  acquisition: {
    ...{ ...NOTES, ...TIMES, public: "flag", uid: "text" },
    ...{ metadata: "object", measurement: "text", instrument: "text" },
  },
  analysis: { ...NOTES, description: "text" },
}

/** What is known of a file beyond its name and bytes. */
export const FILE_MEMBERS: Members = {
  type: "text",
  mimetype: "text",
  modality: "text",
  classification: "classification",
  tags: "tags",
  info: "object",
  zip_member_count: "count",
}

/** The places in a place: the member that lists them, and their level. Each may have analyses, too. */
export const CHILDREN: Readonly<Record<Level, readonly (readonly [member: string, level: Level])[]>> = {
  group: [],
  project: [
    ["subjects", "subject"],
    ["analyses", "analysis"],
  ],
  subject: [
    ["sessions", "session"],
    ["analyses", "analysis"],
  ],
  session: [
    ["acquisitions", "acquisition"],
    ["analyses", "analysis"],
  ],
  acquisition: [["analyses", "analysis"]],
  analysis: [],
}
