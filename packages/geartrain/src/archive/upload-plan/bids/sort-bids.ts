import type { JsonObject } from "@geartrain/spec"
import type { PlaceDraft, PlanBook } from "../book/plan-book.ts"
import { ZipGroups } from "../book/zip-groups.ts"
import { type Found, type FoundFile, stepsOf } from "../folder/found-file.ts"
import { unsortable } from "../plan-error.ts"
import { kindFields } from "./bids-kinds.ts"
import { acquisitionLabelOf, type BidsName, isCompanion, parseBidsName, standsBeside } from "./bids-name.ts"
import { DatasetTables, DESCRIPTION } from "./dataset-tables.ts"
import { Sidecars } from "./sidecars.ts"

/** What a session is called in a dataset that has none, since an archive has one everywhere. */
const ONLY_SESSION = "ses-01"
/** Of all that sidecars say of one file: what is looked through in lists. */
const MOST_INFO_CHARACTERS = 64 * 1024

/**
 * Sorts a BIDS dataset: subjects and sessions by its folders, acquisitions by the entities of its names.
 *
 *   sub-01/ses-a/func/sub-01_ses-a_task-rest_bold.nii.gz    sub-01 > ses-a > func-bold_task-rest
 *   sub-01/anat/sub-01_T1w.nii.gz                           sub-01 > ses-01 > anat-T1w
 *   participants.tsv, sub-01/sub-01_sessions.tsv            files of the project, of the subject, and what is known of them
 *   derivatives/fmriprep/sub-01/…, code/…                   a zip of the subject, of the project
 *
 * @throws {GeartrainError} UPLOAD_UNSORTABLE for a folder without dataset_description.json.
 */
export async function sortBids(found: AsyncIterable<Found>, book: PlanBook): Promise<void> {
  const dataset = new Dataset(book)
  for await (const each of found) {
    if (each.is === "left-out") book.leftOut.push(each.item)
    else dataset.take(each.file)
  }
  dataset.finish()
}

/** A file of a subject's own folders. */
interface DataFile {
  readonly file: FoundFile
  readonly session: PlaceDraft
  /** Above it; the last is the data type. */
  readonly folders: readonly string[]
  readonly name: BidsName
}

class Dataset {
  readonly #book: PlanBook
  readonly #tables: DatasetTables
  readonly #sidecars = new Sidecars()
  readonly #zips = new ZipGroups()
  readonly #data: DataFile[] = []

  constructor(book: PlanBook) {
    this.#book = book
    this.#tables = new DatasetTables(book)
  }

  take(file: FoundFile): void {
    const { folders, name } = stepsOf(file)
    const [top] = folders
    if (top !== undefined && !isSubject(top)) this.#takeBeside(file, folders)
    else {
      this.#sidecars.add(file, this.#book)
      if (top === undefined) this.#tables.takeTop(file, name)
      this.#takeOwn(file, folders, name)
    }
  }

  finish(): void {
    if (!this.#tables.isDescribed) {
      const hint = "Sort it with --as folders, or write the file: a Name and a BIDSVersion are enough"
      throw unsortable(this.#book.folder, `it has no ${DESCRIPTION}, so it is no BIDS dataset`, hint)
    }
    const measurements = this.#data.filter(({ name }) => !isCompanion(name))
    const bySession = Map.groupBy(measurements, ({ session }) => session)
    for (const data of this.#data) this.#addData(data, bySession.get(data.session) ?? [])
    this.#zips.addTo(this.#book)
    this.#tables.describe()
  }

  /** A file at the top, or of a subject. */
  #takeOwn(file: FoundFile, folders: readonly string[], name: string): void {
    const [top, second] = folders
    const subject = top === undefined ? this.#book.project : this.#book.below(this.#book.project, top)
    if (top === undefined || second === undefined) {
      if (top !== undefined) this.#tables.takeOfSubject(file, { subject: top, name })
      this.#addPlain(subject, file, name)
      return
    }
    const above = isSession(second) ? 2 : 1
    const session = this.#book.below(subject, above === 2 ? second : ONLY_SESSION)
    if (folders.length === above) this.#addPlain(session, file, name)
    else this.#takeData(file, session, above)
  }

  /** Derivatives, source data, code, stimuli: as they are, in zips of the place that they are about. */
  #takeBeside(file: FoundFile, folders: readonly string[]): void {
    const [top = "", ...rest] = folders
    const isDerivative = top === "derivatives" && rest.length > 0
    const name = isDerivative ? `${top}-${rest[0]}` : top
    const [subject, session] = isDerivative ? rest.slice(1) : rest
    let place = this.#book.project
    if (subject !== undefined && isSubject(subject)) {
      place = this.#book.below(place, subject)
      if (session !== undefined && isSession(session)) place = this.#book.below(place, session)
    }
    // With its folders, so that unpacking it beside the dataset puts it where it was.
    this.#zips.take(file, { place, name: `${name}.zip`, key: name, steps: file.source.path.split("/") })
  }

