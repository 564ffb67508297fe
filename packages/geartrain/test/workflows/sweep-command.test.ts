import assert from "node:assert/strict"
import { after, before, suite, test } from "node:test"
import { type CliHome, openCliHome } from "../cli/cli-home.ts"
import { codeOf, type GearResult, itemsOf, replyOf } from "../cli/gear-process.ts"
import { busyboxMissing } from "../programs/busybox-gear.ts"

const skip = busyboxMissing() ?? false

const CONFIG = { factor: { type: "integer" }, mode: { type: "string", default: "mean" } }

const GEARS = [
  {
    name: "scale",
    command: `echo '{"a/b":{"value":'$FW_CONFIG_FACTOR'},"mode":"'$FW_CONFIG_MODE'"}' > output/report.json`,
    config: CONFIG,
  },
  {
    name: "slow",
    command: `sleep 0.4; echo '{"value":'$FW_CONFIG_FACTOR'}' > output/report.json`,
    config: CONFIG,
  },
  {
    name: "picky",
    command: `cat input/number > output/number.txt; echo '{"value":'$FW_CONFIG_FACTOR'}' > output/report.json; test $FW_CONFIG_FACTOR != 2`,
    config: CONFIG,
    inputs: { number: { base: "file" } },
  },
] as const

type Row = Readonly<Record<string, unknown>>

let home: CliHome
before(async () => {
  if (skip !== false) return
  home = await openCliHome()
  for (const gear of GEARS) await home.import(gear)
})
after(() => home?.close())

function rows(result: GearResult): readonly Row[] {
  const { data } = replyOf(result) as unknown as { readonly data: { readonly table: readonly Row[] } }
  return data.table
}

/** Cells of some columns, a list for each row. */
function cells(result: GearResult, ...titles: readonly string[]): readonly (readonly unknown[])[] {
  return rows(result).map((row) => titles.map((title) => row[title]))
}

async function completeJobs(gear: string): Promise<number> {
  const jobs = itemsOf(await home.gear(["jobs", "--all", "--json"])) as readonly {
    readonly gear: string
    readonly state: string
  }[]
  return jobs.filter((job) => job.gear.startsWith(`${gear}@`) && job.state === "complete").length
}

