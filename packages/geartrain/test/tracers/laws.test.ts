import { after, test } from "node:test"
import { keepsLaws, tracerLaws } from "@geartrain/ports/laws"
import { findProgram } from "../../src/system/linux/find-program.ts"
import { openStraceTracer } from "../../src/tracers/strace/index.ts"
import { makeBench, missingFor, OPENERS } from "../providers/bench.ts"
import { makeTraceRoot, realTraceBench } from "./trace-bench.ts"

// Opened before there is a test: while a file of tests waits for something, those that it has may end, and what they leave be removed.
const opened = await Promise.all(
  Object.entries(OPENERS).map(async ([name, open]) => {
    const missing = missingFor(name) ?? (findProgram("strace") === undefined ? "needs strace" : undefined)
    return { name, missing, provider: missing === undefined ? await open() : undefined }
  }),
)
const root = makeTraceRoot()
const bench = makeBench()
after(async () => {
  for (const { provider } of opened) await provider?.close()
  root.remove()
  bench.remove()
})

for (const { name, provider, missing } of opened) {
  if (provider === undefined) {
    test(`strace keeps the laws of tracers under ${name}`, { skip: missing ?? true }, () => undefined)
    continue
  }
  keepsLaws(test, `strace under ${name}`, {
    laws: tracerLaws,
    open: async () => realTraceBench(openStraceTracer(), provider, { bench, root: root.path }),
  })
}
