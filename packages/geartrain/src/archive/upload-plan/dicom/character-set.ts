/**
 * Reads a text of a DICOM file as its SpecificCharacterSet says.
 *
 * What the set does not have, and sets that nobody knows, come out as U+FFFD; names are made safe later, and two that differ only there are still told
 * apart by their UIDs.
 *
 * @param declared  (0008,0005) as it stands there: perhaps several with backslashes between them, perhaps empty.
 * @see DICOM PS3.3, C.12.1.1.2, and PS3.5, section 6.1
 * @example
 *   decodeDicomText(Buffer.from([0x4d, 0xfc]), "ISO_IR 100") // => "Mü"
 */
export function decodeDicomText(bytes: Uint8Array, declared: string): string {
  const sets = declared.split("\\").map((set) => set.trim().replace(/^ISO 2022 IR /, "ISO_IR "))
  // The first is what a text begins in; others are turned on by escape sequences in it.
  const set = sets.find((each) => each !== "" && each !== "ISO_IR 6") ?? ""
  const encoding = ENCODINGS.get(set) ?? (bytes.every((byte) => byte < 0x80) ? "utf-8" : undefined)
  if (encoding === undefined)
    return Buffer.from(bytes)
      .toString("latin1")
      .replaceAll(/[\x80-\xff]/g, "\ufffd")
  const text = new TextDecoder(encoding).decode(encoding === "iso-2022-jp" ? bytes : withoutEscapes(bytes))
  return text.replace(/[\0 ]+$/, "").trim()
}

const ENCODINGS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "ISO_IR 100": "iso-8859-1",
    "ISO_IR 101": "iso-8859-2",
    "ISO_IR 109": "iso-8859-3",
    "ISO_IR 110": "iso-8859-4",
    "ISO_IR 144": "iso-8859-5",
    "ISO_IR 127": "iso-8859-6",
    "ISO_IR 126": "iso-8859-7",
    "ISO_IR 138": "iso-8859-8",
    "ISO_IR 148": "iso-8859-9",
    "ISO_IR 203": "iso-8859-15",
    "ISO_IR 13": "shift_jis",
    "ISO_IR 166": "windows-874",
    "ISO_IR 87": "iso-2022-jp",
    "ISO_IR 149": "euc-kr",
    "ISO_IR 58": "gb18030",
    "ISO_IR 192": "utf-8",
    GB18030: "gb18030",
    GBK: "gbk",
  }),
)

/** Escape sequences name a set that the decoder reads already. @see ECMA-35, 6.2 and 13 */
function withoutEscapes(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(0x1b)) return bytes
  const text = Buffer.from(bytes).toString("latin1")
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
  return Buffer.from(text.replaceAll(/\x1b[\x20-\x2f]+[\x30-\x7e]/g, ""), "latin1")
}
