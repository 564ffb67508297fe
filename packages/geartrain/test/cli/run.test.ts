import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdir, readdir } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { ownIdentity } from "../../src/system/host.ts"
import { processName } from "../../src/system/linux/process-name.ts"
import { busyboxMissing, makeBusyboxGear } from "../programs/busybox-gear.ts"
import { type CliHome, openCliHome } from "./cli-home.ts"
import { replyOf } from "./gear-process.ts"

const skip = busyboxMissing() ?? false
let home: CliHome
before(async () => {
  if (skip !== false) return
  home = await openCliHome()
  await home.import({
    name: "word-count",
    command:
      'for f in input/text/*; do name="$f"; done; wc -w < "$name" > output/count.txt; echo "counted $FW_CONFIG_UNIT in $name"; echo careful >&2; exit $FW_CONFIG_EXIT',
    inputs: { text: { base: "file", description: "The text" } },
    config: {
      unit: { type: "string", enum: ["words", "lines"], default: "words", description: "What to count" },
      exit: { type: "integer", default: 0, minimum: 0, maximum: 255 },
      memory: { type: "boolean", default: false },
    },
  })
  await home.import({ name: "sleeper", command: "echo started; trap 'exit 0' TERM; while true; do sleep 0.1; done" })
  await home.import({ name: "stubborn", command: "echo started; trap '' TERM; while true; do sleep 0.1; done" })
  await home.write("text.txt", "one two three\n")
})
after(() => home?.close())

test("a gear's stdout and stderr come through, and its outputs to a folder here", { skip }, async () => {
  const result = await home.gear(["run", "word-count", "--input", "text=text.txt"])
  assert.equal(result.code, 0, result.err)
  assert.equal(result.out, "counted words in input/text/text.txt\n")
  assert.match(result.err, /^careful$/m)
  assert.match(result.err, /^complete after .* · 1 output, 2 B$/m)
  const folder = /^outputs in (\.\/word-count-[0-9a-f]{12})$/m.exec(result.err)?.[1] ?? ""
  assert.equal(await home.read(join(folder, "count.txt")), "3\n")
  assert.match(result.err, /\n→ gear verify [0-9a-f]{24}\n$/)
})

test("quiet, only the gear is heard", { skip }, async () => {
  const result = await home.gear(["run", "-q", "word-count", "--text", "text.txt", "--no-output"])
  assert.equal(result.out, "counted words in input/text/text.txt\n")
  assert.equal(result.err, "careful\n")
})

test("the gear's own flags are flags of gear run", { skip }, async () => {
  const record = await home.run(
    "word-count",
    "--text",
    "text.txt",
    "--unit=lines",
    "--set",
    "memory=true",
    "--no-output",
  )
  assert.deepEqual(record.invocation.config, { unit: "lines", exit: 0, memory: true })
  assert.equal(record.outputFolder, null)
})

test("gear run GEAR --help shows them, and runs nothing", { skip }, async () => {
  const result = await home.gear(["run", "word-count", "--help"])
  assert.equal(result.code, 0)
  assert.match(result.out, /^ {2}--text PATH +The text \(required\)$/m)
  assert.match(result.out, /^ {2}--unit TEXT +What to count \(one of words, lines; default words\)$/m)
  assert.match(result.out, /^ {2}--exit INTEGER +0 to 255; default 0$/m)
  assert.match(result.out, /^ {2}--set memory=true +default false$/m)
})

test("the gear's exit code is that of gear run", { skip }, async () => {
  const result = await home.gear(["run", "word-count", "--text", "text.txt", "--exit", "3", "--no-output"])
  assert.equal(result.code, 3)
  assert.match(result.err, /^failed NONZERO_EXIT: /m)
  assert.match(result.err, /^ {2}to blame {2}/m)
  assert.match(result.err, /\n→ gear debug [0-9a-f]{24}\n$/)
})

