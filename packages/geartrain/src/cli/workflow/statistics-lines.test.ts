import assert from "node:assert/strict"
import { test } from "node:test"
import { sampleAccount } from "../../../test/workflows/sample-runs.ts"
import { runStatistics } from "../../workflows/report/run-statistics.ts"
import { statisticsLines } from "./statistics-lines.ts"

test("statistics are three tables: outcomes, where the time went, and the steps", () => {
  assert.deepEqual(statisticsLines(runStatistics(sampleAccount())), [
    "TYPE   SUCCEEDED  REUSED  FAILED  INCOMPLETE  SKIPPED  TOTAL  RETRIES",
    "steps          1       1       1           1        0      3        1",
    "jobs           3       1       1           1        0      5        1",
    "",
    "Wall time                         20.0 s",
    "Cumulative job time               10.0 s",
    "  of the gears themselves          6.0 s",
    "  of processors                   12.0 s",
    "Badput (tries that failed)         4.0 s",
    "Saved by reuse                     1.5 s",
    "Read, written               400 B, 200 B",
    "",
    "STEP   JOBS  REUSED  FAILED  TIME MIN    MAX   MEAN  MEMORY MAX     MEAN    CPU",
    "split     1       1       0",
    "align     3       0       1     1.5 s  1.5 s  1.5 s     512 KiB  512 KiB  200 %",
    "merge     1       0       0",
  ])
})
