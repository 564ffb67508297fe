import type { JobFigures, JobHistory } from "@geartrain/ports"
import type { Gear } from "@geartrain/spec"
import type { PlannedJob } from "@geartrain/spec/workflow"

/** So many of a gear's last jobs tell what the next one takes. */
const LAST_JOBS = 25

/** Says of each job what the last ones of its gear took: the median of each figure. */
export async function expectFigures(
  jobs: readonly PlannedJob[],
  { gears, history }: { readonly gears: ReadonlyMap<string, Gear>; readonly history: Pick<JobHistory, "figures"> },
): Promise<readonly PlannedJob[]> {
  const expected = new Map<string, PlannedJob["expected"]>()
  const wanted = new Set(jobs.filter(({ action }) => action !== "skip").map(({ gear }) => gear))
  const byName = new Map<string, PlannedJob["expected"]>()
  for (const id of wanted) {
    const name = gears.get(id)?.manifest.name
    if (name === undefined) continue
    if (!byName.has(name)) byName.set(name, medians(await history.figures(name, LAST_JOBS)))
    expected.set(id, byName.get(name))
  }
  return jobs.map((job) => {
    const figures = job.action === "skip" ? undefined : expected.get(job.gear)
    return figures === undefined ? job : { ...job, expected: figures }
  })
}

function medians(figures: readonly JobFigures[]): PlannedJob["expected"] | undefined {
  if (figures.length === 0) return undefined
  const wallMs = median(figures.map((each) => each.wallMs))
  const outputBytes = median(figures.map((each) => each.outputBytes))
  const peakMemoryBytes = median(figures.map((each) => each.peakMemoryBytes))
  return {
    ...(wallMs === undefined ? {} : { wallMs }),
    ...(outputBytes === undefined ? {} : { outputBytes }),
    ...(peakMemoryBytes === undefined ? {} : { peakMemoryBytes }),
  }
}

function median(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined).toSorted((a, b) => a - b)
  return known[Math.floor(known.length / 2)]
}