test("a job that failed is ok false with --json, and has its whole record", { skip }, async () => {
  const result = await home.gear(["run", "--json", "word-count", "--text", "text.txt", "--exit", "4", "--no-output"])
  const reply = replyOf(result) as unknown as {
    ok: boolean
    data: { state: string }
    error: { code: string; fix: string }
  }
  assert.equal(result.code, 4)
  assert.equal(reply.ok, false)
  assert.equal(reply.data.state, "failed")
  assert.equal(reply.error.code, "NONZERO_EXIT")
  assert.match(reply.error.fix, /^gear debug /)
  assert.match(result.err, /counted/)
})

test("a command that is not there is 127, the time limit 124", { skip }, async () => {
  await home.import({ name: "lost", command: "no-such-command" })
  assert.equal((await home.gear(["run", "lost"])).code, 127)
  const late = await home.gear(["run", "sleeper", "--timeout", "1s", "--no-output"])
  assert.equal(late.code, 124)
  assert.match(late.err, /^failed TIME_LIMIT: /m)
})

test("what the user got wrong is 125, with what would mend it, and makes no job", { skip }, async () => {
  const before = (await home.gear(["jobs", "--all", "-q"])).out
  for (const [args, pattern] of [
    [["run", "word-cuont"], /^error GEAR_NOT_FOUND: /],
    [["run", "word-count"], /^error INVOCATION_INVALID: [\s\S]*"text" is missing/],
    [["run", "word-count", "--text", "none.txt"], /^error INPUT_NOT_FOUND: /],
    [["run", "word-count", "--text", "text.txt", "--unit", "bytes"], /^error INVOCATION_INVALID: [\s\S]*unit/],
    [["run", "word-count", "--txt", "text.txt"], /did you mean --text\?/],
    [["run", "--speed", "2", "word-count"], /flags of the gear come after its name/],
    [["run", "word-count", "--text", "text.txt", "--network", "outbound"], /^error CAPABILITY_MISSING: /],
    [["run", "word-count", "--text", "text.txt", "--memory", "much"], /^error USAGE: Cannot read --memory "much"/],
    [["run", "word-count", "--text", "text.txt", "--provider", "nosuch"], /^error [A-Z_]+: .*nosuch/],
  ] as const) {
    const result = await home.gear(args)
    assert.equal(result.code, 125, `${args.join(" ")}: ${result.err}`)
    assert.match(result.err, pattern)
    assert.match(result.err, /\n→ .+\n$/)
    assert.equal(result.out, "")
  }
  assert.equal((await home.gear(["jobs", "--all", "-q"])).out, before)
})

test("a folder with something in it is not written to, before the gear is run, unless forced", { skip }, async () => {
  await mkdir(join(home.folder, "full"))
  await home.write("full/mine.txt", "mine")
  const refused = await home.gear(["run", "word-count", "--text", "text.txt", "-o", "full"])
  assert.equal(refused.code, 125)
  assert.match(refused.err, /^error OUTPUT_EXISTS: .*"mine\.txt"/)
  assert.equal(refused.out, "")
  const forced = await home.gear(["run", "word-count", "--text", "text.txt", "-o", "full", "--force"])
  assert.equal(forced.code, 0, forced.err)
  assert.deepEqual((await readdir(join(home.folder, "full"))).toSorted(), ["count.txt", "mine.txt"])
})

test("a folder in which a killed gear has left what it had begun is empty", { skip }, async () => {
  const gone = processName({ ...ownIdentity(), pid: spawnSync("true").pid })
  await mkdir(join(home.folder, "begun"))
  await home.write(`begun/.gear-${gone}.0123abcd`, "half")
  const result = await home.gear(["run", "word-count", "--input", "text=text.txt", "-o", "begun"])
  assert.equal(result.code, 0, result.err)
  assert.deepEqual(await readdir(join(home.folder, "begun")), ["count.txt"])
})

