import { fileType, type JsonObject, type JsonValue } from "@geartrain/spec"
import { numberedName, safeName } from "../../../packing/members/safe-name.ts"
import { unsortable } from "../plan-error.ts"
import type { FileContent, LeftOut, PlannedFile, PlannedLevel, PlannedPlace, PlanWarning } from "../upload-plan.ts"

/** A file as a sorter found it. */
export interface FileWish {
  /** Anybody's text. */
  readonly name: string
  readonly sizeBytes: number
  readonly content: FileContent
  /** Beyond its type, which its name tells. */
  readonly fields?: JsonObject
}

/** A place that a sorter is filling. */
export interface PlaceDraft {
  readonly level: PlannedLevel
  readonly labels: readonly string[]
  readonly fields: Record<string, JsonValue>
  readonly files: PlannedFile[]
}

const LEVELS: readonly PlannedLevel[] = ["project", "subject", "session", "acquisition"]
/** As many places have names, times and sizes in some hundred megabytes. */
const MOST_PLACES = 500_000

/** What a sorter writes a plan into: labels and names are made safe, and no two in one place are the same. */
export class PlanBook {
  readonly folder: string
  readonly project: PlaceDraft = { level: "project", labels: [], fields: {}, files: [] }
  readonly leftOut: LeftOut[] = []
  readonly warnings: PlanWarning[] = []
  readonly #nodes = new Map<PlaceDraft, Node>([[this.project, newNode()]])

  constructor(folder: string) {
    this.folder = folder
  }

  /**
   * The place below another that stands for a key, made when it is not there yet.
   *
   * @param key  What tells it from its siblings: two keys are two places, also where their labels would be the same.
   */
  below(parent: PlaceDraft, key: string, wish: string = key): PlaceDraft {
    const node = this.#node(parent)
    const there = node.children.get(key)
    if (there !== undefined) return there
    if (this.#nodes.size >= MOST_PLACES)
      throw unsortable(this.folder, `it makes more than ${MOST_PLACES} places`, "Upload it in parts")
    const safe = safeName(wish, "unknown")
    // Words that stand between labels in a path.
    const plain = safe === "files" || safe === "analyses" ? `${safe}_` : safe
    let label = plain
    for (let number = 2; node.labels.has(label); number++) label = `${plain} (${number})`
    node.labels.add(label)
    const level = LEVELS[parent.labels.length + 1]
    if (level === undefined) throw new RangeError("there is no place below an acquisition")
    const draft: PlaceDraft = { level, labels: [...parent.labels, label], fields: {}, files: [] }
    node.children.set(key, draft)
    this.#nodes.set(draft, newNode())
    return draft
  }

  add(place: PlaceDraft, file: FileWish): void {
    const { names } = this.#node(place)
    const plain = safeName(file.name, "unnamed")
    let name = plain
    for (let number = 2; names.has(name); number++) name = numberedName(plain, number)
    names.add(name)
    if (name !== file.name && file.content.kind === "file") this.warn(file.content.path, `becomes "${name}"`)
    const type = fileType(name)
    const fields = { ...(type === undefined ? {} : { type }), ...file.fields }
    place.files.push({ name, sizeBytes: file.sizeBytes, fields, content: file.content })
  }

  leaveOut(path: string, why: string): void {
    this.leftOut.push({ path, kind: "file", why })
  }

  warn(about: string, says: string): void {
    this.warnings.push({ about, says })
  }

  /** Places right below another, in the order in which they were made. */
  children(place: PlaceDraft): readonly PlaceDraft[] {
    return [...this.#node(place).children.values()]
  }

  /** Parents before their children, each in the order in which they were made. */
  places(): readonly PlannedPlace[] {
    const places: PlannedPlace[] = []
    const visit = (place: PlaceDraft): void => {
      places.push(place)
      for (const child of this.children(place)) visit(child)
    }
    visit(this.project)
    return places
  }

  #node(place: PlaceDraft): Node {
    const node = this.#nodes.get(place)
    if (node === undefined) throw new TypeError("the place is another book's")
    return node
  }
}

interface Node {
  readonly children: Map<string, PlaceDraft>
  readonly labels: Set<string>
  readonly names: Set<string>
}

function newNode(): Node {
  return { children: new Map(), labels: new Set(), names: new Set() }
}
