import assert from "node:assert/strict"
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import { findProgram } from "../../../src/system/linux/find-program.ts"
import { type CliHome, openCliHome } from "../../cli/cli-home.ts"
import { codeOf, type GearResult, replyOf } from "../../cli/gear-process.ts"
import { makeBusyboxGear, manifestOf } from "../../programs/busybox-gear.ts"
import { findHostProgram, hostPython, makeHostRoot } from "../../programs/host-root.ts"

interface Slimmed {
  readonly verdict: string
  readonly gear: string
  readonly reference?: string
  readonly slimOf?: string
  readonly differences?: readonly string[]
  readonly full?: { readonly files: number; readonly sizeBytes: number }
  readonly slim?: { readonly files: number; readonly sizeBytes: number }
}

function dataOf(result: GearResult): Slimmed {
  const { data } = replyOf(result) as unknown as { readonly data: Slimmed | null }
  assert.ok(data !== null, `${result.out}${result.err}`)
  return data
}

/** What one word has the gear do: something that a slim gear of it does as well, or not. */
const COMMAND = `case $FW_CONFIG_DO in
  count) echo /data/* > output/out ;;
  watched) grep Seccomp_filters /proc/self/status > output/out ;;
  chance) cat /proc/sys/kernel/random/uuid > output/out ;;
  *) cat /data/second > output/out ;;
esac`

const python = hostPython()
const missing = findProgram("strace") === undefined ? "needs strace" : false

