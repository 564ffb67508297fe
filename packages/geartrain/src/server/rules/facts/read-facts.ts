import { GeartrainError, type JsonObject } from "@geartrain/spec"
import { mentions, type Rule, type RuleReach, walkConditions } from "@geartrain/spec/rules"
import type { StoredFile } from "../../archive/files/server-file.ts"
import { withinLineage } from "../../archive/places/find-place.ts"
import type { Queries } from "../../database/database.ts"
import type { FileFacts, RuleFacts } from "../evaluate/rule-facts.ts"
import type { RulesPorts } from "../rules-ports.ts"
import { readJobFacts } from "./read-job-facts.ts"
import { readPlaces } from "./read-places.ts"

/** So many files can be taken together. A place with more is not what rules are made for, and looking at it would hold up the others. */
const MOST_FILES = 2_000

/**
 * Reads all that a rule can look at when it decides about a file, and nothing that it does not.
 *
 * @throws {GeartrainError} RULE_TOO_COSTLY when there are too many files to look at together.
 */
export async function readFacts(
  ports: Pick<RulesPorts, "database" | "zipMembers">,
  rule: Pick<Rule, "when" | "inputs" | "within">,
  file: StoredFile,
): Promise<RuleFacts> {
  const queries = ports.database.read
  const alone = rule.inputs === undefined && !mentions(rule, (condition) => "holds" in condition)
  const around = alone ? [file] : await filesAround(queries, file, await reachOf(queries, file, rule))
  const places = await readPlaces(queries, around)
  const gears = [...walkConditions(rule)].flatMap(({ condition }) => ("job" in condition ? [condition.job.gear] : []))
  const files = await fileFacts(
    ports,
    around,
    mentions(rule, (condition) => "zipMember" in condition),
  )
  const own = files.find(({ id }) => id === file.id)
  if (own === undefined) throw new TypeError("A file is not among those around it")
  return { file: own, files, places, jobs: await readJobFacts(queries, { files, gears }) }
}

/** Lineage that files are looked for in. */
async function reachOf(queries: Queries, file: StoredFile, rule: Pick<Rule, "inputs" | "within">): Promise<string> {
  const within: RuleReach = rule.inputs === undefined ? "place" : (rule.within ?? "place")
  if (within === "place") return file.lineage
  const ids = file.lineage.split("/").filter((id) => id !== "")
  const level = await queries
    .selectFrom("places")
    .select("lineage")
    .where("id", "in", ids)
    .where("type", "=", within)
    .executeTakeFirst()
  // A file of the project has no session: then it is taken with those of its own place.
  return level?.lineage ?? file.lineage
}

async function filesAround(queries: Queries, file: StoredFile, lineage: string): Promise<readonly StoredFile[]> {
  const [from, before] = withinLineage(lineage)
  let select = queries.selectFrom("files").selectAll().where("deleted_ms", "is", null)
  select =
    lineage === file.lineage
      ? select.where("lineage", "=", lineage)
      : select.where("lineage", ">=", from).where("lineage", "<", before)
  const found = await select
    .orderBy("lineage")
    .orderBy("name")
    .limit(MOST_FILES + 1)
    .execute()
  if (found.length <= MOST_FILES) return found
  throw new GeartrainError(
    "RULE_TOO_COSTLY",
    `Cannot evaluate the rule for "${file.name}": there are more than ${MOST_FILES} files to look at together`,
    { hint: "Hold the rule to a smaller part of the project with within, or take its tests of other files out" },
  )
}

async function fileFacts(
  ports: Pick<RulesPorts, "database" | "zipMembers">,
  files: readonly StoredFile[],
  withMembers: boolean,
): Promise<readonly FileFacts[]> {
  const makers = await makersOf(ports.database.read, files)
  const facts: FileFacts[] = []
  for (const row of files) {
    const zipMembers = withMembers ? await ports.zipMembers(row.digest) : undefined
    const madeBy = makers.get(row.id)
    facts.push({
      id: row.id,
      version: row.version,
      name: row.name,
      digest: row.digest,
      sizeBytes: row.size_bytes,
      place: row.place,
      ...(row.type === null ? {} : { type: row.type }),
      ...(row.modality === null ? {} : { modality: row.modality }),
      classification: JSON.parse(row.classification) as Record<string, string[]>,
      tags: JSON.parse(row.tags) as string[],
      info: JSON.parse(row.info) as JsonObject,
      ...(madeBy === undefined ? {} : { madeBy }),
      ...(zipMembers === undefined ? {} : { zipMembers }),
    })
  }
  return facts
}

/** The jobs that the current versions of files are outputs of, by file. */
async function makersOf(
  queries: Queries,
  files: readonly StoredFile[],
): Promise<ReadonlyMap<string, NonNullable<FileFacts["madeBy"]>>> {
  const versions = new Map(files.map(({ id, version }) => [id, version]))
  const makers = new Map<string, NonNullable<FileFacts["madeBy"]>>()
  for (let at = 0; at < files.length; at += MOST_NAMED) {
    const rows = await queries
      .selectFrom("file_versions")
      .innerJoin("jobs", "jobs.id", "file_versions.job")
      .select(["file_versions.file", "file_versions.version", "jobs.id", "jobs.gear_name", "jobs.gear_version"])
      .where(
        "file_versions.file",
        "in",
        files.slice(at, at + MOST_NAMED).map(({ id }) => id),
      )
      .execute()
    for (const row of rows) {
      if (versions.get(row.file) !== row.version) continue
      makers.set(row.file, { job: row.id, gear: row.gear_name, version: row.gear_version })
    }
  }
  return makers
}

/** Values in one statement: databases have limits of some ten thousand. */
const MOST_NAMED = 500
