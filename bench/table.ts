import type { Row } from "./bench.ts"

const WIDTHS = [54, 10, 36, 10, 8] as const

export function printTitles(): void {
  print(["", "gear", "against", "", "ratio"], "limit")
}

export function printRow(row: Row): void {
  const mark = row.limit !== undefined && row.ratio > row.limit ? " !" : ""
  const limit = row.limit === undefined ? "" : `${row.limit}${mark}`
  const ratio = row.theirs === 0 ? "" : row.ratio.toFixed(2)
  print([row.what, amount(row.ours, row), row.against, amount(row.theirs, row), ratio], limit)
  if (row.note !== undefined) console.log(`    ${row.note}`)
}

function print(cells: readonly string[], last: string): void {
  const padded = cells.map((cell, index) =>
    isNumber(index) ? cell.padStart(WIDTHS[index] ?? 0) : cell.padEnd(WIDTHS[index] ?? 0),
  )
  console.log(`${padded.join("  ")}  ${last}`.trimEnd())
}

function isNumber(index: number): boolean {
  return index === 1 || index === 3 || index === 4
}

function amount(value: number, { unit }: Row): string {
  if (unit === "bytes") return `${(value / 1024 / 1024).toFixed(1)} MiB`
  return value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(1)} ms`
}
