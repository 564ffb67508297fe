import assert from "node:assert/strict"
import { mkdirSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import { type CliHome, openCliHome } from "../../cli/cli-home.ts"
import { codeOf, type GearResult, replyOf } from "../../cli/gear-process.ts"
import { busyboxMissing, makeBusyboxGear } from "../../programs/busybox-gear.ts"
import { writeFiles } from "../build/gear-folder.ts"

interface Result {
  readonly test: string
  readonly provider: string
  readonly passed: boolean
  readonly problems: readonly string[]
  readonly job: string | null
  readonly outputs: readonly { readonly path: string; readonly digest: string }[]
}

function resultsOf(result: GearResult): readonly Result[] {
  const data = replyOf(result)["data"] as { readonly results: readonly Result[] } | null
  assert.ok(data !== null, result.out)
  return data.results
}

/** The word that it is given, in a table; and a number that nobody can expect. */
const COMMAND = `w=$FW_CONFIG_WORD; echo "said $w"
if [ "$w" = fail ]; then echo "cannot say it" >&2; exit 3; fi
printf 'word\\tlength\\n%s\\t%s.0004\\n' "$w" "\${#w}" > output/table.tsv
cat input/text/* > output/copy.txt
cat /proc/sys/kernel/random/uuid > output/time.txt`

suite("gear test", { skip: busyboxMissing() ?? false }, () => {
  let home: CliHome
  before(async () => {
    home = await openCliHome()
    await home.import({
      name: "sayer",
      command: COMMAND,
      config: { word: { type: "string", default: "hello" } },
      inputs: { text: { base: "file", optional: true } },
    } as never)
  })
  after(async () => await home.close())

  let folders = 0
  /** Makes a gear's folder with tests in it, and answers with that of the tests. */
  function tests(files: Readonly<Record<string, string>>): string {
    folders += 1
    const folder = join(home.folder, `gear-${folders}`)
    mkdirSync(join(folder, "tests"), { recursive: true })
    writeFiles(join(folder, "tests"), files)
    return join(folder, "tests")
  }
  const run = async (folder: string, ...args: readonly string[]): Promise<GearResult> =>
    await home.gear(["test", "sayer", "--json", "--tests", folder, ...args])

  test("a test that comes out as expected passes under every provider that works here, and each has a job", async () => {
    const folder = tests({
      "simple.yaml": `test: 1
about: The word and its length
inputs: {text: text.txt}
config: {word: hi}
outputs:
  table.tsv: {like: table.tsv, numbers: {absolute: 0.001}}
  copy.txt: present
  none.txt: absent
log: [said hi]
`,
      "text.txt": "some text\n",
      "table.tsv": "word\tlength\nhi\t2\n",
    })
    const result = await run(folder)
    assert.equal(result.code, 0, result.out)
    const results = resultsOf(result)
    const doctor = replyOf(await home.gear(["doctor", "--json"]))["data"] as {
      readonly providers: readonly { readonly name: string; readonly works: boolean }[]
    }
    assert.deepEqual(
      results.map(({ provider }) => provider).toSorted(),
      doctor.providers.flatMap(({ name, works }) => (works ? [name] : [])).toSorted(),
    )
    const shown = await home.gear(["show", results[0]?.job ?? ""])
    assert.match(shown.out, /sayer/)
  })

  test("what is otherwise than expected is told, and the exit code is 1", async () => {
    const digest = `sha256:${"0".repeat(64)}`
    const folder = tests({
      "a-outputs.yaml": `test: 1\noutputs: {table.tsv: "${digest}", missing.txt: present, time.txt: absent}\n`,
      "b-exit.yaml": "test: 1\nconfig: {word: fail}\n",
      "c-log.yaml": "test: 1\nlog: [never said]\n",
      "d-like.yaml": "test: 1\noutputs: {table.tsv: {like: table.tsv, numbers: {relative: 0.00001}}}\n",
      "e-config.yaml": "test: 1\nconfig: {word: 5, wrod: x}\n",
      "f-fine.yaml": "test: 1\nconfig: {word: fail}\nexit: 3\nlog: [cannot say it]\n",
      "table.tsv": "word\tlength\nhello\t5\n",
    })
    const provider = (await firstProvider()) ?? ""
    const result = await run(folder, "--provider", provider)
    assert.equal(result.code, 1)
    const [outputs, exit, log, like, config, fine] = resultsOf(result)
    assert.match(outputs?.problems.join("\n") ?? "", /table\.tsv has other bytes: [0-9a-f]{12}, wanted 0{12}/)
    assert.match(
      outputs?.problems.join("\n") ?? "",
      /missing\.txt is not there; there are copy|missing\.txt is not there/,
    )
    assert.match(outputs?.problems.join("\n") ?? "", /time\.txt is there, and should not be/)
    assert.match(exit?.problems.join() ?? "", /exit code is 3, wanted 0: cannot say it/)
    assert.deepEqual(log?.problems, ['the log has no line with "never said"'])
    assert.match(like?.problems.join() ?? "", /line 2 is "hello\\t5\.0004", wanted "hello\\t5"/)
    assert.equal(config?.job, null)
    assert.match(config?.problems.join() ?? "", /word/)
    assert.equal(fine?.passed, true, fine?.problems.join())
    const table = await home.gear(["test", "sayer", "--tests", folder, "--provider", provider])
    assert.match(table.out, /^b-exit +\S+ +failed/m)
    assert.match(table.err, /5 of 6 results are not as expected/)
  })

  async function firstProvider(): Promise<string | undefined> {
    const job = await home.run("sayer", "--no-output")
    return job.provider?.name
  }

  test("--update writes what came out, and leaves comments and what is not expected by digest", async () => {
    const folder = tests({
      "update.yaml": `# Kept.
test: 1
config: {word: hi} # and this
outputs:
  # The table.
  table.tsv: sha256:${"0".repeat(64)} # once
  time.txt: present
`,
    })
    const result = await run(folder, "--update")
    const digest = resultsOf(result)[0]?.outputs.find(({ path }) => path === "table.tsv")?.digest
    assert.equal(result.code, 0, result.out)
    assert.equal(
      await home.read(`gear-${folders}/tests/update.yaml`),
      `# Kept.
test: 1
config: {word: hi} # and this
outputs:
  # The table.
  table.tsv: ${digest} # once
  time.txt: present
  copy.txt: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
`,
    )
    assert.equal((await run(folder)).code, 0)
  })

  test("--update takes no digest of what differs between providers, and none of a job that failed", async () => {
    const folder = tests({
      "a-bad.yaml": "test: 1\nconfig: {word: fail}\n",
      "b-differs.yaml": "test: 1\n",
    })
    const result = await run(folder, "--update")
    assert.equal(result.code, 1)
    assert.equal(await home.read(`gear-${folders}/tests/a-bad.yaml`), "test: 1\nconfig: {word: fail}\n")
    const several = new Set(resultsOf(result).map(({ provider }) => provider)).size > 1
    const written = await home.read(`gear-${folders}/tests/b-differs.yaml`)
    assert.match(written, /table\.tsv: sha256:/)
    if (several) assert.doesNotMatch(written, /time\.txt/)
  })

  test("a folder is built before it is tested", async () => {
    const root = makeBusyboxGear(join(home.folder, "whole"), { name: "whole", command: "echo 1 > output/one" })
    writeFiles(root, { "tests/one.yaml": "test: 1\noutputs: {one: present}\n" })
    assert.equal((await home.gear(["test", "./whole"])).code, 0)
    const stored = await home.gear(["ls"])
    assert.match(stored.out, /whole/)
  })

  test("a test that cannot be understood is refused before anything runs, with every fault at its line", async () => {
    const outside = tests({})
    symlinkSync("/etc/passwd", join(outside, "link.txt"))
    mkdirSync(join(outside, "folder"))
    const cases: readonly (readonly [string, RegExp])[] = [
      ["test: 1\noutput: {}\n", /bad\.yaml:2:9 \/output: \\"output\\" is not known here; rename it to \\"outputs\\"/],
      ["test: 1\ninputs: {text: missing.txt}\n", /there is no file \\"missing\.txt\\"/],
      ["test: 1\ninputs: {text: /etc/passwd}\n", /lies outside/],
      ["test: 1\ninputs: {text: link.txt}\n", /lies outside/],
      ["test: 1\ninputs: {text: ../../../../etc/passwd}\n", /there is no file|lies outside/],
      ["test: 1\ninputs: {text: folder}\n", /no regular file/],
      ["test: 1\noutputs: {x: sha256:12}\n", /outputs\/x/],
      ["test: 1\noutputs: {x: {like: bad.yaml, tolerance: 1}}\n", /\\"tolerance\\" is not known here/],
      ["test: 1\noutputs: {x: {like: bad.yaml, ignore: ['(a']}}\n", /the pattern cannot be used/],
      ["test: 1\noutputs: {../x: present}\n", /no output can have this path/],
      ["test: 1\nexit: 300\n", /exit/],
      ["test: 2\n", /\/test/],
      ["inputs: {}\n", /\\"test\\" is missing/],
    ]
    for (const [text, wanted] of cases) {
      writeFiles(outside, { "bad.yaml": text })
      const result = await run(outside)
      assert.equal(codeOf(result), "GEAR_TEST_INVALID", `${text}\n${result.out}`)
      assert.match(result.out, wanted)
    }
  })

  test("a folder without tests is told how to write one", async () => {
    const empty = await run(tests({}))
    assert.equal(empty.code, 3)
    assert.equal(codeOf(empty), "GEAR_TESTS_MISSING")
    assert.equal(codeOf(await run(join(home.folder, "nowhere"))), "GEAR_TESTS_MISSING")
    assert.equal(
      codeOf(await home.gear(["test", "nosuch", "--json", "--tests", tests({ "a.yaml": "test: 1\n" })])),
      "GEAR_NOT_FOUND",
    )
  })
})
