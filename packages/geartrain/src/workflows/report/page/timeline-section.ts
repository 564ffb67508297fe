import { formatDuration } from "../../../provenance/page/amounts.ts"
import { type Html, html } from "../../../provenance/page/html.ts"
import type { RunAccount } from "../run-account.ts"

/** More tries than this are shown by their steps. */
const MOST_TRIES = 400
const MOST_LANES = 500

/** All in units of the picture. */
const LABEL_WIDTH = 210
const WIDTH = 800
const LANE = 18
const TICKS = 5

/** Something that took time. */
interface Bar {
  readonly state: string
  readonly startMs: number
  readonly endMs: number
  readonly says: string
}

interface Lane {
  readonly label: string
  readonly bars: readonly Bar[]
}

/** What ran when: a lane for every try, or for every step where there are too many of them. */
export function timelineSection(account: RunAccount): Html {
  const lanes = lanesOf(account)
  const bars = lanes.flatMap((lane) => lane.bars)
  if (bars.length === 0) return html`<p>Nothing ran: all that there was to do was done before.</p>\n`
  const fromMs = bars.reduce((least, { startMs }) => Math.min(least, startMs), Number.POSITIVE_INFINITY)
  const toMs = Math.max(
    fromMs + 1,
    bars.reduce((most, { endMs }) => Math.max(most, endMs), 0),
  )
  const shown = lanes.slice(0, MOST_LANES)
  const height = shown.length * LANE + 24
  const across = (ms: number): string => (LABEL_WIDTH + ((ms - fromMs) / (toMs - fromMs)) * WIDTH).toFixed(1)
  const ticks = Array.from({ length: TICKS + 1 }, (_, index) => fromMs + ((toMs - fromMs) * index) / TICKS)
  return html`<div class="scroll"><svg xmlns="http://www.w3.org/2000/svg" class="bars" width="${LABEL_WIDTH + WIDTH + 40}" height="${height}" role="img" aria-label="What ran when">
${ticks.map(
  (ms) =>
    html`<line x1="${across(ms)}" x2="${across(ms)}" y1="20" y2="${height}"/><text x="${across(ms)}" y="12" text-anchor="middle">${formatDuration(ms - fromMs)}</text>\n`,
)}${shown.map((lane, index) => laneElement(lane, { top: 22 + index * LANE, across }))}</svg></div>
${lanes.length > MOST_LANES ? html`<p>And ${lanes.length - MOST_LANES} more steps.</p>\n` : ""}`
}

function laneElement(
  { label, bars }: Lane,
  { top, across }: { readonly top: number; readonly across: (ms: number) => string },
): Html {
  const letters = [...label]
  const short = letters.length > 32 ? `${letters.slice(0, 31).join("")}…` : label
  return html`<text class="lane" x="${LABEL_WIDTH - 8}" y="${top + 12}" text-anchor="end">${short}</text>${bars.map(
    ({ state, startMs, endMs, says }) =>
      html`<rect class="${state}" x="${across(startMs)}" y="${top + 2}" width="${Math.max(1, Number(across(endMs)) - Number(across(startMs))).toFixed(1)}" height="${LANE - 4}" rx="2"><title>${says}</title></rect>`,
  )}
`
}

function lanesOf({ jobs, view }: RunAccount): readonly Lane[] {
  const lastMs = Date.parse(view.ended ?? "") || latestOf(jobs)
  const tried = jobs.flatMap(({ planned, tries }) =>
    tries.flatMap(({ started, ended, state, attempt }): readonly (Bar & { key: string; step: string })[] => {
      if (started === undefined) return []
      const startMs = Date.parse(started)
      const endMs = Math.max(startMs, ended === undefined ? lastMs : Date.parse(ended))
      const says = `${planned.key}${attempt > 1 ? `, try ${attempt}` : ""}: ${state}, ${formatDuration(endMs - startMs)}`
      return [{ key: planned.key, step: planned.step, state, startMs, endMs, says }]
    }),
  )
  if (tried.length <= MOST_TRIES) {
    const byKey = Map.groupBy(tried, ({ key }) => key)
    return [...byKey].map(([label, bars]) => ({ label, bars })).toSorted(byStart)
  }
  const fromMs = tried.reduce((least, { startMs }) => Math.min(least, startMs), Number.POSITIVE_INFINITY)
  const grainMs = Math.max(1, (latestOf(jobs) - fromMs) / WIDTH)
  const byStep = Map.groupBy(tried, ({ step }) => step)
  return [...byStep].map(([label, bars]) => ({ label, bars: merged(label, bars, grainMs) })).toSorted(byStart)
}

/** Joins what follows within one unit of the picture, so that no lane has more bars than it is wide. */
function merged(step: string, bars: readonly Bar[], grainMs: number): readonly Bar[] {
  const joined: { state: string; startMs: number; endMs: number; count: number }[] = []
  for (const bar of bars.toSorted((a, b) => a.startMs - b.startMs)) {
    const last = joined.at(-1)
    if (last !== undefined && bar.startMs <= last.endMs + grainMs) {
      last.endMs = Math.max(last.endMs, bar.endMs)
      last.count += 1
      if (bar.state === "failed") last.state = "failed"
    } else joined.push({ state: bar.state, startMs: bar.startMs, endMs: bar.endMs, count: 1 })
  }
  return joined.map(({ state, startMs, endMs, count }) => ({
    state,
    startMs,
    endMs,
    says: `${step}: ${count} tries, ${formatDuration(endMs - startMs)}`,
  }))
}

function byStart(a: Lane, b: Lane): number {
  return (a.bars[0]?.startMs ?? 0) - (b.bars[0]?.startMs ?? 0)
}

/** Of a run that goes on, the last moment that is known. */
function latestOf(jobs: RunAccount["jobs"]): number {
  let latest = 0
  for (const { tries } of jobs)
    for (const { started, ended } of tries) latest = Math.max(latest, Date.parse(ended ?? started ?? "") || 0)
  return latest
}
