import assert from "node:assert/strict"
import { writeFile } from "node:fs/promises"
import { after, before, test } from "node:test"
import { setTimeout } from "node:timers/promises"
import { busyboxMissing } from "../programs/busybox-gear.ts"
import { type EngineHome, openEngineHome } from "../programs/engine-home.ts"

const skip = busyboxMissing() ?? false
let home: EngineHome
before(async () => {
  if (skip === false) home = await openEngineHome()
})
after(() => home?.close())

test("a gear that ends with 0 is complete, and its record has its outputs by digest", { skip }, async () => {
  const record = await home.run({
    command: "echo hello; echo careful >&2; mkdir output/sub; echo result > output/sub/a.txt",
  })
  assert.equal(record.state, "complete")
  assert.equal(record.failure, undefined)
  assert.deepEqual(
    record.outputs.map((file) => [file.path, file.sizeBytes, file.type]),
    [["sub/a.txt", 7, "text"]],
  )
  assert.deepEqual((await home.log(record)).toSorted(), ["careful", "hello"])
  assert.ok((record.usage?.wallMs ?? 0) > 0)
})

test("a gear that fails keeps its log and its outputs, and names itself with the line that shows it", {
  skip,
}, async () => {
  const record = await home.run({ command: "echo half > output/half.txt; echo 'Error: no convergence' >&2; exit 3" })
  assert.equal(record.state, "failed")
  assert.equal(record.exit?.code, 3)
  assert.equal(record.failure?.reason, "NONZERO_EXIT")
  assert.equal(record.failure?.evidence, "Error: no convergence")
  assert.equal(record.outputs[0]?.path, "half.txt")
})

test("a gear that never ends and ignores SIGTERM is ended at its time limit", { skip }, async () => {
  const record = await home.run({ command: "trap '' TERM; while true; do sleep 1; done" }, { limits: { timeMs: 1000 } })
  assert.equal(record.state, "failed")
  assert.equal(record.failure?.reason, "TIME_LIMIT")
})

test("a cancelled gear is recorded as cancelled, with its log", { skip }, async () => {
  const cancel = new AbortController()
  const record = await home.run(
    { command: "echo started; sleep 600" },
    {},
    {
      signal: cancel.signal,
      onEvent: (event) => {
        if (event.type === "output") cancel.abort()
      },
    },
  )
  assert.equal(record.state, "cancelled")
  assert.deepEqual(await home.log(record), ["started"])
})

test("a gear that eats memory is told apart from one that was killed otherwise", { skip }, async (t) => {
  const provider = await home.engine.provider()
  if (!provider.capabilities.limits.includes("memory")) return t.skip("needs a provider that limits memory")
  const record = await home.run(
    { command: "head -c 200m /dev/zero | tail" },
    { limits: { memoryBytes: 32 * 1024 * 1024 } },
  )
  assert.equal(record.state, "failed")
  assert.equal(record.failure?.reason, "OUT_OF_MEMORY")
  assert.equal(record.failure?.culprit, "resources")
  const killed = await home.run({ command: "sh -c 'kill -9 $$'; exit $?" })
  assert.equal(killed.failure?.reason, "KILLED_BY_SIGNAL")
})

test("a gear that forks without end is held, and everything of it is gone afterwards", { skip }, async (t) => {
  const provider = await home.engine.provider()
  if (!provider.capabilities.limits.includes("processes")) return t.skip("needs a provider that limits processes")
  const record = await home.run(
    { command: "bomb() { bomb | bomb & }; bomb; sleep 600" },
    { limits: { processes: 32, timeMs: 1500 } },
  )
  assert.equal(record.state, "failed")
})

test("a gear that fills its output is ended at its limit, whether in one file or in many", { skip }, async () => {
  const many = await home.run(
    { command: "i=0; while true; do head -c 1m /dev/zero > output/$i; i=$((i+1)); done" },
    { limits: { outputBytes: 20 * 1024 * 1024 } },
  )
  assert.equal(many.failure?.reason, "OUTPUT_LIMIT")
  const one = await home.run({ command: "cat /dev/zero > output/big" }, { limits: { outputBytes: 20 * 1024 * 1024 } })
  assert.equal(one.state, "failed")
  assert.match(one.failure?.reason ?? "", /OUTPUT_LIMIT|KILLED_BY_SIGNAL|NONZERO_EXIT/)
})

