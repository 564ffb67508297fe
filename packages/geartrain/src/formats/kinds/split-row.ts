/**
 * The cells of a row. Quotes hold separators, and doubled ones are one; a quoted line break is not looked for, since rows are lines here.
 *
 * @see RFC 4180
 * @example
 *   splitRow('a,"b, ""c""",d', ",") // => ["a", 'b, "c"', "d"]
 */
export function splitRow(row: string, separator: string): readonly string[] {
  const cells: string[] = []
  let at = 0
  while (at <= row.length) {
    if (row[at] === '"') {
      const end = closingQuote(row, at + 1)
      const next = row.indexOf(separator, end + 1)
      const stop = next === -1 ? row.length : next
      cells.push(row.slice(at + 1, end).replaceAll('""', '"') + row.slice(end + 1, stop).trimEnd())
      at = stop + 1
    } else {
      const next = row.indexOf(separator, at)
      const stop = next === -1 ? row.length : next
      cells.push(row.slice(at, stop).replace(/\r$/, ""))
      at = stop + 1
    }
  }
  return cells
}

function closingQuote(row: string, from: number): number {
  for (let at = row.indexOf('"', from); at !== -1; at = row.indexOf('"', at + 2)) if (row[at + 1] !== '"') return at
  return row.length
}
