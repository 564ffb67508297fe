import type { TraceBench } from "../laws/trace-bench.ts"
import type { TraceAction, TraceEvent, TracerCapabilities } from "../tracer.ts"
import { memoryTraceBench, type TracerQuirks } from "./memory-tracer.ts"

const ALL: readonly TraceAction[] = ["read", "write", "execute", "look", "connect"]

/** Tracers that each break some promise, in a way that real ones have been seen to: a suite of laws has to catch every one. */
export const faultyTraceBenches: Readonly<Record<string, () => TraceBench>> = {
  "mounts relative paths": () =>
    faulty({ plan: (plan) => ({ ...plan, mounts: plan.mounts.map((mount) => ({ ...mount, source: "tracer" })) }) }),
  "mounts twice on one target": () =>
    faulty({ plan: (plan) => ({ ...plan, mounts: [...plan.mounts, ...plan.mounts] }) }),
  "ends as the tracer ends": () => faulty({ outcome: (outcome) => ({ ...outcome, code: 0 }) }),
  "prints among the output": () =>
    faulty({ outcome: (outcome) => ({ ...outcome, stdout: `tracing\n${outcome.stdout}` }) }),
  "runs in a copy": () => faulty({ discardsWrites: true }),
  "has one record for all": () => faulty({ sharesRecords: true }),
  ...Object.fromEntries(ALL.map((action) => [`does not see ${action}`, () => faulty({ event: without(action) })])),
  "takes failures for successes": () => faulty({ event: (event) => [{ ...event, succeeded: true }] }),
  "leaves failures out": () => faulty({ event: (event) => (event.succeeded ? [event] : []) }),
  "tells failures without offering them": () =>
    faulty({ event: (event) => [event] }, { actions: ALL, failures: false }),
  "tells actions without offering them": () =>
    faulty({ event: (event) => [event] }, { actions: ["read"], failures: true }),
  "tells names as they were written": () =>
    faulty({ event: (event) => [{ ...event, subject: event.subject.replace(/^\/tmp\//, "") }] }),
  "leaves out the port": () =>
    faulty({ event: (event) => [{ ...event, subject: event.subject.replace(/:\d+$/, "") }] }),
  "escapes names": () =>
    faulty({ event: (event) => [{ ...event, subject: JSON.stringify(event.subject).slice(1, -1) }] }),
  "ends names at a line break": () =>
    faulty({ event: (event) => [{ ...event, subject: event.subject.split("\n")[0] ?? "" }] }),
  "tells each event once": () => faulty({ recordOf: eachOnce }),
  "sorts its events": () =>
    faulty({ recordOf: (events) => events.toSorted((a, b) => (a.subject < b.subject ? -1 : 1)) }),
  "does not follow children": () => faulty({ ignoresChildren: true }),
  "writes its record at the end": () => faulty({ losesRecordOnKill: true }),
  "keeps its record in the box": () => faulty({ keepsRecordInBox: true }),
  "reads its record away": () => faulty({ readsOnlyOnce: true }),
  "takes no record for an empty one": () => faulty({ takesNoRecordForEmpty: true }),
  "takes a cut record for a short one": () => faulty({ takesCutForShort: true }),
}

function faulty(quirks: TracerQuirks, capabilities: TracerCapabilities = { actions: ALL, failures: true }): TraceBench {
  return memoryTraceBench(capabilities, quirks)
}

function without(action: TraceAction): (event: TraceEvent) => readonly TraceEvent[] {
  return (event) => (event.action === action ? [] : [event])
}

function eachOnce(events: readonly TraceEvent[]): readonly TraceEvent[] {
  const known = new Set<string>()
  return events.filter((event) => {
    const key = JSON.stringify(event)
    if (known.has(key)) return false
    known.add(key)
    return true
  })
}
