import assert from "node:assert/strict"
import { readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { suite, test } from "node:test"
import { busyboxMissing } from "../../programs/busybox-gear.ts"
import { openWorkflowLab, type Ran, ranOf } from "./workflow-lab.ts"

const skip = busyboxMissing() ?? false

const READS = ["-i", "reads=a.txt", "-i", "reads=b.txt", "-i", "reads=c.txt"]
const THERE = ["--server", "--project", "lab/Study"]
const RUN = ["workflow", "run", "words.yaml", ...READS, ...THERE, "--json"]

function states({ data }: Ran): Readonly<Record<string, string>> {
  return Object.fromEntries(data.jobs.map(({ key, state }) => [key, state]))
}

const ALL = ["each[0]", "each[1]", "each[2]", "final", "join"]

suite("gear workflow run --server", { skip }, () => {
  test("runners carry a graph out; the same again runs nothing; of a change runs what hangs on it", async (context) => {
    const { gear, folder, jobs, lab } = await openWorkflowLab(context)
    const first = await gear(...RUN, "--out", "results")
    assert.equal(first.code, 0, first.out + first.err)
    assert.deepEqual(new Set(Object.values(states(first))), new Set(["complete"]))
    const text = await readFile(join(folder, "results/all/out.txt"), "utf8")
    assert.equal(text, "WORD A\nHELLO\nWORD B\nHELLO\nWORD C\nHELLO\nend\n")
    assert.deepEqual(
      (await readdir(join(folder, "results"))).filter((name) => name !== "all"),
      [],
      "nothing else is left there",
    )
    const crate = await gear("provenance", "--run", "latest", "-o", "crate", "--json")
    assert.deepEqual(crate.errorCode, undefined, crate.out)
    assert.deepEqual((crate.data as unknown as { readonly leftOut: readonly unknown[] }).leftOut, [])
    const final = first.data.jobs.find(({ key }) => key === "final")?.job
    assert.equal(await readFile(join(folder, `crate/jobs/${final}/outputs/out.txt`), "utf8"), text)
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith(".gear-")),
      [],
    )
    const again = await gear(...RUN, "--out", "results")
    assert.deepEqual(new Set(Object.values(states(again))), new Set(["reused"]))
    assert.equal((await jobs()).length, 5)
    await writeFile(join(folder, "b.txt"), "other\n")
    const plan = await gear("workflow", "plan", "words.yaml", ...READS, "--server", "-o", "plan.json")
    assert.match(plan.out, /each\[1\] b\.txt +run +input from: b\.txt [0-9a-f]{12} → b\.txt [0-9a-f]{12}/)
    assert.match(plan.out, /5 jobs: 2 reuse, 1 run, 2 await/)
    const changed = await gear("workflow", "run", "plan.json", ...THERE, "--json", "--out", "changed")
    assert.deepEqual(states(changed), {
      ...{ "each[0]": "reused", "each[1]": "complete", "each[2]": "reused" },
      ...{ join: "complete", final: "complete" },
    })
    assert.match(await readFile(join(folder, "changed/all/out.txt"), "utf8"), /OTHER/)
    assert.deepEqual((await jobs()).map(({ label }) => label).sort(), [...ALL, "each[1]", "join", "final"].sort())
    const { items } = await lab.ask<{ readonly items: readonly { readonly label: string }[] }>(
      "GET",
      `/places/${lab.project}/children?type=analysis`,
    )
    assert.deepEqual(
      items.map(({ label }) => label).sort(),
      [`words ${first.data.run}`, `words ${changed.data.run}`].sort(),
      "a run that sends nothing makes no analysis",
    )
  })

  test("a file is sent once, whatever runs read it, and again when the server has it no more", async (context) => {
    const { gear, lab } = await openWorkflowLab(context)
    const analyses = async (): Promise<readonly { readonly id: string }[]> =>
      (
        await lab.ask<{ readonly items: readonly { readonly id: string }[] }>(
          "GET",
          `/places/${lab.project}/children?type=analysis`,
        )
      ).items
    assert.equal((await gear(...RUN)).code, 0)
    const again = await gear(...RUN, "--no-reuse")
    assert.deepEqual(new Set(Object.values(states(again))), new Set(["complete"]))
    const [sent, ...others] = await analyses()
    assert.deepEqual(others, [])
    const trashed = await gear("trash", sent?.id ?? "", "--yes")
    assert.equal(trashed.code, 0, trashed.err)
    const third = await gear(...RUN, "--no-reuse")
    assert.deepEqual(new Set(Object.values(states(third))), new Set(["complete"]), third.out + third.err)
    assert.equal((await analyses()).length, 1)
  })

  test("outputs are filed in a place of the server, which is made; the same again makes no version", async (context) => {
    const { gear, lab } = await openWorkflowLab(context)
    const first = await gear(...RUN.slice(0, -1), "--to", "lab/Study/sub-09/first")
    assert.equal(first.code, 0, first.out + first.err)
    assert.match(first.err, /1 file in lab\/Study\/sub-09\/first/)
    assert.equal((await gear(...RUN, "--to", "lab/Study/sub-09/first")).code, 0)
    const query = encodeURIComponent("lab/Study/sub-09/first/files/out.txt")
    const { file } = await lab.ask<{ readonly file: { readonly id: string; readonly version: number } }>(
      "GET",
      `/lookup?path=${query}`,
    )
    assert.equal(file.version, 1)
    assert.equal(await lab.text(`/files/${file.id}/content`), "WORD A\nHELLO\nWORD B\nHELLO\nWORD C\nHELLO\nend\n")
  })

  test("a job that fails is told with its culprit, also when the server is away", async (context) => {
    const { gear, stopServer } = await openWorkflowLab(context)
    const failed = await gear("workflow", "run", "broken.yaml", ...READS, ...THERE)
    assert.equal(failed.code, 1)
    assert.match(
      failed.err,
      /failed +breaks .*\n.*exit code 3.*\n.*\n +│ it broke here\n +→ gear logs --server=http\S+ [0-9a-f]{24}/,
    )
    const analysis = await gear("workflow", "analyze", "latest")
    assert.match(analysis.out, /culprit: gear \(NONZERO_EXIT/)
    assert.match(analysis.out, /evidence: it broke here\n +lost behind it: 1 job\n +\| it broke here/)
    await stopServer()
    const alone = await gear("workflow", "analyze", "latest")
    assert.match(alone.out, /culprit: gear \(NONZERO_EXIT/)
    assert.match(alone.out, /no log: Cannot reach the server/)
    for (const command of ["statistics", "trace", "status"])
      assert.equal((await gear("workflow", command, "latest")).code, 0, command)
  })

  test("whoever is killed goes on with the jobs that are under way: each was ordered once", async (context) => {
    const { gear, start, running, jobs } = await openWorkflowLab(context)
    const killed = start(...RUN, "-s", "wait=3")
    await running(2)
    await killed.end("SIGKILL")
    const resumed = await gear("workflow", "resume", "latest", "--json")
    assert.equal(resumed.code, 0, resumed.out + resumed.err)
    assert.deepEqual(new Set(Object.values(states(resumed))), new Set(["complete"]))
    assert.deepEqual(
      (await jobs()).map(({ label, attempt }) => `${label} ${attempt}`).sort(),
      ALL.map((key) => `${key} 1`),
    )
  })

  test("a server that goes down in between is waited for", async (context) => {
    const { start, running, jobs, stopServer, startServer } = await openWorkflowLab(context)
    const run = start(...RUN, "-s", "wait=2")
    await running(1)
    await stopServer()
    await startServer()
    const ran = await ranOf(run)
    assert.equal(ran.code, 0, ran.out + ran.err)
    assert.deepEqual(
      (await jobs()).map(({ label, state }) => `${label} ${state}`).sort(),
      ALL.map((key) => `${key} complete`),
    )
  })

  test("Ctrl-C cancels the jobs on the server, and the run can be resumed", async (context) => {
    const { gear, start, running, jobs } = await openWorkflowLab(context)
    const run = start(...RUN, "-s", "wait=600")
    await running(1)
    run.child.kill("SIGINT")
    const ended = await ranOf(run)
    assert.equal(ended.code, 130, ended.err)
    assert.deepEqual(new Set((await jobs()).map(({ state }) => state)), new Set(["cancelled"]))
    assert.match((await gear("workflow", "status", "latest")).out, /3 cancelled/)
  })

  test("what a server does not do is refused before anything runs", async (context) => {
    const { gear, folder, jobs } = await openWorkflowLab(context)
    for (const [args, code] of [
      [[...RUN, "--cleanup", "inplace"], "USAGE"],
      [[...RUN, "--memory", "4g"], "USAGE"],
      [["workflow", "run", "words.yaml", ...READS, "--server", "--json"], "USAGE"],
      [["workflow", "run", "words.yaml", ...READS, "--project", "lab/Study", "--json"], "USAGE"],
      [["workflow", "run", "words.yaml", ...READS, "--to", "lab/Study", "--json"], "USAGE"],
      [["workflow", "run", "words.yaml", ...READS, "--server", "--project", "lab/None", "--json"], "PLACE_NOT_FOUND"],
    ] as const) {
      assert.equal((await gear(...args)).errorCode, code, args.join(" "))
    }
    assert.equal(
      (await gear("workflow", "plan", "words.yaml", ...READS, "--server", "--cleanup", "leaf", "--json")).errorCode,
      "USAGE",
    )
    const text = await readFile(join(folder, "words.yaml"), "utf8")
    await writeFile(
      join(folder, "other.yaml"),
      text.replaceAll("gear: one", "gear: two").replaceAll("gear: join", "gear: three"),
    )
    const away = await gear("workflow", "plan", "other.yaml", ...READS, "--server")
    assert.match(away.err, /→ Bring the gears there: gear push two && gear push three\n/)
    assert.deepEqual(await jobs(), [])
  })
})
