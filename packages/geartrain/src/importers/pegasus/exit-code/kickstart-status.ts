/**
 * The raw statuses of all programs that kickstart recorded in an output, in their order: as `wait` gives them, -1 for one that could not be
 * started. A record without one counts as -1.
 */
export function findStatuses(output: string): readonly number[] {
  return [...xmlStatuses(output), ...yamlStatuses(output)]
}

/** Records as XML: `<status raw="256">` within `<invocation>`. What programs printed stands in it with its `<` escaped. */
function xmlStatuses(output: string): readonly number[] {
  return [...output.matchAll(/<status\s+raw="(-?\d+)"/g)].map(([, raw]) => Number(raw))
}

/** Records as YAML: a list item that begins with `invocation:`, and in its parts `status:` with `raw:`. */
function yamlStatuses(output: string): readonly number[] {
  const statuses: number[] = []
  let open: { level: number; found: boolean; status: number | undefined } | undefined
  const close = (): void => {
    if (open !== undefined && !open.found) statuses.push(-1)
  }
  for (const line of output.split("\n")) {
    const begin = /^(\s*)- invocation:/.exec(line)
    if (begin !== null) {
      close()
      open = { level: (begin[1] ?? "").length, found: false, status: undefined }
      continue
    }
    if (open === undefined || line.trim() === "") continue
    const level = line.search(/\S/)
    if (level <= open.level) {
      close()
      open = undefined
      continue
    }
    if (open.status !== undefined && level <= open.status) open.status = undefined
    if (/^\s*status:\s*$/.test(line)) {
      open.status = level
      continue
    }
    // A program's own output is further in than the record's parts, below `data:`; statuses stand two or three levels deep.
    const raw = open.status === undefined ? null : /^\s*raw:\s*(-?\d+)\s*$/.exec(line)
    if (raw === null || level > open.level + 8) continue
    statuses.push(Number(raw[1]))
    open.found = true
  }
  close()
  return statuses
}
