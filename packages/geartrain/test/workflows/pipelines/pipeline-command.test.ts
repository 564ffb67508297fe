import assert from "node:assert/strict"
import { writeFileSync } from "node:fs"
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import { type CliHome, openCliHome } from "../../cli/cli-home.ts"
import { codeOf, type GearResult, itemsOf, replyOf } from "../../cli/gear-process.ts"
import { busyboxMissing } from "../../programs/busybox-gear.ts"

const skip = busyboxMissing() ?? false

const OUT = { out: { files: ["out.txt"] } }
const FOLDER = { geartrain: { outputs: OUT, inputs: { data: { takes: "folder" } } } }
const DATA = { data: { base: "file" } }

const GEARS = [
  {
    name: "gather",
    command: "cat $(find input/data -type f | sort) > output/out.txt; echo $FW_CONFIG_MARK >> output/out.txt",
    config: { mark: { type: "string", default: "end" } },
    inputs: DATA,
    custom: FOLDER,
  },
  {
    name: "slow",
    command: "sleep 0.4; cat $(find input/data -type f) > output/out.txt",
    inputs: DATA,
    custom: FOLDER,
  },
  {
    name: "picky",
    command: "cat $(find input/data -type f) > output/out.txt; exit $(cat output/out.txt)",
    inputs: DATA,
    custom: FOLDER,
  },
] as const

interface Told {
  readonly pipeline: string
  readonly state: string
  readonly commit?: number
  readonly id?: string
  readonly counts?: Readonly<Record<string, number>>
  readonly datums: readonly {
    readonly parts: readonly { readonly path: string }[]
    readonly how: string
    readonly state: string
    readonly why: string
    readonly problem?: string
  }[]
}

let home: CliHome
before(async () => {
  if (skip !== false) return
  home = await openCliHome()
  for (const gear of GEARS) await home.import(gear)
})
after(() => home?.close())

/** Writes a folder of one file for each datum, and a pipeline over it. */
async function pipeline(name: string, gear: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(home.folder, name, path, ".."), { recursive: true })
    await home.write(`${name}/${path}`, text)
  }
  await home.write(`${name}.yaml`, document(name, gear))
}

function document(name: string, gear: string): string {
  return `pipeline: 1
name: ${name}
gear: ${gear}
input: { folder: ./${name}, to: data, glob: "/*" }
place: "\${${name}}/"
`
}

function told(result: GearResult): readonly Told[] {
  const { data } = replyOf(result) as unknown as { readonly data: { readonly pipelines: readonly Told[] } }
  return data.pipelines
}

/** What became of each datum, by its path. */
function ways(result: GearResult): Readonly<Record<string, string>> {
  const datums = told(result)[0]?.datums ?? []
  return Object.fromEntries(datums.map(({ parts, how, state }) => [parts[0]?.path, `${how} ${state}`]))
}

/** How many jobs of a gear are complete. */
async function completeJobs(gear: string): Promise<number> {
  const jobs = itemsOf(await home.gear(["jobs", "--all", "--json"])) as readonly {
    readonly gear: string
    readonly state: string
  }[]
  return jobs.filter((job) => job.gear.startsWith(`${gear}@`) && job.state === "complete").length
}