suite("gear sweep", { skip }, () => {
  test("runs each value with each other, and tells what came out in the order of the grid", async () => {
    const sweep = ["sweep", "scale", "-s", "factor=1..2", "-s", "mode=mean,median"]
    const dry = await home.gear([...sweep, "--dry-run"])
    assert.equal(dry.code, 0, dry.err)
    assert.match(dry.out, /^4 jobs: 4 run/m)
    assert.equal(await completeJobs("scale"), 0)
    const result = await home.gear([...sweep, "--collect", "value=report.json:/a~1b/value", "--json"])
    assert.equal(result.code, 0, result.out + result.err)
    assert.deepEqual(cells(result, "factor", "mode", "state", "exit", "value"), [
      [1, "mean", "complete", 0, 1],
      [1, "median", "complete", 0, 1],
      [2, "mean", "complete", 0, 2],
      [2, "median", "complete", 0, 2],
    ])
    assert.equal(await completeJobs("scale"), 4)
    const told = await home.gear([...sweep, "--collect", "mode=*.json:/mode"])
    assert.match(told.out, /^factor +mode +state +job +exit .*mode$/im)
    assert.match(told.out, /^2 +median +reused .*median$/m)
  })

  test("a wider range runs what is new only, and the table has all", async () => {
    const before = await completeJobs("scale")
    const collect = ["--collect", "value=report.json:/a~1b/value", "--json"]
    const first = await home.gear(["sweep", "scale", "-s", "factor=11..13", ...collect])
    assert.deepEqual(cells(first, "factor", "state"), [
      [11, "complete"],
      [12, "complete"],
      [13, "complete"],
    ])
    const wider = await home.gear(["sweep", "scale", "-s", "factor=10..14", ...collect])
    assert.deepEqual(cells(wider, "factor", "state", "value"), [
      [10, "complete", 10],
      [11, "reused", 11],
      [12, "reused", 12],
      [13, "reused", 13],
      [14, "complete", 14],
    ])
    assert.equal(await completeJobs("scale"), before + 5)
    const anew = await home.gear(["sweep", "scale", "-s", "factor=10..11", "--no-reuse", ...collect])
    assert.deepEqual(
      rows(anew).map(({ state }) => state),
      ["complete", "complete"],
    )
    assert.equal(await completeJobs("scale"), before + 7)
  })

  test("--zip takes values together, and the table goes to a file", async () => {
    const zip = ["sweep", "scale", "--zip", "-s", "factor=21..22", "-s"]
    const args = [...zip, "mode=a\\,b,c", "--collect", "report.json:/mode", "-o", "zip.csv"]
    const result = await home.gear(args)
    assert.equal(result.code, 0, result.err)
    assert.match(result.err, /2 rows in zip\.csv/)
    const [titles, one, two, ...rest] = (await home.read("zip.csv")).split("\n")
    assert.match(titles ?? "", /^factor,mode,state,job,exit,seconds,peak_memory_bytes,report\.json:\/mode$/)
    assert.match(one ?? "", /^21,"a,b",complete,[0-9a-f]{24},0,[\d.]+,\d*,"a,b"$/)
    assert.match(two ?? "", /^22,c,complete,.*,c$/)
    assert.deepEqual(rest, [""])
    const uneven = await home.gear([...zip, "mode=a,b,c", "--json"])
    assert.notEqual(uneven.code, 0)
    assert.match(uneven.out, /factor.*mode|mode.*factor/)
  })

  test("one that fails does not stop the others, and has an empty cell", async () => {
    const number = await home.write("number.txt", "7\n")
    const sweep = ["sweep", "picky", "-i", `number=${number}`, "-s", "factor=1..3"]
    const result = await home.gear([...sweep, "--collect", "value=report.json:/value", "--json"])
    assert.equal(result.code, 1, result.out)
    assert.deepEqual(cells(result, "factor", "state", "exit", "value"), [
      [1, "complete", 0, 1],
      [2, "failed", 1, undefined],
      [3, "complete", 0, 3],
    ])
    const status = await home.gear(["workflow", "status"])
    assert.match(status.out, /failed/)
  })

  test("killed in the middle, the same command goes on and gives the whole table", async () => {
    const sweep = ["sweep", "slow", "-s", "factor=1..6", "--jobs", "1", "--collect", "value=report.json:/value"]
    const killed = await home.gear(sweep, {
      onOutput: ({ err, kill }) => {
        if ((err.match(/^complete /gm)?.length ?? 0) >= 2) kill("SIGKILL")
      },
    })
    assert.equal(killed.signal, "SIGKILL", killed.err)
    const done = await completeJobs("slow")
    assert.ok(done >= 2 && done < 6, `${done} were done`)
    const result = await home.gear([...sweep, "--json"])
    assert.equal(result.code, 0, result.out + result.err)
    assert.deepEqual(
      rows(result).map(({ value }) => value),
      [1, 2, 3, 4, 5, 6],
    )
    assert.ok(rows(result).filter(({ state }) => state === "reused").length >= done)
    assert.equal(await completeJobs("slow"), 6)
  })

  test("wrong usage is refused before anything runs", async () => {
    const before = await completeJobs("scale")
    const wrong = [
      ["scale", "-s", "facter=1..3"],
      ["scale", "-s", "factor=a,b"],
      ["scale", "-s", "factor=1..0.5:2"],
      ["scale", "-s", "factor=1..100000000"],
      ["scale", "-s", "factor=1", "-s", "factor=2"],
      ["scale", "-s", "factor=1..2", "--collect", "report.json"],
      ["scale", "-s", "factor=1..2", "-i", "nothing=number.txt"],
      ["no-such-gear", "-s", "factor=1..2"],
    ]
    for (const args of wrong) {
      const result = await home.gear(["sweep", ...args, "--json"])
      assert.ok(result.code !== 0 && codeOf(result) !== undefined && codeOf(result) !== "INTERNAL", result.out)
    }
    assert.equal(await completeJobs("scale"), before)
  })
})
