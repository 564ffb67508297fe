import type { JsonObject, JsonPath, JsonValue } from "@geartrain/spec"
import { canonicalJson, GeartrainError } from "@geartrain/spec"
import type { MetadataChange, Place } from "@geartrain/spec/archive"
import { editYaml, type YamlEdit } from "../../documents/edit-yaml.ts"
import { parseYaml } from "../../documents/read-yaml.ts"
import { writeAtomically } from "../../system/atomic-write.ts"
import { readFile, realpath } from "../../system/files.ts"
import type { Archive } from "./read-archive.ts"

/**
 * Writes what a job changed into the document of a hierarchy, whole or not at all. Its comments stay.
 *
 * @param outputs  Path of each output relative to the folder of the document; an output that has none is left out, with what is said of it.
 * @returns whether there was anything to write.
 * @throws {GeartrainError} HIERARCHY_CHANGED when the document says something else than when it was read.
 */
export async function writeArchive(
  archive: Archive,
  changes: readonly MetadataChange[],
  outputs: ReadonlyMap<string, string>,
): Promise<boolean> {
  const edits = editsOf(archive, changes, outputs)
  if (edits.length === 0) return false
  const bytes = await readFile(archive.file)
  const { value } = parseYaml(bytes, { file: archive.file, code: "HIERARCHY_INVALID" })
  if (canonicalJson(value) !== archive.said) throw changed(archive)
  const text = editYaml(bytes.toString("utf8"), edits)
  // A document that is a link stays one.
  await writeAtomically(await realpath(archive.file), async (file) => void (await file.writeFile(text)))
  return true
}

/** The changes as edits of the document. */
function editsOf(
  archive: Pick<Archive, "hierarchy">,
  changes: readonly MetadataChange[],
  outputs: ReadonlyMap<string, string>,
): readonly YamlEdit[] {
  const book = new EditBook(archive, outputs)
  for (const change of changes) book.add(change)
  return book.edits
}

class EditBook {
  readonly edits: YamlEdit[] = []
  readonly #archive: Pick<Archive, "hierarchy">
  readonly #outputs: ReadonlyMap<string, string>
  /** Where places and files stand that were not there before, and files that were written as a path alone. */
  readonly #made = new Map<string, JsonPath>()
  /** How many items each list has by now. */
  readonly #lengths = new Map<string, number>()

  constructor(archive: Pick<Archive, "hierarchy">, outputs: ReadonlyMap<string, string>) {
    this.#archive = archive
    this.#outputs = outputs
  }

  add(change: MetadataChange): void {
    const { kind, place, file, field, after } = change
    if (kind === "kept" || kind === "dropped" || after === undefined) return
    if (file === undefined) {
      this.#write(kind, [...this.#placeAt(place), ...field], after)
      return
    }
    const at = this.#fileAt(place, file, kind === "file" ? (after as JsonObject) : undefined)
    if (at !== undefined && kind !== "file") this.#write(kind, [...at, ...field], after)
  }

  #write(kind: MetadataChange["kind"], path: JsonPath, value: JsonValue): void {
    this.edits.push(kind === "tag" ? { path, append: value } : { path, set: value })
  }

  #placeAt(place: Place): JsonPath {
    const at = place.at ?? this.#made.get(place.id)
    if (at !== undefined) return at
    const parent = this.#archive.hierarchy.places.find((each) => each.id === place.parent)
    if (parent?.at === undefined) throw new TypeError(`"${place.path}" has no place above it`)
    const siblings = this.#archive.hierarchy.places.filter(
      (each) => each.parent === parent.id && each.level === "analysis",
    )
    return this.#append([...parent.at, "analyses"], {
      key: place.id,
      item: { label: place.label },
      there: siblings.length,
    })
  }

  /** Where a file stands, once it does. An output whose bytes lie nowhere that the document could name has no place in it. */
  #fileAt(place: Place, name: string, known: JsonObject | undefined): JsonPath | undefined {
    const key = `${place.id}/${name}`
    const made = this.#made.get(key)
    if (made !== undefined) return made
    const path = this.#outputs.get(name)
    const there = place.files.find((file) => file.name === name)
    if (there !== undefined) {
      const isOutput = known !== undefined && path !== undefined
      if (there.isBare) this.edits.push({ path: there.at, set: { path: isOutput ? path : there.path } })
      else if (isOutput) this.edits.push({ path: [...there.at, "path"], set: path })
      this.#made.set(key, there.at)
      return there.at
    }
    if (path === undefined) return undefined
    const item = { path, ...(typeof known?.["type"] === "string" ? { type: known["type"] } : {}) }
    return this.#append([...this.#placeAt(place), "files"], { key, item, there: place.files.length })
  }

  #append(list: JsonPath, one: { readonly key: string; readonly item: JsonObject; readonly there: number }): JsonPath {
    const id = list.join("/")
    const length = this.#lengths.get(id) ?? one.there
    this.#lengths.set(id, length + 1)
    this.edits.push({ path: list, append: one.item })
    const at = [...list, length]
    this.#made.set(one.key, at)
    return at
  }
}

function changed(archive: Archive): GeartrainError {
  return new GeartrainError(
    "HIERARCHY_CHANGED",
    `Cannot write metadata to "${archive.file}": the document was changed while the job ran`,
    { details: { file: archive.file }, hint: "Apply it again to what it says now: gear metadata JOB --apply" },
  )
}