suite("gear slim", { skip: missing }, () => {
  let home: CliHome
  before(async () => {
    home = await openCliHome()
    const root = makeBusyboxGear(join(home.folder, "root"), {
      name: "doer",
      command: COMMAND,
      config: { do: { type: "string", default: "show" } },
    })
    mkdirSync(join(root, "data"))
    for (const name of ["first", "other", "unused"]) writeFileSync(join(root, "data", name), `${name}\n`)
    linkSync(join(root, "data/first"), join(root, "data/second"))
    const result = await home.gear(["import", "./root"])
    assert.equal(result.code, 0, result.err)
  })
  after(async () => await home.close())

  async function testsThat(does: string, rest = "outputs: {out: present}"): Promise<string> {
    mkdirSync(join(home.folder, `tests-${does}`), { recursive: true })
    return await home
      .write(`tests-${does}/one.yaml`, `test: 1\nconfig: {do: ${does}}\n${rest}\n`)
      .then(() => `tests-${does}`)
  }

  async function stored(): Promise<string> {
    return [(await home.gear(["ls"])).out, (await home.gear(["store", "du"])).out.match(/.*root.*/g)?.join()].join("\n")
  }

  async function refused(does: string, rest?: string): Promise<Slimmed> {
    const before = await stored()
    const result = await home.gear(["slim", "doer", "--force", "--with", await testsThat(does, rest), "--json"])
    assert.equal(result.code, 1, `${result.out}${result.err}`)
    assert.equal(codeOf(result), "DIFFERENT")
    assert.equal(await stored(), before)
    return dataOf(result)
  }

  test("a gear of just the used files does the same, is stored under its own name and id, and says where it comes from", async () => {
    const result = await home.gear(["slim", "doer", "--with", await testsThat("show"), "--json"])
    assert.equal(result.code, 0, `${result.out}${result.err}`)
    const data = dataOf(result)
    assert.equal(data.reference, "doer-slim@1.0.0")
    assert.ok((data.full?.files ?? 0) > (data.slim?.files ?? 0))
    const gear = replyOf(await home.gear(["show", "doer-slim@1.0.0", "--json"])) as unknown as {
      readonly data: { readonly id: string; readonly manifest: { readonly custom: unknown }; readonly origin: unknown }
    }
    assert.equal(gear.data.id, data.gear)
    assert.deepEqual(gear.data.manifest.custom, { geartrain: { slimOf: data.slimOf } })
    assert.deepEqual(gear.data.origin, { kind: "slim", reference: "doer@1.0.0" })
    const listed = (await home.gear(["export", "doer-slim@1.0.0", "--as", "dir", "-o", "slim"])).code
    assert.equal(listed, 0)
    assert.equal(await home.read("slim/data/second"), "first\n")
    for (const gone of ["data/first", "data/other", "data/unused"])
      await assert.rejects(home.read(`slim/${gone}`), /ENOENT/, gone)
    const jobs = [await home.run("doer@1.0.0"), await home.run("doer-slim@1.0.0")]
    assert.equal(jobs[0]?.outputs[0]?.digest, jobs[1]?.outputs[0]?.digest)
    assert.match((await home.gear(["show", "doer-slim@1.0.0"])).out, new RegExp(`slim of +${data.slimOf}`))
  })

  test("slimming it again, also under another name, is no fault, and a name that another gear has is not taken", async () => {
    const tests = await testsThat("show")
    for (const name of ["doer-slim@1.0.0", "small@2"]) {
      const result = await home.gear(["slim", "doer", "--with", tests, "--as", name, "--json"])
      assert.equal(result.code, 0, `${result.out}${result.err}`)
      assert.equal(dataOf(result).reference, name)
    }
    assert.equal(
      codeOf(await home.gear(["slim", "doer", "--with", tests, "--as", "doer@1.0.0", "--json"])),
      "GEAR_EXISTS",
    )
    for (const name of ["", "@1", "a@", "a@b@c"])
      assert.equal(codeOf(await home.gear(["slim", "doer", "--with", tests, `--as=${name}`, "--json"])), "USAGE", name)
  })

  test("a gear that needs what it was not seen to use is not stored, and what differed is told", async () => {
    assert.deepEqual(await refused("count").then(({ verdict, differences }) => ({ verdict, differences })), {
      verdict: "different",
      differences: ["test one: output out has other bytes"],
    })
  })

  test("a gear that does otherwise when it is watched is found", async () => {
    const { verdict, differences } = await refused("watched")
    assert.deepEqual([verdict, differences], ["observed", ["test one: output out has other bytes"]])
  })

  test("a gear that does not do the same twice is told from one that minds being watched", async () => {
    const { verdict } = await refused("chance")
    assert.equal(verdict, "unsteady")
  })

  test("a gear that does not pass its tests is not made slim", async () => {
    const { verdict, differences } = await refused("show", "outputs: {out: absent}")
    assert.deepEqual([verdict, differences], ["fails", ["test one: output out is there, and should not be"]])
  })

  test("a gear in Python keeps its interpreter, loader and libraries, and leaves the rest of the library", {
    skip: python === undefined ? "needs python3" : false,
  }, async () => {
    const folder = makeHostRoot(join(home.folder, "python-root"), [
      ...(python === undefined ? [] : [python]),
      ...["bash", "env"].map((name) => ({ path: findHostProgram(name) ?? name, name })),
    ])
    const manifest = {
      ...manifestOf({ name: "snake", command: "/flywheel/v0/steps/link.py" }),
      environment: { PATH: "/usr/bin:/bin" },
    }
    writeFileSync(join(folder, "flywheel/v0/manifest.json"), JSON.stringify(manifest))
    mkdirSync(join(folder, "flywheel/v0/steps"))
    const script =
      '#!/usr/bin/env python3\nimport json, csv\njson.dump({"a": [1, 2]}, open("/flywheel/v0/output/out.json", "w"))\n'
    writeFileSync(join(folder, "flywheel/v0/steps/run.py"), script)
    chmodSync(join(folder, "flywheel/v0/steps/run.py"), 0o755)
    symlinkSync("run.py", join(folder, "flywheel/v0/steps/link.py"))
    assert.equal((await home.gear(["import", "./python-root"])).code, 0)
    mkdirSync(join(home.folder, "snake"))
    await home.write("snake/one.yaml", "test: 1\noutputs: {out.json: present}\n")
    const result = await home.gear(["slim", "snake", "--with", "snake", "--json"])
    assert.equal(result.code, 0, `${result.out}${result.err}`)
    const { full, slim } = dataOf(result)
    assert.ok((full?.files ?? 0) > 500 && (slim?.files ?? 0) < 200, JSON.stringify([full, slim]))
  })
})
