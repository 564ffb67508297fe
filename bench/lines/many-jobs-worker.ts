/** Runs a gear many times in one process: what a batch is. `node worker HOME GEAR COUNT AT-ONCE`. */
import { enableCompileCache } from "node:module"
import { join } from "node:path"

const [home = "", reference = "", count = "", atOnce = ""] = process.argv.slice(2)
// As the program does, before it loads anything.
enableCompileCache(join(home, "cache/compiled"))
const { openEngine } = await import("../../packages/geartrain/src/compose/open-engine.ts")
const { resolveGear } = await import("../../packages/geartrain/src/engine/gears/resolve-gear.ts")
const { runJob } = await import("../../packages/geartrain/src/engine/phases/run-job.ts")

const engine = await openEngine({ home, cache: join(home, "cache") }, { write: true })
try {
  const gear = await resolveGear(reference, engine)
  let left = Number(count)
  let complete = 0
  const runner = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const job = await runJob({ gear, config: {}, files: {} }, engine)
      if (job.state === "complete") complete += 1
    }
  }
  await Promise.all(Array.from({ length: Number(atOnce) }, runner))
  console.log(complete)
} finally {
  await engine.close()
}
