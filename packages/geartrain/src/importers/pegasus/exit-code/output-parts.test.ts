import assert from "node:assert/strict"
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { judgeSummaries } from "./cluster-summary.ts"
import { findStatuses } from "./kickstart-status.ts"
import { readJobOutput } from "./read-job-output.ts"

test("a summary tells what is wrong with its cluster", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['stat="ok", tasks=3, succeeded=3, failed=0, extra=0]', undefined],
    ["stat=OK, tasks=3, succeeded=3, failed=0]", undefined],
    ["tasks=3, submitted=2, succeeded=2, failed=0]", undefined],
    ['stat="fail", tasks=3, succeeded=3, failed=0]', 'the cluster says "fail"'],
    ['stat="", tasks=3, succeeded=3, failed=0]', 'the cluster says ""'],
    ["stat=ok, tasks=3, succeeded=1, failed=2]", "2 tasks of the cluster failed"],
    ["stat=ok, tasks=3, succeeded=2, failed=0]", "2 of 3 tasks of the cluster succeeded"],
    ["stat=ok, tasks=3, succeeded=, failed=0]", "the cluster's summary is not whole"],
    ["stat=ok, tasks=many, succeeded=3, failed=0]", "the cluster's summary is not whole"],
    ["stat=ok, tasks=3, notsucceeded=3, failed=0]", "the cluster's summary is not whole"],
    ["", "the cluster's summary is not whole"],
  ]
  for (const [rest, problem] of cases) {
    for (const name of ["cluster-summary", "seqexec-summary"]) {
      const verdict = judgeSummaries(`printed before\n[${name} ${rest}\nand after`)
      assert.ok(verdict !== undefined)
      assert.equal(verdict.problem, problem, rest)
    }
  }
})

test("one bad summary among good ones is enough", () => {
  const good = "[cluster-summary stat=ok, tasks=1, succeeded=1, failed=0]\n"
  assert.deepEqual(judgeSummaries(good + good), {})
  assert.match(
    judgeSummaries(`${good}[cluster-summary stat=ok, tasks=1, succeeded=0, failed=1]`)?.problem ?? "",
    /failed/,
  )
})

test("without a summary there is no verdict, but where tasks ran", () => {
  assert.equal(judgeSummaries("all is well"), undefined)
  assert.equal(judgeSummaries("[cluster-summarized]"), undefined)
  assert.match(judgeSummaries("[seqexec-task id=1]")?.problem ?? "", /did not live to sum them up/)
})

test("the raw status of each program is found, in records of both kinds", () => {
  assert.deepEqual(findStatuses(""), [])
  assert.deepEqual(findStatuses('<status raw="0"/><status  raw="-1"/>'), [0, -1])
  assert.deepEqual(findStatuses('printed &lt;status raw="9"&gt;'), [])
  const record = (raw: number): string => `- invocation: True\n  mainjob:\n    status:\n      raw: ${raw}\n`
  assert.deepEqual(findStatuses(record(0) + record(256)), [0, 256])
  assert.deepEqual(findStatuses(`  ${record(11).replaceAll("\n", "\n  ")}`), [11])
})

test("a record that does not say how its program ended counts as not started", () => {
  assert.deepEqual(
    findStatuses("- invocation: True\n- invocation: True\n  mainjob:\n    status:\n      raw: 0\n"),
    [-1, 0],
  )
  assert.deepEqual(findStatuses("- invocation: True\n  mainjob:\n    status:\nraw: 0\n"), [-1])
  assert.deepEqual(findStatuses("- invocation: True\n  mainjob:\n    status:\n      raw: zero\n"), [-1])
})

test("what a program printed is not taken for its status", () => {
  const printed = `- invocation: True\n  mainjob:\n    status:\n      raw: 0\n  files:\n    stdout:\n      data: |\n${" ".repeat(8)}status:\n${" ".repeat(10)}raw: 7\n`
  assert.deepEqual(findStatuses(printed), [0])
})

test("an output is read whatever bytes it has, and refused where it is too large or not there", async () => {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-output-"))
  try {
    const file = join(folder, "job.out.000")
    await writeFile(file, Buffer.from([0x61, 0xff, 0x0a]))
    assert.equal(await readJobOutput(file), "a\ufffd\n")
    // A file with a hole takes no room.
    await truncate(file, 256 * 1024 * 1024 + 1)
    await assert.rejects(readJobOutput(file), { code: "PEGASUS_DOCUMENT_INVALID", message: /268435456 are the most/ })
    await assert.rejects(readJobOutput(join(folder, "job.out.001")), { code: "PEGASUS_FILE_MISSING" })
  } finally {
    await rm(folder, { recursive: true })
  }
})
