import type { PegasusInputs } from "../catalogs/load-inputs.ts"
import type { Properties } from "../catalogs/properties.ts"

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

/** Tells what of a workflow as a whole is followed, and what not. @param title  What the workflow is called in the table. */
export function tellWorkflow(
  { workflow, properties, notes, sites }: PegasusInputs,
  {
    title,
    isWhole,
    isProfile,
    rows,
  }: {
    readonly title: string
    readonly isWhole: boolean
    /** Whether a property is followed as a profile of all jobs. */
    readonly isProfile: (property: string) => boolean
    readonly rows: TakenOver[]
  },
): void {
  if (workflow.hooks.length > 0)
    rows.push({
      what: `hooks of ${title}`,
      taken: "no",
      how: "Commands beside the workflow are not started; look at gear workflow status, or its events",
    })
  if (Object.keys(workflow.metadata).length > 0)
    rows.push({ what: `metadata of ${title}`, taken: "no", how: "It describes, and decides nothing" })
  for (const key of workflow.unknown)
    rows.push({ what: `${key} of ${title}`, taken: "no", how: "The format leaves it to whoever wrote it" })
  for (const note of notes) rows.push({ what: "catalog", taken: "no", how: note })
  // What lies within has the sites and properties of the whole, too.
  if (!isWhole) return
  for (const site of sites.keys())
    rows.push({ what: `site ${site}`, taken: "no", how: "Jobs run where gear runs, or on a server's runners" })
  rows.push(cleanupRow(properties))
  for (const key of properties.keys()) {
    if (key.startsWith("pegasus.file.cleanup.")) continue
    const what = `property ${key}`
    if (/^dagman\.(.+)\.maxjobs$/i.test(key)) rows.push({ what, taken: "yes", how: "Limit of the category" })
    else if (isProfile(key)) rows.push({ what, taken: "yes", how: "A profile of all jobs" })
    else rows.push({ what, taken: "no", how: "It is about how Pegasus plans" })
  }
}

const STRATEGY = "pegasus.file.cleanup.strategy"

/** What is removed when is said to whoever runs a workflow here, and not in it. */
function cleanupRow(properties: Properties): TakenOver {
  const strategy = properties.get(STRATEGY)?.toLowerCase() ?? "inplace"
  const space = Number(properties.get("pegasus.file.cleanup.constraint.maxspace"))
  const isConstraint = strategy === "constraint"
  const policy = isConstraint ? (Number.isSafeInteger(space) && space > 0 ? String(space) : "SIZE") : strategy
  return {
    what: properties.has(STRATEGY)
      ? `property ${STRATEGY}`
      : "clean-up in place, as Pegasus does it unless told otherwise",
    taken: "changed",
    how: `Say it when the workflow is run, or all files are kept: gear workflow run --cleanup ${policy}`,
  }
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/[\r\n]+/g, " ")
}
