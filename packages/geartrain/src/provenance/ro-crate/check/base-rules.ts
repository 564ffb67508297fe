import type { CrateEntity } from "../crate.ts"
import { CRATE_SPECIFICATION } from "../crate-terms.ts"
import { type CrateGraph, hasType, idsIn, isSaid, valuesOf } from "./crate-graph.ts"
import { type CrateRule, eachRule, rootRule } from "./crate-rule.ts"

/**
 * What RO-Crate itself asks of every crate.
 *
 * @see RO-Crate 1.1, "Root Data Entity", "Data Entities", "Describing entities in JSON-LD"
 */
export const BASE_RULES: readonly CrateRule[] = [
  {
    id: "ro-crate/descriptor",
    level: "must",
    says: "the metadata file describes itself: an entity ro-crate-metadata.json of type CreativeWork",
    broken: ({ descriptor }) => (hasType(descriptor, "CreativeWork") ? [] : [descriptor]),
  },
  {
    id: "ro-crate/descriptor-about",
    level: "must",
    says: "what describes the metadata file names the root by about, and the root is there",
    broken: ({ descriptor, root }) => (descriptor === undefined || root !== undefined ? [] : [descriptor]),
  },
  {
    id: "ro-crate/descriptor-version",
    level: "should",
    says: `the metadata file says which version of ${CRATE_SPECIFICATION} it conforms to`,
    broken: ({ descriptor }) =>
      idsIn(descriptor?.["conformsTo"]).some((id) => id.startsWith(CRATE_SPECIFICATION)) ? [] : [descriptor],
  },
  rootRule({
    id: "ro-crate/root-type",
    level: "must",
    says: "the root is a Dataset",
    keeps: (root) => hasType(root, "Dataset"),
  }),
  rootRule({
    id: "ro-crate/root-id",
    level: "must",
    says: "the root's identifier ends with /",
    keeps: (root) => root["@id"].endsWith("/"),
  }),
  ...["name", "description", "license"].map((property) =>
    rootRule({
      id: `ro-crate/root-${property}`,
      level: "must",
      says: `the root has a ${property}`,
      keeps: (root) => isSaid(root[property]),
    }),
  ),
  rootRule({
    id: "ro-crate/root-date-published",
    level: "must",
    says: "the root says when it was published, as an ISO 8601 date",
    keeps: (root) => {
      const dates = valuesOf(root["datePublished"])
      return dates.length === 1 && typeof dates[0] === "string" && ISO_DATE.test(dates[0])
    },
  }),
  eachRule({
    id: "ro-crate/entity-type",
    level: "must",
    says: "every entity has a type",
    about: ({ entities }) => [...entities.values()],
    keeps: (entity) => isSaid(entity["@type"] as CrateEntity[string] | undefined),
  }),
  eachRule({
    id: "ro-crate/entity-flat",
    level: "must",
    says: "entities name each other by @id, and are not nested",
    about: ({ entities }) => [...entities.values()],
    keeps: (entity) => Object.values(entity).every((value) => valuesOf(value).every(isFlat)),
  }),
  eachRule({
    id: "ro-crate/file-id",
    level: "must",
    says: "the identifier of a file or folder is a relative path, escaped as a URI, or an absolute URI",
    about: dataEntities,
    keeps: (entity) => isUri(entity["@id"]),
  }),
  eachRule({
    id: "ro-crate/has-part",
    level: "must",
    says: "every file and folder is part of the root, directly or by way of a folder",
    about: dataEntities,
    keeps: (entity, graph) => entity === graph.root || partsOf(graph).has(entity["@id"]),
  }),
]

const ISO_DATE = /^\d{4}(-\d{2}(-\d{2}(T\d{2}(:?\d{2}(:?\d{2}([.,]\d+)?)?)?(Z|[+-]\d{2}:?(\d{2})?)?)?)?)?$/

/** Files and folders; what has an identifier of the crate's own (`#…`) is described without being a part. */
function dataEntities({ entities, root }: CrateGraph): readonly CrateEntity[] {
  return [...entities.values()].filter((entity) => {
    const id = entity["@id"]
    if (entity === root || id.startsWith("#") || id.startsWith("_:")) return false
    return hasType(entity, "File") || (hasType(entity, "Dataset") && !ABSOLUTE.test(id))
  })
}

const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:/

/** All that the root has, however deep. */
function partsOf({ entities, root }: CrateGraph): ReadonlySet<string> {
  const found = new Set<string>()
  const waiting = root === undefined ? [] : [root]
  for (let entity = waiting.pop(); entity !== undefined; entity = waiting.pop()) {
    for (const id of idsIn(entity["hasPart"])) {
      if (found.has(id)) continue
      found.add(id)
      const part = entities.get(id)
      if (part !== undefined) waiting.push(part)
    }
  }
  return found
}

function isFlat(value: CrateEntity[string]): boolean {
  if (typeof value !== "object" || value === null) return true
  const keys = Object.keys(value)
  return keys.includes("@value") || (keys.length === 1 && keys[0] === "@id")
}

/** A path that begins at the root of a disk, or leaves the crate, is no path in it. */
function isUri(id: string): boolean {
  if (id === "" || NO_URI.test(id) || /%(?![0-9A-Fa-f]{2})/.test(id)) return false
  return ABSOLUTE.test(id) || !(id.startsWith("/") || id.split("/").includes(".."))
}

/** @see RFC 3987: what no IRI has as it is */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const NO_URI = /[\u0000-\u0020\u007f"<>\\^`{|}]/
