import type { JsonObject } from "@geartrain/spec"
import { type DicomTime, readAge, readDicomDate, readDicomTime, toTimestamp } from "./dicom-time.ts"
import type { DicomHead } from "./read-head.ts"
import type { Series } from "./series-book.ts"

/** What the head says of the patient, without a name, a date of birth or an address: those stay in the files. */
export function subjectFields({ sex, species }: DicomHead): JsonObject {
  const word = SEXES.get(sex.toUpperCase())
  return { ...(word === undefined ? {} : { sex: word }), ...(species === "" ? {} : { species }) }
}

/** @see DICOM PS3.3, C.7.1.1: Patient's Sex */
const SEXES: ReadonlyMap<string, string> = new Map(Object.entries({ M: "male", F: "female", O: "other" }))

/** What the head says of the study. */
export function sessionFields(head: DicomHead): JsonObject {
  const age = readAge({ age: head.age, born: head.birthDate, on: head.studyDate })
  const weight = Number(head.weight.trim() || Number.NaN)
  return {
    uid: head.studyUid,
    ...timeFields(readDicomTime({ date: head.studyDate, time: head.studyTime, offset: head.offset })),
    ...(age === undefined ? {} : { age }),
    ...(Number.isFinite(weight) && weight > 0 ? { weight } : {}),
  }
}

export function acquisitionFields({ head, time }: Series): JsonObject {
  return { uid: head.seriesUid, ...timeFields(time) }
}

/** A time whose zone nobody wrote down is kept as what it is: a clock on a wall. */
function timeFields(time: DicomTime | undefined): JsonObject {
  if (time === undefined) return {}
  const timestamp = toTimestamp(time)
  return timestamp === undefined ? { info: { local_time: time.local } } : { timestamp }
}

/** Day and description: the day tells the sessions of a subject apart, where the description is often the same for a whole study. */
export function sessionLabel({ studyDate, studyDescription, studyUid }: DicomHead): string {
  const day = readDicomDate(studyDate)
  const words = [day ?? "", studyDescription].filter((word) => word !== "")
  return words.length === 0 ? studyUid : words.join(" ")
}

/** Number and description, as scanners show them: `3 - T1 3D`. */
export function acquisitionLabel({
  seriesNumber,
  seriesDescription,
  protocolName,
  modality,
  seriesUid,
}: DicomHead): string {
  const description = [seriesDescription, protocolName, modality].find((word) => word !== "")
  const words = [seriesNumber.trim(), description ?? ""].filter((word) => word !== "")
  return words.length === 0 ? seriesUid : words.join(" - ")
}