suite("gear pipeline", { skip }, () => {
  test("does each datum once, then what is new or changed, and removes the outputs of what is gone", async () => {
    await pipeline("scans", "gather", { "s1/a": "one\n", "s2/a": "two\n", "s2/b": "three\n", "s3/a": "four\n" })
    const checked = await home.gear(["pipeline", "check", "scans.yaml"])
    assert.equal(checked.code, 0, checked.err)
    assert.match(checked.out, /pipeline scans, gear gather@\S+: no faults/)
    const listed = await home.gear(["pipeline", "datums", "scans.yaml"])
    assert.match(listed.out, /run +scans:\/s2 +2 +\d+ B +the pipeline has never run/)
    assert.equal(await completeJobs("gather"), 0)
    const first = await home.gear(["pipeline", "run", "scans.yaml", "--json"])
    assert.equal(first.code, 0, first.out)
    assert.deepEqual(ways(first), { s1: "run complete", s2: "run complete", s3: "run complete" })
    const again = await home.gear(["pipeline", "run", "scans.yaml", "--json"])
    assert.deepEqual([told(again)[0]?.state, told(again)[0]?.commit], ["unchanged", 1])

    await home.write("scans/s2/b", "other\n")
    await rm(join(home.folder, "scans/s3"), { recursive: true })
    await mkdir(join(home.folder, "scans/s4"))
    await home.write("scans/s4/a", "five\n")
    const planned = itemsOf(await home.gear(["pipeline", "datums", "scans.yaml", "--json"]))
    assert.deepEqual(
      planned.map(({ action, why }) => [action, why]),
      [
        ["keep", "nothing changed since commit 1"],
        ["run", "scans has other content in s2/b"],
        ["run", "there was no datum of these paths"],
        ["remove", "its paths are gone, so its outputs are removed"],
      ],
    )
    const changed = await home.gear(["pipeline", "run", "scans.yaml", "--json"])
    assert.deepEqual(ways(changed), { s1: "kept complete", s2: "run complete", s4: "run complete" })
    assert.equal(told(changed)[0]?.counts?.["removed"], 1)
    assert.equal(await completeJobs("gather"), 5)

    const got = await home.gear(["pipeline", "get", "scans", "-o", "newest", "--json"])
    const { data } = replyOf(got) as unknown as { readonly data: { readonly files: readonly string[] } }
    assert.deepEqual(data.files, ["s1/out.txt", "s2/out.txt", "s4/out.txt"])
    assert.equal(await home.read("newest/s2/out.txt"), "two\nother\nend\n")
    assert.equal((await home.gear(["pipeline", "get", "scans", "-o", "oldest", "--commit", "1"])).code, 0)
    assert.equal(await home.read("oldest/s3/out.txt"), "four\nend\n")
    const shown = await home.gear(["pipeline", "show", "scans"])
    assert.match(shown.out, /^commit 2 of scans, 3 files/)
    assert.match(shown.out, /kept +scans:\/s1/)
    const folder = await home.gear(["pipeline", "show", "./scans", "--commit", "1"])
    assert.match(folder.out, /s3\/a\n/)
    const all = await home.gear(["pipeline", "ls"])
    assert.match(all.out, /scans +gather@1\.0\.0 +2 /)
    assert.match(all.out, /scans-[0-9a-f]{8} +\S+\/scans +2 /)
  })

  test("config is part of a datum's key, and what was done with it before is found again", async () => {
    await pipeline("marks", "gather", { "a/x": "1\n", "b/x": "2\n" })
    assert.equal((await home.gear(["pipeline", "run", "marks.yaml"])).code, 0)
    await home.write("marks.yaml", `${document("marks", "gather")}config: { mark: fin }\n`)
    const other = await home.gear(["pipeline", "run", "marks.yaml", "--json"])
    assert.equal(told(other)[0]?.datums[0]?.why, 'config mark changed from its default to "fin"')
    assert.deepEqual(ways(other), { a: "run complete", b: "run complete" })
    await home.write("marks.yaml", document("marks", "gather"))
    const back = await home.gear(["pipeline", "run", "marks.yaml", "--json"])
    assert.deepEqual(ways(back), { a: "reused complete", b: "reused complete" })
  })

  test("a change goes from one pipeline to the next with one id, and only where outputs changed", async () => {
    await pipeline("first", "gather", { "a/x": "1\n", "b/x": "2\n" })
    const second = document("second", "gather").replace("folder: ./second", "pipeline: first, name: second")
    await home.write("second.yaml", second)
    assert.equal(codeOf(await home.gear(["pipeline", "run", "second.yaml", "--json"])), "PIPELINE_NOT_FOUND")
    const run = ["pipeline", "run", "second.yaml", "first.yaml", "--json"]
    assert.equal((await home.gear(run)).code, 0)
    await home.write("first/b/x", "3\n")
    const [one, two] = told(await home.gear(run))
    assert.deepEqual([one?.pipeline, two?.pipeline, one?.id], ["first", "second", two?.id])
    assert.deepEqual(
      two?.datums.map(({ how }) => how),
      ["kept", "run"],
    )
    assert.equal((await home.gear(["pipeline", "get", "second"])).code, 0)
    assert.equal(await home.read("second/b/out.txt"), "3\nend\nend\n")
  })

  test("killed twice in the middle, the next run goes on and does nothing twice", async () => {
    const files = Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`s${n}/a`, `${n}\n`]))
    await pipeline("killed", "slow", files)
    const run = ["pipeline", "run", "killed.yaml", "--jobs", "1"]
    const doneBefore: number[] = []
    for (let round = 0; round < 2; round++) {
      const killed = await home.gear(run, {
        onOutput: ({ err, kill }) => {
          if (/^run +killed:/m.test(err)) kill("SIGKILL")
        },
      })
      assert.equal(killed.signal, "SIGKILL", killed.err)
      doneBefore.push(await completeJobs("slow"))
      assert.match((await home.gear(["pipeline", "show", "killed"])).err, /there is none of this name/)
    }
    assert.ok((doneBefore[0] ?? 0) >= 1 && (doneBefore[1] ?? 0) > (doneBefore[0] ?? 0), String(doneBefore))
    const ended = await home.gear([...run, "--json"])
    assert.equal(ended.code, 0, ended.out + ended.err)
    const { reused, run: ran, total } = told(ended)[0]?.counts ?? {}
    assert.ok((reused ?? 0) >= (doneBefore[1] ?? 6), `${reused} reused of ${doneBefore}`)
    assert.deepEqual([(reused ?? 0) + (ran ?? 0), total], [6, 6])
    assert.equal(await completeJobs("slow"), 6)
    assert.equal(told(await home.gear([...run, "--json"]))[0]?.state, "unchanged")
  })

  test("a file that changes after its commit fails its datum alone, and the next run takes it", async () => {
    await pipeline("moving", "slow", { "a/x": "11\n", "b/x": "12\n", "c/x": "13\n", "z/x": "14\n" })
    const run = ["pipeline", "run", "moving.yaml", "--jobs", "1"]
    let isChanged = false
    const first = await home.gear(run, {
      onOutput: ({ err }) => {
        if (isChanged || !/^run +moving:\/a/m.test(err)) return
        isChanged = true
        writeFileSync(join(home.folder, "moving/z/x"), "changed\n")
      },
    })
    assert.equal(first.code, 1, first.err)
    assert.match(first.err, /^failed +moving:\/z .*\n.*changed/m)
    const shown = await home.gear(["pipeline", "get", "moving", "-o", "moved-1", "--json"])
    const { data } = replyOf(shown) as unknown as { readonly data: { readonly files: readonly string[] } }
    assert.deepEqual(data.files, ["a/out.txt", "b/out.txt", "c/out.txt"])
    const second = await home.gear([...run, "--json"])
    assert.equal(second.code, 0, second.out)
    const { z, ...rest } = ways(second)
    assert.deepEqual(rest, { a: "kept complete", b: "kept complete", c: "kept complete" })
    assert.match(z ?? "", /complete/)
    assert.equal((await home.gear(["pipeline", "get", "moving", "-o", "moved-2"])).code, 0)
    assert.equal(await home.read("moved-2/z/out.txt"), "changed\n")
  })

  test("outputs that collide are refused by name, and nothing is done again once they have a place", async () => {
    await pipeline("twins", "gather", { "a/x": "21\n", "b/x": "22\n" })
    await home.write("twins.yaml", document("twins", "gather").replace(/place: .*\n/, ""))
    const result = await home.gear(["pipeline", "run", "twins.yaml", "--json"])
    assert.equal(codeOf(result), "PIPELINE_OUTPUTS_COLLIDE")
    assert.match(result.out, /twins:\/a.*twins:\/b.*both give.*out\.txt/)
    assert.equal((await home.gear(["pipeline", "show", "twins"])).code, 3)
    await home.write("twins.yaml", document("twins", "gather"))
    assert.deepEqual(ways(await home.gear(["pipeline", "run", "twins.yaml", "--json"])), {
      a: "reused complete",
      b: "reused complete",
    })
  })

  test("a datum that fails is told with its job, tried again, accepted or recovered as the pipeline says", async () => {
    await pipeline("codes", "picky", { "a/x": "0", "b/x": "2" })
    const failed = await home.gear(["pipeline", "run", "codes.yaml", "--json"])
    assert.equal(failed.code, 1)
    assert.equal(codeOf(failed), "DATUMS_FAILED")
    assert.deepEqual(ways(failed), { a: "run complete", b: "run failed" })
    await home.write("codes.yaml", `${document("codes", "picky")}recover: drop\n`)
    assert.deepEqual(ways(await home.gear(["pipeline", "run", "codes.yaml", "--json"])), {
      a: "kept complete",
      b: "run recovered",
    })
    await home.write("codes.yaml", `${document("codes", "picky")}acceptExitCodes: [2]\n`)
    const accepted = await home.gear(["pipeline", "run", "codes.yaml", "--retry-recovered", "--json"])
    assert.deepEqual(ways(accepted), { a: "kept complete", b: "reused complete" })
    assert.equal((await home.gear(["pipeline", "get", "codes", "-o", "codes-out"])).code, 0)
    assert.equal(await home.read("codes-out/b/out.txt"), "2")
  })

  test("two runs of one pipeline at once do no datum twice, and one that is not told to wait says why", async () => {
    await pipeline("both", "slow", { "a/x": "31\n", "b/x": "32\n" })
    const run = ["pipeline", "run", "both.yaml", "--json"]
    const before = await completeJobs("slow")
    const results = await Promise.all([home.gear(run), home.gear(run)])
    assert.ok(
      results.some(({ code }) => code === 0),
      results.map(({ out }) => out).join(),
    )
    for (const result of results.filter(({ code }) => code !== 0)) assert.equal(codeOf(result), "FOLDER_IN_USE")
    assert.equal(await completeJobs("slow"), before + 2)
  })

  test("wrong usage is refused with a way out", async () => {
    await home.write("bad.yaml", document("bad", "gather").replace("to: data", "to: date"))
    const bad = await home.gear(["pipeline", "check", "bad.yaml"])
    assert.equal(bad.code, 1, bad.err)
    assert.match(bad.err, /has no file input "date"; say which takes "bad": to: data/)
    assert.equal(codeOf(await home.gear(["pipeline", "show", "none", "--json"])), "PIPELINE_NOT_FOUND")
    assert.equal(codeOf(await home.gear(["pipeline", "get", "./scans", "--json"])), "PIPELINE_NOT_FOUND")
    const none = await home.gear(["pipeline", "run", "none.yaml"])
    assert.match(none.err, /"none\.yaml": there is no such file/)
    // As of a workflow, and of a plan.
    const others = ["none.yaml", "none.json"].map((file) => home.gear(["workflow", "run", file]))
    assert.deepEqual(
      [none, ...(await Promise.all(others))].map(({ code }) => code),
      [3, 3, 3],
    )
    await home.write("nowhere.yaml", document("nowhere", "gather"))
    assert.equal(codeOf(await home.gear(["pipeline", "run", "nowhere.yaml", "--json"])), "PIPELINE_FOLDER_UNFIT")
  })

  test("a pipeline of Pachyderm's is taken over, and names what has no counterpart", async () => {
    const spec = {
      pipeline: { name: "edges" },
      transform: { image: "pachyderm/opencv", cmd: ["python3", "/edges.py"] },
      input: { pfs: { repo: "images", glob: "/*" } },
    }
    await home.write("edges.json", JSON.stringify(spec))
    const args = ["pipeline", "import", "edges.json", "--gear", "gather", "-o", "edges.yaml"]
    const result = await home.gear(args)
    assert.equal(result.code, 0, result.err)
    assert.match(await home.read("edges.yaml"), /name: "?edges/)
    assert.match(result.err, /transform.* is left out/)
    assert.equal((await home.gear(args)).code, 2)
    assert.equal((await home.gear(["pipeline", "import", "edges.json"])).code, 2)
  })
})
