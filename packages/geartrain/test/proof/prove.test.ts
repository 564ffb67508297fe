import assert from "node:assert/strict"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import type { JobRecord } from "@geartrain/spec"
import { writeFiles } from "../author/build/gear-folder.ts"
import { type CliHome, openCliHome } from "../cli/cli-home.ts"
import { codeOf, type GearResult, replyOf } from "../cli/gear-process.ts"
import { busyboxMissing } from "../programs/busybox-gear.ts"

interface Proven {
  readonly verdict: string
  readonly columns: readonly string[]
  readonly cases: readonly {
    readonly test?: string
    readonly first: string | null
    readonly problems: readonly string[]
    readonly runs: readonly { readonly provider: string; readonly verdict: string; readonly why?: string }[]
  }[]
  readonly outputs: readonly {
    readonly test?: string
    readonly path: string
    readonly same: boolean
    readonly digests: readonly (string | null)[]
  }[]
}

function proven(result: GearResult): Proven {
  const { data } = replyOf(result) as unknown as { readonly data: Proven | null }
  assert.ok(data !== null, result.out)
  return data
}

suite("gear prove", { skip: busyboxMissing() ?? false }, () => {
  let home: CliHome
  let job: JobRecord
  let providers: readonly string[]
  before(async () => {
    home = await openCliHome()
    await home.import({
      name: "upper",
      command: "cat input/text/* | tr a-z A-Z > output/upper.txt; echo $FW_CONFIG_TIMES > output/times.txt",
      inputs: { text: { base: "file" } },
      config: { times: { type: "integer", default: 1 } },
    })
    await home.import({ name: "chance", command: "cat /proc/sys/kernel/random/uuid > output/id; echo a > output/same" })
    await home.import({
      name: "many",
      command: "for i in $(seq 100); do echo $i > output/$i; done; cat /proc/sys/kernel/random/uuid > output/x",
    })
    await home.write("in.txt", "hello\n")
    job = await home.run("upper", "--text", "in.txt", "--no-output")
    const { data } = replyOf(await home.gear(["doctor", "--json"])) as unknown as {
      readonly data: { readonly providers: readonly { readonly name: string; readonly works: boolean }[] }
    }
    providers = data.providers.flatMap(({ name, works }) => (works ? [name] : [])).toSorted()
  })
  after(async () => await home.close())

  function tests(name: string, files: Readonly<Record<string, string>>): string {
    mkdirSync(join(home.folder, name, "tests"), { recursive: true })
    writeFiles(join(home.folder, name, "tests"), files)
    return join(home.folder, name, "tests")
  }

  test("a job is run under every provider that works here, and held against its record", async () => {
    const result = await home.gear(["prove", job.id, "--json"])
    assert.equal(result.code, 0, result.out)
    const data = proven(result)
    assert.equal(data.verdict, "identical")
    assert.equal(data.columns[0], `then, ${job.provider?.name}`)
    assert.deepEqual(data.columns.slice(1).toSorted(), providers)
    assert.deepEqual(
      data.outputs.map(({ path, digests }) => [path, new Set(digests).size, digests.length]),
      [
        ["times.txt", 1, providers.length + 1],
        ["upper.txt", 1, providers.length + 1],
      ],
    )
    const shown = replyOf(await home.gear(["show", job.id, "--json"]))["data"] as unknown as JobRecord
    assert.equal(shown.history.length, providers.length)
  })

  test("a job's input may lie elsewhere by now, and is given nothing else", async () => {
    await home.write("gone.txt", "gone\n")
    const gone = await home.run("upper", "--text", "gone.txt", "--no-output")
    await home.write("gone.txt", "changed\n")
    const undecided = await home.gear(["prove", gone.id, "--json"])
    assert.deepEqual([undecided.code, codeOf(undecided)], [6, "UNDECIDED"])
    assert.match(proven(undecided).cases[0]?.runs[0]?.why ?? "", /input "text" .* is neither stored nor at/)
    await home.write("moved.txt", "gone\n")
    assert.equal((await home.gear(["prove", gone.id, "-i", "text=moved.txt"])).code, 0)
    const refused = await home.gear(["prove", gone.id, "--set", "times=2", "--json"])
    assert.deepEqual([refused.code, codeOf(refused)], [2, "USAGE"])
  })

  test("a gear is run with the inputs and config of the command line", async (context) => {
    if (providers.length < 2) return context.skip("needs two providers")
    const result = await home.gear(["prove", "upper", "--input", "text=in.txt", "--set", "times=3", "--json"])
    assert.equal(result.code, 0, result.out)
    const data = proven(result)
    assert.deepEqual(data.columns.toSorted(), providers)
    assert.deepEqual(
      data.cases[0]?.runs.map(({ verdict }) => verdict),
      ["first", ...providers.slice(1).map(() => "identical")],
    )
    const first = data.cases[0]?.first ?? ""
    await home.gear(["export", first, "-o", "proven"])
    assert.equal(await home.read("proven/times.txt"), "3\n")
  })

  test("a gear of chance is found out, with exit code 1 and the output that differs", async (context) => {
    if (providers.length < 2) return context.skip("needs two providers")
    const folder = tests("chance", { "any.yaml": "test: 1\n" })
    const result = await home.gear(["prove", "chance", "--tests", folder, "--json"])
    assert.deepEqual([result.code, codeOf(result)], [1, "DIFFERENT"])
    const rows = proven(result).outputs.map(({ test: name, path, same }) => [name, path, same])
    assert.deepEqual(rows, [
      ["any", "id", false],
      ["any", "same", true],
    ])
    assert.match((replyOf(result)["error"] as { readonly fix: string }).fix, /^gear diff [0-9a-f]{24} [0-9a-f]{24}$/)
  })

  test("the gear's own tests are the cases, and what a test finds otherwise is told beside the verdict", async (context) => {
    if (providers.length < 2) return context.skip("needs two providers")
    const folder = tests("upper", {
      "a-good.yaml": "test: 1\ninputs: {text: text.txt}\noutputs: {upper.txt: present}\n",
      "b-wrong.yaml": "test: 1\ninputs: {text: text.txt}\noutputs: {lower.txt: present}\n",
      "text.txt": "words\n",
    })
    const result = await home.gear(["prove", "upper", "--tests", folder])
    assert.equal(result.code, 0, result.err)
    assert.match(result.out, /^TEST +OUTPUT +\w+ +\w+/)
    assert.match(result.out, /^a-good +upper\.txt +([0-9a-f]{12}) {2}\1/m)
    assert.match(result.out, /^identical {2}\d runs under .*: the same outputs$/m)
    assert.match(result.err, /warning b-wrong: output lower\.txt is not there/)
  })

  test("a test that asks for what the gear does not take is undecided, and the others are told", async () => {
    const folder = tests("taken", {
      "a.yaml": "test: 1\nconfig: {tmes: 1}\n",
      "b.yaml": "test: 1\ninputs: {text: text.txt}\n",
      "text.txt": "words\n",
    })
    const result = await home.gear(["prove", "upper", "--tests", folder, "--json"])
    assert.equal(result.code, 6)
    const [a, b] = proven(result).cases
    assert.equal(a?.first, null)
    assert.match(a?.runs[0]?.why ?? "", /"tmes"/)
    assert.ok(b?.first !== null)
  })

  test("many outputs make a matrix of bounded length, with those that differ in it", async (context) => {
    if (providers.length < 2) return context.skip("needs two providers")
    const folder = tests("many", { "any.yaml": "test: 1\n" })
    const result = await home.gear(["prove", "many", "--tests", folder])
    assert.equal(result.code, 1)
    assert.ok(result.out.split("\n").length < 70, result.out)
    assert.match(result.out, /^any +x /m)
    assert.match(result.out, /^and 41 more rows, all of them the same: --json has them$/m)
  })

  test("neither inputs nor tests, and tests beside inputs, are mistakes that say what to do", async () => {
    const neither = await home.gear(["prove", "upper", "--json"])
    assert.equal(codeOf(neither), "GEAR_TESTS_MISSING")
    const both = await home.gear(["prove", "upper", "--input", "text=in.txt", "--tests", "x", "--json"])
    assert.deepEqual([both.code, codeOf(both)], [2, "USAGE"])
    assert.equal((await home.gear(["prove", "nobody-knows"])).code, 3)
    const lacking = await home.gear(["prove", "upper", "--set", "times=1", "--json"])
    assert.equal(codeOf(lacking), "INVOCATION_INVALID")
  })
})