test("a gear that writes far more log than anybody reads costs no more than the limit, and both ends are kept", {
  skip,
}, async () => {
  const record = await home.run({
    command: "echo first; yes 'the same line again and again and again' | head -n 3000000; echo last",
  })
  assert.equal(record.state, "complete")
  assert.ok((record.log?.droppedBytes ?? 0) > 0)
  assert.ok((record.log?.sizeBytes ?? 0) < 100 * 1024 * 1024)
  const lines = await home.log(record)
  assert.equal(lines[0], "first")
  assert.equal(lines.at(-1), "last")
})

test("a gear that closes its streams and goes on is waited for", { skip }, async () => {
  const record = await home.run({ command: "exec >&- 2>&-; sleep 0.3; touch output/done" })
  assert.equal(record.state, "complete")
  assert.equal(record.outputs[0]?.path, "done")
})

test("outputs that are no regular files of the folder are not opened, and are told", { skip }, async () => {
  const record = await home.run({
    command: [
      "cd output",
      "ln -s /etc/shadow shadow",
      "ln -s ../../../etc/passwd passwd",
      "ln -s real.txt inside",
      "ln -s /flywheel/v0/output/real.txt absolute",
      "mkfifo pipe",
      "echo real > real.txt",
      "truncate -s 1099511627776 sparse",
      "echo odd > \"$(printf 'new\\nline')\"",
      "echo no > \"$(printf 'bad\\377name')\"",
      "ln real.txt hard.txt",
    ].join("; "),
  })
  assert.equal(record.state, "complete")
  assert.deepEqual(
    record.outputs.map((file) => file.path),
    ["absolute", "hard.txt", "inside", "new\nline", "real.txt"],
  )
  const skipped = new Map(record.skippedOutputs.map((output) => [output.path, output.why]))
  assert.match(skipped.get("shadow") ?? "", /outside the output folder/)
  assert.match(skipped.get("passwd") ?? "", /outside the output folder/)
  assert.match(skipped.get("pipe") ?? "", /named pipe/)
  assert.match(skipped.get("sparse") ?? "", /sparse file of 1099511627776 bytes/)
  assert.ok([...skipped.values()].some((why) => /not UTF-8/.test(why)))
  assert.equal(skipped.size, 5)
})

test("an input that changes while the gear runs makes the job fail, and is named", { skip }, async () => {
  const path = await home.file("table.csv", "a,b\n")
  const record = await home.run(
    {
      command: "echo ready; sleep 0.5; cat input/table/table.csv > output/copy.csv",
      inputs: { table: { base: "file" } },
    },
    { files: { table: path } },
    {
      onEvent: (event) => {
        if (event.type === "output") void setTimeout(10).then(() => writeFile(path, "c,d,e\n"))
      },
    },
  )
  assert.equal(record.state, "failed")
  assert.equal(record.failure?.reason, "INPUT_CHANGED")
  assert.equal(record.failure?.culprit, "input")
})

test("inputs cannot be written, the network is not there, and nothing of the caller's environment is", {
  skip,
}, async () => {
  const path = await home.file("data.txt", "data\n")
  const record = await home.run(
    {
      command:
        "echo x > input/data/data.txt && exit 9; touch /flywheel/v0/here /tmp/there /root/home || exit 8; ls /sys/class/net 2>/dev/null; env; cat /proc/net/dev",
      inputs: { data: { base: "file" } },
      environment: { GREETING: "hello" },
      config: { speed: { type: "integer", default: 2 } },
    },
    { files: { data: path } },
  )
  assert.equal(record.state, "complete", record.failure?.message)
  const lines = await home.log(record)
  assert.ok(lines.includes("GREETING=hello"))
  assert.ok(lines.includes("FW_CONFIG_SPEED=2"))
  assert.ok(lines.includes("TZ=UTC"))
  assert.ok(!lines.some((line) => /eth0|SHELL=|GEARTRAIN_HOME/.test(line)))
})
