import { join } from "node:path"
import type { Digest } from "@geartrain/spec"
import { open } from "../../../system/files.ts"
import { hashOpenFile } from "../../../system/hash-file.ts"
import type { PlaceDraft, PlanBook } from "../book/plan-book.ts"
import { type ZipWish, zipWish } from "../book/zip-content.ts"
import type { Found, FoundFile } from "../folder/found-file.ts"
import { acquisitionFields, acquisitionLabel, sessionFields, sessionLabel, subjectFields } from "./describe-series.ts"
import { readFileHead } from "./read-file-head.ts"
import { type Instance, type Series, SeriesBook } from "./series-book.ts"

/**
 * Sorts by what the heads of DICOM files say: patient, study, series. Names and folders mean nothing, so it does not matter how a scanner or a
 * server has laid the files out. Each series becomes one zip.
 */
export async function sortDicom(found: AsyncIterable<Found>, book: PlanBook): Promise<void> {
  const series = new SeriesBook()
  for await (const each of found) {
    if (each.is === "left-out") book.leftOut.push(each.item)
    else {
      const result = readFileHead(book.folder, each.file)
      const why = result.is === "unfit" ? result.why : series.add(each.file, result.head)
      if (why !== undefined) book.leaveOut(each.file.source.path, why)
    }
  }
  const inOrder = series.inOrder()
  warnOfMixedSeries(inOrder, book)
  for (const each of inOrder) await addSeries(each, book)
}

async function addSeries(series: Series, book: PlanBook): Promise<void> {
  const { head, patient } = series
  const subject = book.below(book.project, patient, head.patientId)
  if (head.patientId === "" && subject.files.length === 0 && Object.keys(subject.fields).length === 0)
    book.warn(subject.labels.join("/"), "has no PatientID in its files")
  fill(subject, subjectFields(head))
  const session = book.below(subject, head.studyUid, sessionLabel(head))
  fill(session, sessionFields(head))
  const acquisition = book.below(session, head.seriesUid, acquisitionLabel(head))
  fill(acquisition, acquisitionFields(series))
  const zip = zipWish(`${acquisition.labels.at(-1)}.dicom.zip`, await members(series, book))
  const modality = head.modality === "" ? {} : { modality: head.modality }
  book.add(acquisition, { ...zip, fields: { type: "dicom", ...modality, ...zip.fields } })
}

/** Of a place that several series describe, the first that says something is believed. */
function fill(place: PlaceDraft, fields: PlaceDraft["fields"]): void {
  for (const [name, value] of Object.entries(fields)) place.fields[name] ??= value
}

/** One series that says it is of two patients or studies is two, and somebody should know. */
function warnOfMixedSeries(series: readonly Series[], book: PlanBook): void {
  const patients = new Map<string, Series[]>()
  for (const each of series) patients.set(each.head.seriesUid, [...(patients.get(each.head.seriesUid) ?? []), each])
  for (const [uid, parts] of patients) {
    if (parts.length < 2) continue
    const what = new Set(parts.map(({ patient }) => patient)).size > 1 ? "patients" : "studies"
    book.warn(
      parts[1]?.instances[0]?.file.source.path ?? "",
      `is of series ${uid}, which has files of ${parts.length} ${what}`,
    )
  }
}

/** Named by their UIDs, so that the zip is the same however the folder was laid out. */
async function members({ head, instances }: Series, book: PlanBook): Promise<readonly ZipWish[]> {
  const byUid = Map.groupBy(instances, ({ uid }) => uid)
  const wishes: ZipWish[] = []
  for (const [uid, same] of byUid) {
    const kept = same.length === 1 ? same : await distinct(same, book)
    for (const { file, name } of await named(uid, kept, book.folder)) {
      const steps = [`${name}.${head.modality === "" ? "" : `${head.modality}.`}dcm`]
      wishes.push({ steps, sizeBytes: file.sizeBytes, source: file.source })
    }
  }
  return wishes
}

async function named(
  uid: string,
  instances: readonly Instance[],
  folder: string,
): Promise<readonly { readonly file: FoundFile; readonly name: string }[]> {
  const [only] = instances
  if (uid !== "" && instances.length === 1 && only !== undefined) return [{ file: only.file, name: uid }]
  // What no UID tells apart is told apart by its bytes: numbers would hang on the names of the files.
  const all = instances.map(async ({ file }) => {
    const digest = await digestOf(folder, file)
    return { file, name: `${uid === "" ? "no-uid" : uid}.${digest.slice(7, 19)}` }
  })
  return await Promise.all(all)
}

/** Files of one UID are meant to be one image: those with the same bytes are. */
async function distinct(instances: readonly Instance[], book: PlanBook): Promise<readonly Instance[]> {
  const firsts = new Map<Digest, Instance>()
  for (const instance of instances) {
    const digest = await digestOf(book.folder, instance.file)
    const first = firsts.get(digest)
    if (first === undefined) firsts.set(digest, instance)
    else book.leaveOut(instance.file.source.path, `has the same bytes as "${first.file.source.path}"`)
  }
  const kept = [...firsts.values()]
  if (kept.length > 1 && instances[0]?.uid !== "") {
    const [one, other] = kept.map(({ file }) => file.source.path)
    book.warn(other ?? "", `has the SOPInstanceUID of "${one}", and other bytes: both are uploaded`)
  }
  return kept
}

async function digestOf(folder: string, { source }: FoundFile): Promise<Digest> {
  const file = await open(join(folder, source.linkedTo ?? source.path), "r")
  try {
    return (await hashOpenFile(file)).digest
  } finally {
    await file.close()
  }
}
