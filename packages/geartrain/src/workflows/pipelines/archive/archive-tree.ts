import { GeartrainError, isDigest, isFolderName } from "@geartrain/spec"
import { isPlaceId } from "@geartrain/spec/archive"
import { MOST_FILES, type TreeFile } from "../folders/commit.ts"

/** A file as a server lists it. Whatever a server says is looked at before it is believed. */
export interface ListedFile {
  readonly id: string
  readonly name: string
  /** Of the places on the way to it. */
  readonly labels?: readonly string[] | undefined
  readonly version: number
  readonly digest: string
  readonly sizeBytes: number
  readonly type?: string | undefined
}

/** Labels and names on the way to a file: group, project and what is below, with the word before an analysis. */
const MOST_STEPS = 10
const LONGEST_TYPE = 256

/** Gathers the files of a place into a tree of paths, page by page. */
export class ArchiveTree {
  readonly #place: string
  readonly #files = new Map<string, TreeFile>()
  /** By the id of the file. */
  readonly #paths = new Map<string, string>()

  /** @param place  As people know it, for errors. */
  constructor(place: string) {
    this.#place = place
  }

  /** @throws {GeartrainError} PIPELINE_ARCHIVE_UNFIT, PIPELINE_TOO_LARGE */
  add(listed: readonly ListedFile[]): void {
    for (const one of listed) {
      const file = this.#read(one)
      // What moved while pages were read is on two of them, and lies where it was seen last.
      const earlier = this.#paths.get(one.id)
      if (earlier !== undefined) this.#files.delete(earlier)
      if (this.#files.has(file.path)) throw this.#unfit(`two files have path "${file.path}"`, "Rename one of them")
      this.#files.set(file.path, file)
      this.#paths.set(one.id, file.path)
    }
    if (this.#files.size <= MOST_FILES) return
    throw new GeartrainError(
      "PIPELINE_TOO_LARGE",
      `Cannot commit place "${this.#place}": it has more than ${MOST_FILES} files`,
      { details: { place: this.#place, most: MOST_FILES }, hint: "Name a place below it, or a type of files" },
    )
  }

  /** All files in the order of their paths. @throws {GeartrainError} PIPELINE_ARCHIVE_UNFIT where one has the path of a place. */
  files(): readonly TreeFile[] {
    for (const path of this.#files.keys()) {
      for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
        const above = path.slice(0, slash)
        if (this.#files.has(above)) throw this.#unfit(`"${above}" is a file and a place`, "Rename one of them")
      }
    }
    return [...this.#files.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  #read(listed: ListedFile): TreeFile {
    if (typeof listed !== "object" || listed === null) throw this.#unfit("the server lists what is no file", OTHER)
    const { id, name, labels, version, digest, sizeBytes, type } = listed
    if (!Array.isArray(labels))
      throw this.#unfit(
        "the server does not say where its files lie",
        "Update the server to the version of this program",
      )
    const steps: readonly unknown[] = [...labels, name]
    for (const step of steps) if (!isStep(step)) throw this.#unfit(`${shown(step)} can be no name in a path`, RENAME)
    const isWhole =
      steps.length <= MOST_STEPS &&
      typeof id === "string" &&
      isPlaceId(id) &&
      typeof digest === "string" &&
      isDigest(digest) &&
      isCount(version) &&
      isCount(sizeBytes) &&
      (type === undefined || (typeof type === "string" && type.length <= LONGEST_TYPE))
    if (!isWhole)
      throw this.#unfit(
        `what the server says of ${shown(name)} cannot be`,
        "Check that the address is that of your server",
      )
    return {
      ...{ path: steps.join("/"), digest, sizeBytes },
      ...(type === undefined ? {} : { type }),
      archive: { file: id, version },
    }
  }

  #unfit(is: string, hint: string): GeartrainError {
    return new GeartrainError("PIPELINE_ARCHIVE_UNFIT", `Cannot commit place "${this.#place}": ${is}`, {
      details: { place: this.#place },
      hint,
    })
  }
}

const OTHER = "Check that the address is that of your server"
const RENAME = "Rename it on the server, or name a place without it"

function isStep(step: unknown): boolean {
  return typeof step === "string" && isFolderName(step) && step.isWellFormed() && !/\p{Cc}/u.test(step)
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function shown(text: unknown): string {
  return JSON.stringify(String(text).slice(0, 80).toWellFormed())
}
