import type { Sha256 } from "../identity/digest.ts"
import { isJsonArray, isJsonObject, memberOf, showJson } from "../json/json-kind.ts"
import type { JsonPath } from "../json/json-path.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { nearestName } from "../text/did-you-mean.ts"
import { checkMember } from "./check-member.ts"
import { type DocumentFault, DocumentFaults } from "./document-faults.ts"
import type { Hierarchy, Level, Place } from "./hierarchy.ts"
import { CHILDREN, PLACE_MEMBERS } from "./members.ts"
import { isPlaceId, placeId } from "./place-id.ts"
import { readFiles } from "./read-files.ts"

export type HierarchyResult =
  | { readonly ok: true; readonly hierarchy: Hierarchy }
  | {
      readonly ok: false
      /** At least one. */
      readonly faults: readonly DocumentFault[]
    }

/** The group of a document that names none. */
const LOCAL_GROUP = "local"

/**
 * Reads the document of a hierarchy: one project with its subjects, sessions and acquisitions, their metadata and files.
 *
 * Everything that is wrong is told at once. Names that are not known are refused, since a mock that silently lacks what was meant is none.
 *
 * @see docs/spec/hierarchy.md
 */
export function readHierarchy(document: JsonValue, sha256: Sha256): HierarchyResult {
  const finder = new DocumentFaults()
  const hierarchy = new Reader(finder, sha256).read(document)
  return finder.faults.length === 0 ? { ok: true, hierarchy } : { ok: false, faults: finder.faults }
}

interface Standing {
  readonly level: Exclude<Level, "group">
  readonly parent: Place
  readonly at: JsonPath
}

class Reader {
  readonly #finder: DocumentFaults
  readonly #sha256: Sha256
  readonly #places: Place[] = []
  readonly #ids = new Map<string, string>()

  constructor(finder: DocumentFaults, sha256: Sha256) {
    this.#finder = finder
    this.#sha256 = sha256
  }

