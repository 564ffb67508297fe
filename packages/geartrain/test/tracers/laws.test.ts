import { after, test } from "node:test"
import { keepsLaws, tracerLaws } from "@geartrain/ports/laws"
import { findProgram } from "../../src/system/linux/find-program.ts"
import { openStraceTracer } from "../../src/tracers/strace/index.ts"
import { missingFor, OPENERS } from "../providers/bench.ts"
import { makeTraceRoot, realTraceBench } from "./trace-bench.ts"

const root = makeTraceRoot()
after(() => root.remove())

for (const [name, open] of Object.entries(OPENERS)) {
  const missing = missingFor(name) ?? (findProgram("strace") === undefined ? "needs strace" : undefined)
  if (missing !== undefined) {
    test(`strace keeps the laws of tracers under ${name}`, { skip: missing }, () => undefined)
    continue
  }
  const provider = await open()
  after(() => provider.close())
  keepsLaws(test, `strace under ${name}`, {
    laws: tracerLaws,
    open: async () => realTraceBench(openStraceTracer(), provider, root.path),
  })
}
