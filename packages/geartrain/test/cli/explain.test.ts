import assert from "node:assert/strict"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import { busyboxMissing } from "../programs/busybox-gear.ts"
import { type CliHome, openCliHome } from "./cli-home.ts"
import { codeOf, replyOf } from "./gear-process.ts"

interface ExplainData {
  readonly verdict: string
  readonly sentence: string
  readonly runs: number
  readonly cause?: { readonly conditions: readonly { readonly name: string }[]; readonly chance: number }
  readonly components: readonly {
    readonly part: string
    readonly name: string
    readonly a: unknown
    readonly b: unknown
  }[]
  readonly unavailable: readonly { readonly name: string; readonly why: string }[]
}

const FEW = ["--repeat", "2", "--runs", "40"]

suite("gear explain", { skip: busyboxMissing() ?? false }, () => {
  let home: CliHome
  before(async () => {
    home = await openCliHome()
    await home.import({
      name: "racing",
      command: "test $OMP_NUM_THREADS || head -c 4 /dev/urandom > output/x; echo $FW_CONFIG_UNIT > output/unit",
      config: { unit: { type: "string", default: "m" } },
    })
    await home.import({ name: "chance", command: "sleep 0.2; head -c 4 /dev/urandom > output/x" })
    await home.import({
      name: "steady",
      command: "echo $FW_CONFIG_N > output/x",
      config: { n: { type: "integer", default: 1 } },
    })
  })
  after(() => home.close())

  const run = async (...args: readonly string[]): Promise<string> => (await home.run(...args, "--no-output")).id

  async function explain(
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly data: ExplainData }> {
    const result = await home.gear(["explain", "--json", ...args])
    return { code: result.code, data: replyOf(result)["data"] as ExplainData }
  }

  test("the cause is told in a sentence with its evidence, for people and for programs", async () => {
    const id = await run("racing")
    const told = await home.gear(["explain", id, ...FEW])
    assert.equal(told.code, 0, told.err)
    assert.match(told.out, /^explained {2}x: .*; identical with one thread\n/)
    assert.match(told.out, /^nothing +3 +3 different outcomes: x$/m)
    assert.match(told.out, /^one thread +3 +all the same$/m)
    assert.match(told.out, /^The chance that those runs agree though it makes no difference: 1 in 20$/m)
    assert.match(told.err, /^2 runs held to one thread$/m)
    const { code, data } = await explain(id, ...FEW)
    assert.deepEqual([code, data.verdict, data.cause?.conditions[0]?.name], [0, "explained", "threads"])
    assert.equal((await home.gear(["explain", id, ...FEW, "--quiet"])).err, "")
  })

  test("where nothing explains it the answer is no, and tells what was tried and what could not be", async () => {
    const id = await run("chance")
    const result = await home.gear(["explain", id, ...FEW, "--json"])
    assert.deepEqual([result.code, codeOf(result)], [1, "DIFFERENT"])
    const told = await home.gear(["explain", id, ...FEW])
    assert.match(told.out, /^unexplained {2}x: .*; nothing that was tried makes the runs agree$/m)
    assert.match(told.out, /^not tried: clock: .*(linked statically|not installed)/m)
  })

  test("what repeats needs no explanation; what was cut short is undecided", async () => {
    const { code, data } = await explain(await run("steady"), ...FEW)
    assert.deepEqual([code, data.verdict, data.runs], [0, "repeats", 2])
    const cut = await home.gear(["explain", await run("racing"), "--runs", "3", "--json"])
    assert.deepEqual([cut.code, codeOf(cut)], [6, "UNDECIDED"])
  })

  test("two jobs of different invocations are explained by what differs, with both values", async () => {
    const [a, b] = [await run("steady"), await run("steady", "--set", "n=2")]
    const told = await home.gear(["explain", a, b])
    assert.equal(told.code, 0, told.err)
    assert.match(told.out, /^config n +1 +2$/m)
    assert.match(told.out, /; the cause is config n: 2 instead of 1$/m)
    const { data } = await explain(a, b)
    assert.deepEqual(data.components[0], { part: "config", name: "n", a: 1, b: 2 })
  })

  test("why no earlier job stood for one is told without running anything", async () => {
    const first = await run("steady", "--set", "n=7")
    const second = await run("steady", "--set", "n=8")
    const told = await home.gear(["explain", "latest", "--reuse"])
    assert.equal(told.code, 0, told.err)
    assert.ok(told.out.startsWith(`The nearest earlier job of steady@1.0.0 is ${first}`), told.out)
    assert.match(told.out, /^config n +7 +8$/m)
    await run("steady", "--set", "n=8")
    const same = await home.gear(["explain", "latest", "--reuse"])
    assert.ok(same.out.startsWith(`the same  job ${second} is of the same invocation`), same.out)
    const both = await home.gear(["explain", first, second, "--reuse"])
    assert.equal(both.code, 2)
  })

  test("gear verify --explain tells why the bytes are others, and keeps its own verdict", async () => {
    const id = await run("racing")
    const result = await home.gear(["verify", id, "--explain", "--json"])
    assert.equal(result.code, 1)
    const data = replyOf(result)["data"] as { readonly verdict: string; readonly explanation: ExplainData }
    assert.equal(data.verdict, "different")
    assert.deepEqual([data.explanation.verdict, data.explanation.cause?.conditions[0]?.name], ["explained", "threads"])
    const fine = await home.gear(["verify", await run("steady"), "--explain"])
    assert.equal(fine.code, 0)
    assert.doesNotMatch(fine.out, /explained|repeats/)
    assert.equal((await home.gear(["verify", "x.gtz", "--explain"])).code, 2)
  })

  test("an experiment is shown as one", async () => {
    const id = await run("racing")
    await explain(id, ...FEW)
    const list = await home.gear(["jobs", "--json"])
    const newest = JSON.parse(list.out.split("\n")[0] ?? "{}") as { readonly id: string }
    const shown = await home.gear(["show", newest.id])
    assert.match(shown.out, new RegExp(`again of +${id} {2}\\(an experiment, held to one thread\\)`))
    const refused = await home.gear(["explain", newest.id])
    assert.equal(refused.code, 6)
    assert.match(refused.err, /it is an experiment itself, held to one thread/)
  })

  test("wrong usage is refused before anything runs", async () => {
    for (const [args, code] of [
      [["ffffffff"], 3],
      [["latest", "--repeat", "1"], 2],
      [["latest", "--runs", "many"], 2],
      [[], 2],
      [["latest", "--provider", "nosuch"], 5],
    ] as const) {
      const result = await home.gear(["explain", ...args])
      assert.ok(
        result.code === code || (code === 5 && result.code !== 0),
        `${args.join(" ")}: ${result.code} ${result.err}`,
      )
      assert.match(result.err, /^error /m)
    }
  })

  test("Ctrl-C ends the experiment at once, and leaves no folder and no running job", async () => {
    const id = await run("chance")
    let sent = false
    const result = await home.gear(["explain", id], {
      onOutput: ({ err, kill }) => {
        if (sent || !err.includes("as it was")) return
        sent = true
        setTimeout(() => kill("SIGINT"), 300)
      },
    })
    assert.equal(result.code, 130, result.err)
    assert.deepEqual(readdirSync(join(home.folder, "store", "work")), [])
    assert.equal((await home.gear(["ps", "--json"])).out, "")
  })
})