  read(value: JsonValue): Hierarchy {
    if (!isJsonObject(value)) {
      this.#finder.at([], {
        problem: `found ${showJson(value)}, wanted a project`,
        fix: "Write project: and below it label: …",
      })
      return { places: [] }
    }
    this.#refuseOthers(value, [], ["group", "project"])
    const group = this.#readGroup(memberOf(value, "group"))
    this.#places.push(group)
    const project = memberOf(value, "project")
    if (project === undefined) this.#finder.at([], { problem: '"project" is missing', fix: "Add it" })
    else this.#readPlace(project, { level: "project", parent: group, at: ["project"] })
    return { places: this.#places }
  }

  /** @see Flywheel core v10: ids of groups */
  #readGroup(value: JsonValue | undefined): Place {
    const id = value ?? LOCAL_GROUP
    const isGroup = typeof id === "string" && /^[0-9a-z][0-9a-z.@_-]{0,30}[0-9a-z]$/.test(id)
    if (!isGroup) {
      this.#finder.at(["group"], {
        problem: `found ${showJson(id)}, wanted the id of a group`,
        fix: "Write 2 to 32 of lower-case letters, digits and .@_-, with a letter or digit at both ends",
      })
    }
    const label = isGroup ? id : LOCAL_GROUP
    return { level: "group", id: label, label, path: label, fields: {}, files: [], at: [] }
  }

  #readPlace(value: JsonValue, standing: Standing): void {
    const { level, parent, at } = standing
    if (!isJsonObject(value)) {
      this.#finder.at(at, {
        problem: `found ${showJson(value)}, wanted a ${level}`,
        fix: "Write label: … and its other members below each other",
      })
      return
    }
    const kinds = PLACE_MEMBERS[level]
    const children = CHILDREN[level]
    this.#refuseOthers(value, at, ["id", "files", ...Object.keys(kinds), ...children.map(([member]) => member)])
    const label = this.#readLabel(value, standing)
    if (label === undefined) return
    const path = `${parent.path}/${level === "analysis" ? "analyses/" : ""}${label}`
    const place: Place = {
      level,
      id: this.#readId(value, path, at),
      label,
      path,
      parent: parent.id,
      fields: this.#readFields(value, at, level),
      files: readFiles(memberOf(value, "files"), [...at, "files"], this.#finder),
      at,
    }
    this.#places.push(place)
    for (const [member, childLevel] of children) {
      this.#readChildren(memberOf(value, member), {
        level: childLevel as Standing["level"],
        parent: place,
        at: [...at, member],
      })
    }
  }

  #readChildren(value: JsonValue | undefined, standing: Standing): void {
    if (value === undefined || value === null) return
    if (!isJsonArray(value)) {
      this.#finder.at(standing.at, {
        problem: `found ${showJson(value)}, wanted a list`,
        fix: `Write each ${standing.level} as "- label: …"`,
      })
      return
    }
    for (const [index, child] of value.entries()) this.#readPlace(child, { ...standing, at: [...standing.at, index] })
  }

  #readLabel(value: JsonObject, { level, at }: Standing): string | undefined {
    const label = memberOf(value, "label")
    if (label === undefined) {
      this.#finder.at(at, { problem: `this ${level} has no label`, fix: "Add label: …" })
      return undefined
    }
    // A label of digits is read as a number by YAML, and people do call subjects so.
    if (typeof label !== "string") {
      this.#finder.at([...at, "label"], {
        problem: `found ${showJson(label)}, wanted a text`,
        fix: `Write "${showJson(label)}", in quotes`,
      })
      return undefined
    }
    if (label.trim() !== "" && [...label].length <= 256 && !/[/\p{Cc}]/u.test(label) && label !== "analyses")
      return label
    this.#finder.at([...at, "label"], {
      problem: `${showJson(label)} cannot be a label`,
      fix: "Write 1 to 256 characters without / and line breaks, and not the word analyses",
    })
    return undefined
  }

  #readId(value: JsonObject, path: string, at: JsonPath): string {
    const written = memberOf(value, "id")
    if (written !== undefined && (typeof written !== "string" || !isPlaceId(written))) {
      this.#finder.at([...at, "id"], {
        problem: `found ${showJson(written)}, wanted 24 lower-case hexadecimal digits`,
        fix: "Write it in quotes, or remove it: an id is made from the labels",
      })
    }
    const id = typeof written === "string" ? written : placeId(path, this.#sha256)
    const other = this.#ids.get(id)
    if (other !== undefined) {
      const [member, problem] =
        other === path ? ["label", `there are two of "${path}"`] : ["id", `"${other}" has this id, too`]
      this.#finder.at([...at, member], {
        problem,
        fix: other === path ? "Give one another label" : "Give one another id",
      })
    }
    this.#ids.set(id, path)
    return id
  }

  #readFields(value: JsonObject, at: JsonPath, level: Standing["level"]): JsonObject {
    const fields: [string, JsonValue][] = []
    for (const [name, kind] of Object.entries(PLACE_MEMBERS[level])) {
      const member = memberOf(value, name)
      // A name with nothing after it is null in YAML: as good as not there.
      if (member === undefined || member === null || name === "label") continue
      const fault = checkMember(kind, member)
      if (fault === undefined) fields.push([name, member])
      else this.#finder.at([...at, name], fault)
    }
    return Object.fromEntries(fields)
  }

  #refuseOthers(value: JsonObject, at: JsonPath, known: readonly string[]): void {
    for (const name of Object.keys(value)) {
      if (known.includes(name)) continue
      const meant = nearestName(name, known)
      this.#finder.at([...at, name], {
        problem: `"${name}" is not known here`,
        fix:
          meant === undefined
            ? `Remove it, or put it below info: there may be ${known.join(", ")}`
            : `Rename it to "${meant}"`,
      })
    }
  }
}