  /** A file of a data type's folder. What lies deeper is part of a folder that is one recording, such as CTF's `.ds`. */
  #takeData(file: FoundFile, session: PlaceDraft, above: number): void {
    const steps = file.source.path.split("/")
    const folders = steps.slice(0, above + 1)
    const [datatype = "", named = ""] = steps.slice(above)
    const name = parseBidsName(named)
    const isWithin = steps.length > above + 2
    if (name !== undefined && !isWithin) {
      this.#data.push({ file, session, folders, name })
      return
    }
    const place = this.#book.below(session, name === undefined ? datatype : acquisitionLabelOf(datatype, name))
    if (isWithin) this.#zips.take(file, { place, name: `${named}.zip`, key: named, steps: steps.slice(above + 1) })
    else {
      this.#book.warn(file.source.path, "has no name that BIDS knows")
      this.#addPlain(place, file, named)
    }
  }

  #addPlain(place: PlaceDraft, { source, sizeBytes }: FoundFile, name: string): void {
    this.#book.add(place, { name, sizeBytes, content: source })
  }

  #addData(data: DataFile, measurements: readonly DataFile[]): void {
    const { file, session, folders, name } = data
    const datatype = folders.at(-1) ?? ""
    const besides = measurements.filter(
      (each) => isCompanion(name) && each.folders.at(-1) === datatype && standsBeside(name, each.name),
    )
    const labels = new Set(besides.map((each) => acquisitionLabelOf(datatype, each.name)))
    // Beside one measurement it is its own; what holds for several is kept once, by itself.
    const [only] = labels.size === 1 ? labels : []
    const place = this.#book.below(session, only ?? acquisitionLabelOf(datatype, name))
    const named = stepsOf(file).name
    const fields = { ...kindFields(datatype, name), info: this.#infoOf(data, named) }
    this.#book.add(place, { name: named, sizeBytes: file.sizeBytes, content: file.source, fields })
  }

  /** Where the file stood, so that the dataset can be put together again; of data, what its sidecars say. */
  #infoOf({ file, folders, name }: DataFile, named: string): JsonObject {
    const BIDS: JsonObject = {
      ...{ Path: folders.join("/"), Filename: named, Folder: folders.at(-1) ?? "", Suffix: name.suffix },
      Entities: Object.fromEntries(name.entities),
    }
    if (/^\.(json|tsv|bval|bvec|txt|html)$/.test(name.extension)) return { BIDS }
    const said = this.#sidecars.of(folders, name)
    if (JSON.stringify(said).length <= MOST_INFO_CHARACTERS) return { ...said, BIDS }
    this.#book.warn(file.source.path, "has more said of it in sidecars than a file's info takes: that stays in them")
    return { BIDS }
  }
}

function isSubject(name: string): boolean {
  return /^sub-[A-Za-z0-9+]+$/.test(name)
}

function isSession(name: string): boolean {
  return /^ses-[A-Za-z0-9+]+$/.test(name)
}
