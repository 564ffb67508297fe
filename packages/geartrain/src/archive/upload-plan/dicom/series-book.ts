import type { FoundFile } from "../folder/found-file.ts"
import { type DicomTime, readDateTime, readDicomTime } from "./dicom-time.ts"
import type { DicomHead } from "./read-head.ts"

/** The files of one series of one study of one patient. */
export interface Series {
  /** Of its first file, in the order of paths. */
  readonly head: DicomHead
  /** What tells the patient from others: the id, or the name where there is none. */
  readonly patient: string
  readonly instances: Instance[]
  /** The earliest of its files. */
  time: DicomTime | undefined
}

export interface Instance {
  readonly file: FoundFile
  /** (0008,0018), as it stands there. */
  readonly uid: string
}

/** Sorts files into series; what is kept of each is its path and its UID. */
export class SeriesBook {
  readonly #series = new Map<string, Series>()

  /** @returns why the file belongs to no series. */
  add(file: FoundFile, head: DicomHead): string | undefined {
    if (head.sopClassUid === DIRECTORY) return "is the index of a medium (DICOMDIR), and has no image in it"
    if (head.seriesUid === "") return "is a DICOM file without SeriesInstanceUID"
    if (head.studyUid === "") return "is a DICOM file without StudyInstanceUID"
    const patient = head.patientId === "" ? `name ${head.patientName}` : `id ${head.patientId}`
    const key = JSON.stringify([patient, head.studyUid, head.seriesUid])
    const time = timeOf(head)
    const series = this.#series.get(key) ?? { head, patient, instances: [], time }
    if (time !== undefined && (series.time === undefined || time.local < series.time.local)) series.time = time
    series.instances.push({ file, uid: head.sopInstanceUid })
    this.#series.set(key, series)
    return undefined
  }

  /** By time, then number: as they were measured. */
  inOrder(): readonly Series[] {
    return [...this.#series.values()].toSorted(
      (a, b) =>
        compare(a.head.studyDate, b.head.studyDate) ||
        compare(a.head.studyTime, b.head.studyTime) ||
        compare(a.head.studyUid, b.head.studyUid) ||
        (Number.parseInt(a.head.seriesNumber, 10) || 0) - (Number.parseInt(b.head.seriesNumber, 10) || 0) ||
        compare(a.head.seriesUid, b.head.seriesUid),
    )
  }
}

/** Media Storage Directory. @see DICOM PS3.6, annex A */
const DIRECTORY = "1.2.840.10008.1.3.10"

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** When a file was measured, by the most exact of what it says. */
function timeOf(head: DicomHead): DicomTime | undefined {
  const { offset } = head
  return (
    readDateTime(head.acquisitionDateTime, offset) ??
    readDicomTime({ date: head.acquisitionDate, time: head.acquisitionTime, offset }) ??
    readDicomTime({ date: head.seriesDate, time: head.seriesTime, offset }) ??
    readDicomTime({ date: head.studyDate, time: head.studyTime, offset })
  )
}
