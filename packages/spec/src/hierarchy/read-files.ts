import { isFolderName } from "../files/folder-name.ts"
import { isJsonArray, isJsonObject, memberOf, showJson } from "../json/json-kind.ts"
import type { JsonPath } from "../json/json-path.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { nearestName } from "../text/did-you-mean.ts"
import { checkMember } from "./check-member.ts"
import type { DocumentFaults } from "./document-faults.ts"
import type { ArchiveFile } from "./hierarchy.ts"
import { FILE_MEMBERS } from "./members.ts"

const KNOWN = ["path", "name", ...Object.keys(FILE_MEMBERS)]

/** Reads the files of a place: each a path, or an object with the path and what is known of the file. */
export function readFiles(value: JsonValue | undefined, at: JsonPath, finder: DocumentFaults): readonly ArchiveFile[] {
  if (value === undefined || value === null) return []
  if (!isJsonArray(value)) {
    finder.at(at, { problem: `found ${showJson(value)}, wanted a list`, fix: 'Write each file as "- path: …"' })
    return []
  }
  const files: ArchiveFile[] = []
  for (const [index, item] of value.entries()) {
    const file = readFile(item, [...at, index], finder)
    if (file === undefined) continue
    if (files.some((other) => other.name === file.name)) {
      finder.at([...at, index], { problem: `there are two files "${file.name}"`, fix: "Give one another name: …" })
    } else files.push(file)
  }
  return files
}

function readFile(value: JsonValue, at: JsonPath, finder: DocumentFaults): ArchiveFile | undefined {
  const item: JsonValue = typeof value === "string" ? { path: value } : value
  if (!isJsonObject(item)) {
    finder.at(at, { problem: `found ${showJson(value)}, wanted a file`, fix: "Write its path, or path: …" })
    return undefined
  }
  for (const name of Object.keys(item)) {
    if (KNOWN.includes(name)) continue
    const meant = nearestName(name, KNOWN)
    finder.at([...at, name], {
      problem: `"${name}" is not known of a file`,
      fix:
        meant === undefined
          ? `Remove it, or put it below info: there may be ${KNOWN.join(", ")}`
          : `Rename it to "${meant}"`,
    })
  }
  const path = memberOf(item, "path")
  if (typeof path !== "string" || !isInside(path)) {
    finder.at(path === undefined ? at : [...at, "path"], {
      problem: path === undefined ? "the file has no path" : `${showJson(path)} is no path beside this document`,
      fix: "Write a path relative to this document, without .. and not beginning with /",
    })
    return undefined
  }
  const name = memberOf(item, "name") ?? path.slice(path.lastIndexOf("/") + 1)
  if (typeof name !== "string" || !isFolderName(name)) {
    finder.at([...at, "name"], {
      problem: `${showJson(name)} cannot be the name of a file`,
      fix: "Write a name without folders",
    })
    return undefined
  }
  return { name, path, fields: readFields(item, at, finder), at, isBare: typeof value === "string" }
}

function readFields(item: JsonObject, at: JsonPath, finder: DocumentFaults): JsonObject {
  const fields: [string, JsonValue][] = []
  for (const [name, kind] of Object.entries(FILE_MEMBERS)) {
    const value = memberOf(item, name)
    if (value === undefined || value === null) continue
    const fault = checkMember(kind, value)
    if (fault === undefined) fields.push([name, value])
    else finder.at([...at, name], fault)
  }
  return Object.fromEntries(fields)
}

/** Tells whether a path stays below the folder that it is relative to. */
function isInside(path: string): boolean {
  return path !== "" && !path.endsWith("/") && path.split("/").every((name) => name === "." || isFolderName(name))
}
