import assert from "node:assert/strict"
import { execFile, spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { issueJobToken } from "../../../src/server/people/tokens/job-tokens.ts"
import { onDatabases } from "../on-databases.ts"
import { type FlywheelBench, flywheelBench } from "./flywheel-bench.ts"

const SCRIPT = fileURLToPath(new URL("script.py", import.meta.url))
const hasPython = spawnSync("python3", ["--version"]).status === 0

onDatabases((databases) => {
  databases.test("a script in Python works with a key, and a gear with that of its job", async (context) => {
    if (!hasPython) {
      context.skip("needs python3")
      return
    }
    const bench = await flywheelBench(context, await databases.open(context))
    const host = await bench.listen()
    const keys = [
      [bench.key("user"), "pending"],
      // A gear writes to its project, and starts no jobs.
      [`server.example:443:${await jobKey(bench)}`, "NOT_PERMITTED"],
    ] as const
    for (const [key, job] of keys) {
      const { stdout } = await promisify(execFile)("python3", ["-I", SCRIPT, host, key, "Memory"], { timeout: 50_000 })
      assert.deepEqual(JSON.parse(stdout), {
        user: bench.id("user"),
        size: 1_000_000,
        modality: "MR",
        info: { seen: true },
        file_info: { mean: 0.5 },
        job,
        refused: [404, "PLACE_NOT_FOUND"],
      })
    }
  })
})

/** As the runner puts it into config.json. */
function jobKey(bench: FlywheelBench): Promise<string> {
  const attempt = { job: "0".repeat(24), attempt: 1, user: bench.id("user"), project: bench.ids.project }
  return bench.ports.database.write((write) => issueJobToken(write, { ...attempt, right: "write", nowMs: 1 }))
}
