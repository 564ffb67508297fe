import assert from "node:assert/strict"
import { test } from "node:test"
import { acquisitionLabel, sessionFields, sessionLabel, subjectFields } from "./describe-series.ts"
import { readAge, readDateTime, readDicomDate, readDicomTime, toTimestamp } from "./dicom-time.ts"
import { type DicomHead, TAGS } from "./read-head.ts"
import { SeriesBook } from "./series-book.ts"

const EMPTY = Object.fromEntries(Object.keys(TAGS).map((name) => [name, ""])) as DicomHead

function head(members: Partial<DicomHead> = {}): DicomHead {
  return { ...EMPTY, studyUid: "1.1", seriesUid: "1.1.1", ...members }
}

function sorted(...heads: readonly Partial<DicomHead>[]) {
  const book = new SeriesBook()
  heads.forEach((members, index) => {
    assert.equal(book.add({ source: { kind: "file", path: `${index}` }, sizeBytes: 1 }, head(members)), undefined)
  })
  return book.inOrder()
}

test("files of one series of one study of one patient are together, and of no other", () => {
  const series = sorted({ patientId: "p" }, { patientId: "p" }, { patientId: "q" }, { patientId: "p", studyUid: "1.2" })
  assert.deepEqual(
    series.map(({ instances }) => instances.map(({ file }) => file.source.path)),
    [["0", "1"], ["2"], ["3"]],
  )
})

test("a patient without an id is known by the name, which is no id that another has", () => {
  assert.equal(sorted({ patientName: "x" }, { patientId: "x" }, { patientName: "x" }).length, 2)
})

test("a series is as early as the earliest of its files, by the most exact that each says", () => {
  const [series] = sorted(
    { studyDate: "20200102", studyTime: "10" },
    { acquisitionDateTime: "20200101235959.5", studyDate: "20190101", studyTime: "01" },
    {},
  )
  assert.equal(series?.time?.local, "2020-01-01T23:59:59.5")
})

test("series stand as they were measured: by study, then by their numbers as numbers", () => {
  const series = sorted(
    { seriesUid: "a", seriesNumber: "10", studyDate: "20200101" },
    { seriesUid: "b", seriesNumber: "9", studyDate: "20200101" },
    { seriesUid: "c", seriesNumber: "", studyDate: "20200101" },
    { seriesUid: "d", seriesNumber: "1", studyDate: "20190101" },
  )
  assert.deepEqual(
    series.map(({ head: { seriesUid } }) => seriesUid),
    ["d", "c", "b", "a"],
  )
})

test("what belongs to no series is told why", () => {
  const book = new SeriesBook()
  const file = { source: { kind: "file" as const, path: "x" }, sizeBytes: 1 }
  assert.match(book.add(file, head({ sopClassUid: "1.2.840.10008.1.3.10" })) ?? "", /DICOMDIR/)
  assert.match(book.add(file, head({ seriesUid: "" })) ?? "", /SeriesInstanceUID/)
  assert.match(book.add(file, head({ studyUid: "" })) ?? "", /StudyInstanceUID/)
  assert.deepEqual(book.inOrder(), [])
})

test("labels are what scanners show, and the UID where they show nothing", () => {
  assert.equal(acquisitionLabel(head({ seriesNumber: " 3 ", seriesDescription: "T1 3D" })), "3 - T1 3D")
  assert.equal(acquisitionLabel(head({ protocolName: "P", modality: "MR" })), "P")
  assert.equal(acquisitionLabel(head()), "1.1.1")
  assert.equal(sessionLabel(head({ studyDate: "20200131", studyDescription: "Brain" })), "2020-01-31 Brain")
  assert.equal(sessionLabel(head({ studyDate: "20200230" })), "1.1")
})

test("of a patient the sex and species are told, and no name, date of birth or id", () => {
  const said = { sex: "f", species: "human", patientName: "Doe^Jane", patientId: "7", birthDate: "19800101" }
  assert.deepEqual(subjectFields(head(said)), { sex: "female", species: "human" })
  assert.deepEqual(subjectFields(head({ sex: "X" })), {})
  assert.ok(!/Doe|19800101|1980-01/.test(JSON.stringify(sessionFields(head({ ...said, studyDate: "20200131" })))))
})

test("a time without its zone is no timestamp, and a weight that is none is left away", () => {
  const times = { studyDate: "20200131", studyTime: "1200" }
  assert.deepEqual(sessionFields(head({ ...times, weight: " 70.5 " })), {
    ...{ uid: "1.1", info: { local_time: "2020-01-31T12:00:00" }, weight: 70.5 },
  })
  assert.deepEqual(sessionFields(head({ ...times, offset: "+0100", weight: "-1" })), {
    ...{ uid: "1.1", timestamp: "2020-01-31T12:00:00+01:00" },
  })
})

test("dates and times that no calendar or clock has are none", () => {
  assert.equal(readDicomDate("2020.02.29"), "2020-02-29")
  for (const date of ["20190229", "20201301", "2020", "", "2020-01-01"])
    assert.equal(readDicomDate(date), undefined, date)
  for (const time of ["", "24", "1260", "12:00:61", "noon", "1"])
    assert.equal(readDicomTime({ date: "20200101", time }), undefined, time)
  assert.equal(readDicomTime({ date: "20200101", time: "235960" })?.local, "2020-01-01T23:59:59")
  assert.equal(readDicomTime({ date: "20200101", time: "10:20:30.500" })?.local, "2020-01-01T10:20:30.5")
})

test("a zone of the time's own stands over that of the file", () => {
  const stamp = (text: string, offset: string) => {
    const time = readDateTime(text, offset)
    return time === undefined ? undefined : toTimestamp(time)
  }
  assert.equal(stamp("20200101120000-0330", "+0100"), "2020-01-01T12:00:00-03:30")
  assert.equal(stamp("20200101120000", "+0100"), "2020-01-01T12:00:00+01:00")
  assert.equal(stamp("20200101120000", "+2500"), undefined)
  assert.equal(stamp("20200101", "+0100"), undefined)
})

test("an age that is computed is in whole years, so that it does not tell the birthday", () => {
  const age = (born: string, on: string) => readAge({ age: "", born, on })
  assert.equal(age("19800615", "20200614"), 39 * 31_557_600)
  assert.equal(age("19800615", "20200615"), 40 * 31_557_600)
  // Babies are counted by the day.
  assert.equal(age("20200101", "20200111"), 10 * 86_400)
  for (const [born, on] of [
    ["20200102", "20200101"],
    ["18000101", "20200101"],
    ["", "20200101"],
  ] as const)
    assert.equal(age(born, on), undefined)
  assert.equal(readAge({ age: "002W", born: "19800101", on: "20200101" }), 14 * 86_400)
})
