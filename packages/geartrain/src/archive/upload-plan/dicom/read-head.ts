import { inflateRawSync, constants as zlibConstants } from "node:zlib"
import dicomParser, { type DataSet } from "dicom-parser"
import { decodeDicomText } from "./character-set.ts"

/** What is read of a DICOM file: texts by tag, decoded. A tag that is not there is the empty text. */
export type DicomHead = Readonly<Record<keyof typeof TAGS, string>>

export type HeadResult =
  | { readonly is: "head"; readonly head: DicomHead }
  /** What is wanted lies behind the bytes that were given. */
  | { readonly is: "longer" }
  | { readonly is: "unfit"; readonly why: string }

/** @see DICOM PS3.6 */
export const TAGS = {
  characterSet: "x00080005",
  sopClassUid: "x00080016",
  sopInstanceUid: "x00080018",
  studyDate: "x00080020",
  seriesDate: "x00080021",
  acquisitionDate: "x00080022",
  acquisitionDateTime: "x0008002a",
  studyTime: "x00080030",
  seriesTime: "x00080031",
  acquisitionTime: "x00080032",
  modality: "x00080060",
  offset: "x00080201",
  studyDescription: "x00081030",
  seriesDescription: "x0008103e",
  patientName: "x00100010",
  patientId: "x00100020",
  birthDate: "x00100030",
  sex: "x00100040",
  age: "x00101010",
  weight: "x00101030",
  species: "x00102201",
  protocolName: "x00181030",
  studyUid: "x0020000d",
  seriesUid: "x0020000e",
  seriesNumber: "x00200011",
} as const

const LAST_WANTED = Object.values(TAGS).toSorted().at(-1) ?? ""
const PIXELS = "x7fe00010"
/** Texts that are wanted have 64 characters, of up to four bytes; what is longer is cut, and no file can make a label of megabytes. */
const MOST_VALUE_BYTES = 1024
/** Of a deflated file; a bomb does not get any further. */
const MOST_INFLATED_BYTES = 16 * 1024 * 1024

/**
 * Reads what sorting needs from the first bytes of a file. Elements stand in the order of their tags, so that pixels are never needed.
 *
 * Files without the preamble are read, too: those that begin with their meta information, and plain data sets of old programs.
 *
 * @param isWhole  There is no more of the file.
 */
export function readHead(bytes: Buffer, isWhole: boolean): HeadResult {
  const body = bodyOf(bytes)
  if (typeof body === "string") return isWhole || body === NOT_DICOM ? { is: "unfit", why: body } : { is: "longer" }
  const { dataSet, failure } = parse(body)
  const isComplete = dataSet !== undefined && Object.keys(dataSet.elements).some((tag) => tag > LAST_WANTED)
  if (!isComplete && !isWhole) return { is: "longer" }
  if (dataSet === undefined) return { is: "unfit", why: `is a DICOM file that cannot be read: ${failure}` }
  const head = headOf(dataSet)
  if (failure !== undefined && head.seriesUid === "") return { is: "unfit", why: `is a damaged DICOM file: ${failure}` }
  return { is: "head", head }
}

const NOT_DICOM = "is no DICOM file"
const DEFLATED = "1.2.840.10008.1.2.1.99"
const IMPLICIT = "1.2.840.10008.1.2"
const EXPLICIT = "1.2.840.10008.1.2.1"

interface Body {
  readonly bytes: Buffer
  readonly syntax: string
}

/** The data set behind the meta information, or why there is none. */
function bodyOf(bytes: Buffer): Body | string {
  const group = bytes.length < 8 ? undefined : bytes.readUInt16LE(0)
  if (bytes.toString("latin1", 128, 132) === "DICM") return afterMeta(bytes)
  if (!isFirstElement(bytes)) return NOT_DICOM
  if (group === 2) return afterMeta(Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), bytes]))
  return { bytes, syntax: hasKindOfValue(bytes) ? EXPLICIT : IMPLICIT }
}

function afterMeta(bytes: Buffer): Body | string {
  try {
    const meta = dicomParser.readPart10Header(bytes) as DataSet & { readonly position: number }
    const body = bytes.subarray(meta.position)
    const syntax = text(meta, "x00020010", "")
    if (syntax === "") return { bytes: body, syntax: hasKindOfValue(body) ? EXPLICIT : IMPLICIT }
    if (syntax !== DEFLATED) return { bytes: body, syntax }
    return { bytes: inflate(body), syntax: EXPLICIT }
  } catch (error) {
    return `is a DICOM file that cannot be read: ${words(error)}`
  }
}

/** As far as it goes: the bytes are cut off somewhere. */
function inflate(bytes: Buffer): Buffer {
  return inflateRawSync(bytes, {
    finishFlush: zlibConstants.Z_SYNC_FLUSH,
    maxOutputLength: MOST_INFLATED_BYTES,
  })
}

/** Whether the bytes can be the first element of a data set without a preamble: of group 2, or one of those that begin group 8. */
function isFirstElement(bytes: Buffer): boolean {
  if (bytes.length < 16) return false
  const [group, element] = [bytes.readUInt16LE(0), bytes.readUInt16LE(2)]
  if (group === 2) return element <= 0x10 && hasKindOfValue(bytes)
  if (group !== 8 || element > 0x18) return false
  return hasKindOfValue(bytes) || bytes.readUInt32LE(4) <= 256
}

/** Explicit VR: two capitals after the tag. */
function hasKindOfValue(bytes: Buffer): boolean {
  return /^[A-Z]{2}$/.test(bytes.toString("latin1", 4, 6))
}

function parse({ bytes, syntax }: Body): { readonly dataSet?: DataSet; readonly failure?: string } {
  try {
    // Given a syntax, the parser takes bytes without a preamble for a plain data set.
    return { dataSet: dicomParser.parseDicom(bytes, { TransferSyntaxUID: syntax, untilTag: PIXELS }) }
  } catch (error) {
    const { dataSet, exception = error } = error as { readonly dataSet?: DataSet; readonly exception?: unknown }
    return { ...(dataSet === undefined ? {} : { dataSet }), failure: words(exception) }
  }
}

function headOf(dataSet: DataSet): DicomHead {
  const characterSet = text(dataSet, TAGS.characterSet, "")
  const entries = Object.entries(TAGS).map(([name, tag]) => [name, text(dataSet, tag, characterSet)] as const)
  return Object.fromEntries(entries) as DicomHead
}

function text(dataSet: DataSet, tag: string, characterSet: string): string {
  const element = dataSet.elements[tag]
  if (element === undefined || element.items !== undefined) return ""
  const end = element.dataOffset + Math.min(element.length, MOST_VALUE_BYTES)
  const bytes = dataSet.byteArray.subarray(element.dataOffset, end)
  // Of several values the first; a code of these may have the byte of a backslash in it, so not before decoding.
  return decodeDicomText(bytes, characterSet).replace(/\0.*$/s, "").trim()
}

/** The parser throws plain texts, too. */
function words(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^dicomParser\.\w+: /, "").slice(0, 200)
}
