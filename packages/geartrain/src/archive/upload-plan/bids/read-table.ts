import { decodeUtf8, type JsonValue } from "@geartrain/spec"

/** A row by its columns. Columns that have nothing in it are not there. */
export type TableRow = ReadonlyMap<string, JsonValue>

const MOST_ROWS = 200_000
const MOST_COLUMNS = 1000

/**
 * Reads a table of BIDS: tabs between columns, one line of names, `n/a` for what is not known. What is written as a number is one.
 *
 * @returns why it is none.
 * @see BIDS 1.10, "Tabular files"
 * @example
 *   readTable(Buffer.from("participant_id\tage\nsub-01\t25\n"))[0].get("age") // => 25
 */
export function readTable(bytes: Uint8Array): readonly TableRow[] | string {
  const decoded = decodeUtf8(bytes)
  if (!decoded.ok) return decoded.fault.problem
  const [head = "", ...lines] = decoded.text.replace(/^\ufeff/, "").split(/\r?\n/)
  const names = head.split("\t").map((name) => name.trim())
  if (names.length > MOST_COLUMNS) return `has more than ${MOST_COLUMNS} columns`
  if (lines.length > MOST_ROWS) return `has more than ${MOST_ROWS} rows`
  return lines
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const cells = line.split("\t").map((cell) => cell.trim())
      const known = names.map((name, index) => [name, cells[index] ?? ""] as const)
      return new Map(
        known.filter(([name, cell]) => name !== "" && !isUnknown(cell)).map(([name, cell]) => [name, toValue(cell)]),
      )
    })
}

function isUnknown(cell: string): boolean {
  return cell === "" || cell.toLowerCase() === "n/a"
}

/** Codes with a leading zero stay texts. */
function toValue(cell: string): JsonValue {
  return /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(cell) ? Number(cell) : cell
}