test("a dry run checks everything and runs nothing", { skip }, async () => {
  const before = (await home.gear(["jobs", "--all", "-q"])).out
  const result = await home.gear(["run", "-n", "word-count", "--text", "text.txt"])
  assert.equal(result.code, 0, result.err)
  assert.match(result.out, /^Would run word-count@1\.0\.0 with /)
  assert.match(result.out, /^config unit +words$/m)
  assert.equal((await home.gear(["run", "-n", "word-count"])).code, 125)
  assert.equal((await home.gear(["jobs", "--all", "-q"])).out, before)
})

test("a key comes from a file or standard input, and gets into no record", { skip }, async () => {
  await home.import({ name: "key-holder", command: "wc -c config.json", inputs: { key: { base: "api-key" } } })
  await home.write("key.txt", "very-secret-key\n")
  for (const [path, input] of [
    ["key.txt", ""],
    ["-", "very-secret-key"],
  ] as const) {
    const result = await home.gear(["run", "--json", "key-holder", "--key-file", `key=${path}`], { input })
    assert.equal(result.code, 0, result.out)
    assert.doesNotMatch(result.out, /very-secret/)
  }
  const missing = await home.gear(["run", "key-holder", "--key-file", "key=none.txt"])
  assert.match(missing.err, /^error SECRET_UNREADABLE: /)
})

test("a config.json of a platform is taken as it is, under the flags", { skip }, async () => {
  await mkdir(join(home.folder, "fw/input/text"), { recursive: true })
  await home.write("fw/input/text/there.txt", "a b c d")
  const location = { name: "there.txt", path: "/flywheel/v0/input/text/there.txt" }
  await home.write(
    "fw/config.json",
    JSON.stringify({
      config: { unit: "lines", exit: 1 },
      inputs: { text: { base: "file", location, object: { type: "text" } } },
    }),
  )
  const record = await home.run("word-count", "--config-json", "fw/config.json", "--exit", "0", "-o", "from-config")
  assert.equal(record.state, "complete")
  assert.deepEqual(record.invocation.config, { unit: "lines", exit: 0, memory: false })
  assert.equal(await home.read("from-config/count.txt"), "4\n")
})

test("a tar is imported first, and a folder is run as it lies there", { skip }, async () => {
  const root = makeBusyboxGear(join(home.folder, "dev-root"), {
    name: "in-work",
    command: "echo $((6 * 7)) > output/answer",
  })
  const record = await home.run("./dev-root", "-o", "dev-out")
  assert.equal(record.state, "complete")
  assert.equal(record.gear.development, true)
  assert.equal(await home.read("dev-out/answer"), "42\n")
  const packed = await home.gear(["import", root])
  assert.equal(packed.code, 0, packed.err)
  const exported = await home.gear(["export", "in-work", "-o", "in-work.tar"])
  assert.equal(exported.code, 0, exported.err)
  const again = await home.run("./in-work.tar", "--no-output")
  assert.equal(again.gear.id, record.gear.id)
  assert.equal(again.gear.development, undefined)
})

test("Ctrl-C stops the gear, and the job is recorded as cancelled", { skip }, async () => {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    let isSent = false
    const result = await home.gear(["run", "sleeper"], {
      onOutput: ({ out, kill }) => {
        if (!isSent && out.includes("started")) {
          isSent = true
          kill(signal)
        }
      },
    })
    assert.equal(result.code, code, `${signal}: ${result.err}`)
    assert.match(result.err, /^cancelled CANCELLED: /m)
    assert.match((await home.gear(["jobs", "--limit", "1"])).out, /cancelled/)
  }
})

test("a second Ctrl-C kills a gear that does not listen", { skip }, async () => {
  let sent = 0
  const result = await home.gear(["run", "stubborn"], {
    onOutput: ({ out, err, kill }) => {
      if (sent === 0 && out.includes("started")) {
        sent = 1
        kill("SIGINT")
      } else if (sent === 1 && err.includes("once more")) {
        sent = 2
        kill("SIGINT")
      }
    },
  })
  assert.equal(sent, 2)
  assert.equal(result.code, 130)
  assert.match(result.err, /^cancelled CANCELLED: /m)
})
