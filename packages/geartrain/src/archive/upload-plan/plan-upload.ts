import { realpath, stat } from "../../system/files.ts"
import { systemCode } from "../../system/system-code.ts"
import { sortBids } from "./bids/sort-bids.ts"
import { PlanBook } from "./book/plan-book.ts"
import { chooseSorter } from "./choose-sorter.ts"
import { sortDicom } from "./dicom/sort-dicom.ts"
import type { Found } from "./folder/found-file.ts"
import { walkFolder } from "./folder/walk-folder.ts"
import { DEFAULT_TEMPLATE, readTemplate } from "./folders/path-template.ts"
import { sortFolders } from "./folders/sort-folders.ts"
import { unsortable } from "./plan-error.ts"
import type { SorterName, UploadPlan } from "./upload-plan.ts"

export interface PlanUploadOptions {
  /** Default `auto`: what the folder looks like. */
  readonly as?: SorterName | "auto"
  /** Of `folders` alone; default `{subject}/{session}/{acquisition}`. */
  readonly template?: string
  readonly signal?: AbortSignal
  /** Told of every so many files that were looked at. */
  readonly onProgress?: (files: number) => void
}

/**
 * Looks through a folder and says what an upload of it would be, down to the name and size of each file. Nothing is changed or sent.
 *
 * @throws {GeartrainError} UPLOAD_UNSORTABLE when there is no such folder, when it is not what it is to be sorted as, and for a template that is none.
 */
export async function planUpload(folder: string, options: PlanUploadOptions = {}): Promise<UploadPlan> {
  const root = await folderAt(folder)
  const { as = "auto", signal } = options
  const walk = () => walkFolder(root, signal === undefined ? {} : { signal })
  const sorter = as === "auto" ? (options.template === undefined ? await chooseSorter(root, walk()) : "folders") : as
  const book = new PlanBook(root)
  const found = counted(walk(), options.onProgress)
  await sort(sorter, { found, book, options })
  if (sorter === "dicom" && book.places().length === 1)
    throw unsortable(root, "it has no DICOM file with a series", "Sort it with --as folders, or name another folder")
  return { folder: root, sorter, places: book.places(), leftOut: book.leftOut, warnings: book.warnings }
}

async function folderAt(folder: string): Promise<string> {
  try {
    const root = await realpath(folder)
    if ((await stat(root)).isDirectory()) return root
    throw unsortable(folder, "it is no folder", "Name the folder that the file lies in")
  } catch (error) {
    const code = systemCode(error)
    if (code === "ENOENT" || code === "ENOTDIR") throw unsortable(folder, "there is no such folder", "Check the path")
    throw error
  }
}

interface Sorting {
  readonly found: AsyncIterable<Found>
  readonly book: PlanBook
  readonly options: PlanUploadOptions
}

async function sort(sorter: SorterName, { found, book, options }: Sorting): Promise<void> {
  if (options.template !== undefined && sorter !== "folders")
    throw unsortable(
      book.folder,
      `a template says nothing to the sorter ${sorter}`,
      "Leave --template out, or use --as folders",
    )
  if (sorter === "bids") return await sortBids(found, book)
  if (sorter === "dicom") return await sortDicom(found, book)
  const template = readTemplate(options.template ?? DEFAULT_TEMPLATE)
  if (typeof template === "string") {
    const problem = `"${options.template}" is no template: ${template}`
    throw unsortable(book.folder, problem, `Write folders with placeholders, such as ${DEFAULT_TEMPLATE}`)
  }
  await sortFolders(found, book, template)
}

const PROGRESS_EVERY = 500

/** Every so often the loop of events gets its turn, for signals and a line of progress: heads of files are read at once. */
async function* counted<T>(found: AsyncIterable<T>, onProgress?: (files: number) => void): AsyncGenerator<T, void> {
  let count = 0
  for await (const each of found) {
    yield each
    count++
    if (count % PROGRESS_EVERY !== 0) continue
    onProgress?.(count)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
