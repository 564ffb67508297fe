/** What became of one thing that the workflow or its catalogs say. */
export interface TakenOver {
  readonly what: string
  /** `yes`; `changed`: it is there in another way; `no`: it is not followed. */
  readonly taken: "yes" | "changed" | "no"
  readonly how: string
}

/** The table as a document. Rows of one kind that say the same stand once, with how many they are. */
export function takeOverText(name: string, rows: readonly TakenOver[]): string {
  const merged = new Map<string, TakenOver & { count: number }>()
  for (const row of rows) {
    const key = `${row.what}\0${row.taken}\0${row.how}`
    const before = merged.get(key)
    if (before === undefined) merged.set(key, { ...row, count: 1 })
    else before.count++
  }
  const lines = [...merged.values()].map(
    ({ what, taken, how, count }) =>
      `| ${cell(what)}${count > 1 ? ` (${count} times)` : ""} | ${taken} | ${cell(how)} |`,
  )
  return [
    `# What was taken over of ${cell(name)}`,
    "",
    "| what Pegasus' workflow says | taken over | how |",
    "| --- | --- | --- |",
    ...lines,
    "",
  ].join("\n")
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/[\r\n]+/g, " ")
}
