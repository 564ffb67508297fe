/** Runs a gear many times in one process: what a batch is. `node worker HOME GEAR COUNT AT-ONCE`. */
import { join } from "node:path"
import { openEngine } from "../../packages/geartrain/src/compose/open-engine.ts"
import { resolveGear } from "../../packages/geartrain/src/engine/gears/resolve-gear.ts"
import { runJob } from "../../packages/geartrain/src/engine/phases/run-job.ts"

const [home = "", reference = "", count = "", atOnce = ""] = process.argv.slice(2)
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
