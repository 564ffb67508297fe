import { canonicalJson, type Digest, hexOf, type JobRecord, type JsonObject } from "@geartrain/spec"
import { type ProvDocument, typed } from "./prov-document.ts"

/**
 * Tells what jobs did in the words of W3C PROV, as PROV-JSON: files and gears are entities, named by their digests, so that a file that one
 * job made and another read is one entity; jobs are activities; the program is an agent, and so is the author.
 *
 * @param author  Who had the jobs carried out; absent where nobody said.
 * @see https://www.w3.org/submissions/prov-json/
 * @see https://www.w3.org/TR/prov-dm/
 */
export function jobProv(records: readonly JobRecord[], author?: { readonly name: string }): ProvDocument {
  const parts = records.map((record) => provOf(record, author))
  const merge = (name: Exclude<keyof ProvDocument, "prefix">): Readonly<Record<string, JsonObject>> =>
    Object.assign({}, ...parts.map((part) => part[name]))
  return {
    prefix: PREFIXES,
    entity: merge("entity"),
    activity: merge("activity"),
    agent: merge("agent"),
    used: merge("used"),
    wasGeneratedBy: merge("wasGeneratedBy"),
    wasAssociatedWith: merge("wasAssociatedWith"),
  }
}

/** `urn:` names that need no server: a digest names the same bytes everywhere. */
const PREFIXES = {
  blob: "urn:sha256:",
  gear: "urn:geartrain:gear:",
  job: "urn:geartrain:job:",
  config: "urn:geartrain:config:",
  agent: "urn:geartrain:agent:",
  geartrain: "urn:geartrain:term:",
} as const

function provOf(record: JobRecord, author: { readonly name: string } | undefined): Omit<ProvDocument, "prefix"> {
  const job = `job:${record.id}`
  const gear = `gear:${hexOf(record.gear.id)}`
  const config = `config:${record.id}`
  const engine = `agent:geartrain-${record.engine.version}`
  const files = Object.entries(record.invocation.inputs).flatMap(([role, input]) =>
    input.base === "file" ? [{ role, name: input.name, digest: input.digest }] : [],
  )
  const person = author === undefined ? undefined : `agent:${encodeURIComponent(author.name)}`
  return {
    entity: {
      [gear]: {
        "prov:type": "prov:Plan",
        "prov:label": `${record.gear.name} ${record.gear.version}`,
        "geartrain:tree": record.gear.tree,
      },
      [config]: { "prov:type": "geartrain:Config", "prov:value": canonicalJson(record.invocation.config) },
      ...Object.fromEntries(files.map(({ name, digest }) => [blob(digest), { "prov:label": name }])),
      ...Object.fromEntries(
        record.outputs.map(({ path, digest, sizeBytes }) => [
          blob(digest),
          { "prov:label": path, "geartrain:sizeBytes": typed(sizeBytes, "xsd:nonNegativeInteger") },
        ]),
      ),
    },
    activity: { [job]: activityOf(record) },
    agent: {
      [engine]: { "prov:type": "prov:SoftwareAgent", "prov:label": `Geartrain ${record.engine.version}` },
      ...(person === undefined ? {} : { [person]: { "prov:type": "prov:Person", "prov:label": author?.name ?? "" } }),
    },
    used: {
      [`_:used-${record.id}-gear`]: { "prov:activity": job, "prov:entity": gear, "prov:role": "gear" },
      [`_:used-${record.id}-config`]: { "prov:activity": job, "prov:entity": config, "prov:role": "config" },
      ...Object.fromEntries(
        files.map(({ role, digest }) => [
          `_:used-${record.id}-input-${encodeURIComponent(role)}`,
          { "prov:activity": job, "prov:entity": blob(digest), "prov:role": role },
        ]),
      ),
    },
    wasGeneratedBy: Object.fromEntries(
      record.outputs.map(({ path, digest }) => [
        `_:made-${record.id}-${encodeURIComponent(path)}`,
        { "prov:entity": blob(digest), "prov:activity": job, "prov:role": path, ...timeOf(record) },
      ]),
    ),
    wasAssociatedWith: {
      [`_:by-${record.id}-engine`]: { "prov:activity": job, "prov:agent": engine, "prov:plan": gear },
      ...(person === undefined
        ? {}
        : { [`_:by-${record.id}-person`]: { "prov:activity": job, "prov:agent": person, "prov:plan": gear } }),
    },
  }
}

function activityOf(record: JobRecord): JsonObject {
  return {
    ...(record.started === undefined ? {} : { "prov:startTime": record.started }),
    ...(record.ended === undefined ? {} : { "prov:endTime": record.ended }),
    "prov:label": `Run of ${record.gear.name} ${record.gear.version}`,
    "geartrain:invocation": record.invocationDigest,
    "geartrain:state": record.state,
    ...(record.exit === undefined ? {} : { "geartrain:exitCode": typed(record.exit.code, "xsd:int") }),
    ...(record.provider === undefined
      ? {}
      : { "geartrain:provider": `${record.provider.name} ${record.provider.version}` }),
  }
}

function timeOf(record: JobRecord): JsonObject {
  return record.ended === undefined ? {} : { "prov:time": record.ended }
}

function blob(digest: Digest): string {
  return `blob:${hexOf(digest)}`
}
