import assert from "node:assert/strict"
import { rm } from "node:fs/promises"
import { after, before, suite, test } from "node:test"
import { findProgram } from "../../src/system/linux/find-program.ts"
import { busyboxMissing } from "../programs/busybox-gear.ts"
import { type CliHome, openCliHome } from "./cli-home.ts"
import { codeOf, replyOf } from "./gear-process.ts"

interface Seen {
  readonly subject: string
  readonly actions: readonly string[]
  readonly succeeded: boolean
}

const COMMAND = `cat input/text/* > output/copy; nc -w 1 127.0.0.1 9 </dev/null
case $FW_CONFIG_DO in watched) grep Seccomp_filters /proc/self/status > output/filters ;; esac
[ -e /etc/nothing ] || echo "done" >> output/copy`

const missing = busyboxMissing() ?? (findProgram("strace") === undefined ? "needs strace" : undefined)

suite("gear trace", { skip: missing ?? false }, () => {
  let home: CliHome
  before(async () => {
    home = await openCliHome()
    await home.import({
      name: "doer",
      command: COMMAND,
      config: { do: { type: "string", default: "copy" } },
      inputs: { text: { base: "file" } },
    })
    await home.write("text.txt", "some text\n")
  })
  after(async () => await home.close())

  test("what a job read, wrote, executed, looked for and tried to reach is told, and the job has done the same", async () => {
    const { id } = await home.run("doer", "--input", "text=text.txt")
    const result = await home.gear(["trace", id, "--json"])
    assert.equal(result.code, 0, `${result.out}${result.err}`)
    const { data } = replyOf(result) as unknown as {
      readonly data: { readonly verdict: string; readonly left: number; readonly seen: readonly Seen[] }
    }
    assert.deepEqual([data.verdict, data.left], ["identical", 0])
    const actionsOn = (subject: string): Seen | undefined => data.seen.find((one) => one.subject === subject)
    assert.ok(actionsOn("/flywheel/v0/input/text/text.txt")?.actions.includes("read"))
    assert.ok(actionsOn("/flywheel/v0/output/copy")?.actions.includes("write"))
    assert.ok(actionsOn("/bin/bash")?.actions.includes("execute"))
    assert.deepEqual(actionsOn("/etc/nothing"), { subject: "/etc/nothing", actions: ["look"], succeeded: false })
    assert.deepEqual(actionsOn("127.0.0.1:9"), { subject: "127.0.0.1:9", actions: ["connect"], succeeded: false })
    const page = (await home.gear(["trace", id, "--verbose"])).out
    assert.match(page, /^tried to reach {2}1 name\n {2}127\.0\.0\.1:9\n/)
    assert.match(page, /^wanted in vain .*\n(?: {2}\/.*\n)* {2}\/etc\/nothing$/m)
    assert.match(page, /^identical /m)
  })

  test("a job that does otherwise when it is watched is told as different", async () => {
    const { id } = await home.run("doer", "--input", "text=text.txt", "--do", "watched")
    const result = await home.gear(["trace", id, "--json"])
    assert.deepEqual([result.code, codeOf(result)], [1, "DIFFERENT"])
  })

  test("a job that is not there is said, and an input that is gone leaves it undecided", async () => {
    assert.equal(codeOf(await home.gear(["trace", "0123456789ab", "--json"])), "JOB_NOT_FOUND")
    const path = await home.write("gone.txt", "other\n")
    const { id } = await home.run("doer", "--input", "text=gone.txt")
    await rm(path)
    const result = await home.gear(["trace", id, "--json"])
    assert.deepEqual([result.code, codeOf(result)], [6, "JOB_NOT_REPLAYABLE"])
  })
})
