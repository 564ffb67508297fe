import assert from "node:assert/strict"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { type TestContext, test } from "node:test"
import { lintManifestFile } from "@geartrain/spec"
import { contextOf, givenOf, HOSTILE, hasControls, told } from "../../../../test/cli/told.ts"
import { gear } from "../../../../test/stores/records/sample-records.ts"
import type { BuildProgress } from "../../../compose/gears/build-gear.ts"
import { openEngine } from "../../../compose/open-engine.ts"
import { readSettings } from "../../../settings/read-settings.ts"
import { readDocuments } from "../../../workflows/read/read-documents.ts"
import { starterWorkflow } from "../../init/workflow/starter-workflow.ts"
import { workflowInitCommand } from "../workflow/workflow-init.ts"
import { importPegasusWorkflow, PEGASUS_FLAGS, refuseWithoutPegasus } from "./import-pegasus.ts"
import { initCommand } from "./init.ts"
import { buildProgress, openTested } from "./open-tested.ts"
import { readTests, TESTS_FLAG, testsFolder } from "./read-tests.ts"
import { slimCommand } from "./slim.ts"
import { TAKE_IN_FLAGS, takeIn } from "./take-in.ts"

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "geartrain-beginning-"))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const envOf = (home: string) => ({ GEARTRAIN_HOME: join(home, "gears"), XDG_CACHE_HOME: join(home, "cache") })

test("a gear is begun in a folder that it is called after, and nothing is written over", async (context) => {
  const home = folder(context)
  const place = join(home, "My Gear!")
  const { out, err, result } = await told(initCommand, [place])
  const { name, files } = Object(result.data)
  assert.match(name, /^[a-z0-9-]+$/)
  assert.deepEqual(
    out.trimEnd().split("\n"),
    files.map((file: string) => `${place}/${file}`),
  )
  assert.equal(err, `→ gear run '${place}'\n`)
  const before = readFileSync(join(place, "manifest.json"), "utf8")
  assert.deepEqual(
    lintManifestFile(Buffer.from(before), "m").findings.filter(({ severity }) => severity === "error"),
    [],
  )
  await assert.rejects(told(initCommand, [place, "--name", "other"]), { code: "OUTPUT_EXISTS" })
  assert.equal(readFileSync(join(place, "manifest.json"), "utf8"), before)
})

test("a gear begins with one thing that there is, under a name that gears can have", async (context) => {
  const home = folder(context)
  for (const name of ["Gear", "a_b", "", "a".repeat(101), "a\nb"])
    await assert.rejects(told(initCommand, [home, `--name=${name}`]), { code: "USAGE" }, name)
  for (const flags of [["--template", "perl"], ["--template=constructor"], ["--from", "x.tar", "--template", "bash"]])
    await assert.rejects(told(initCommand, [join(home, "x"), ...flags]), { code: "USAGE" }, flags.join(" "))
  assert.ok(!existsSync(join(home, "x")))
})

test("a workflow begins with documents in which nothing is wrong, its scripts being executable", async (context) => {
  const home = join(folder(context), "words")
  const { out, result } = await told(workflowInitCommand, [home])
  assert.equal(Object(result.data).name, "words")
  assert.ok(out.includes(join(home, "workflow.yaml")))
  const { faults } = await readDocuments(join(home, "workflow.yaml"))
  assert.deepEqual(faults, [])
  for (const step of ["split", "count", "merge"]) {
    assert.ok(statSync(join(home, "gears", step, "run")).mode & 0o100, step)
    const path = join(home, "gears", step, "manifest.json")
    const { findings } = lintManifestFile(readFileSync(path), path)
    assert.deepEqual(
      findings.filter(({ severity }) => severity === "error"),
      [],
      step,
    )
  }
  await assert.rejects(told(workflowInitCommand, [home]), { code: "OUTPUT_EXISTS" })
  for (const name of ["", "-a", "a b", "a/b", "a".repeat(101)])
    await assert.rejects(told(workflowInitCommand, [join(home, "x"), `--name=${name}`]), { code: "USAGE" }, name)
  assert.match(starterWorkflow("of-mine")["workflow.yaml"]?.text ?? "", /^name: of-mine$/m)
})

test("tests of a gear lie where the user says, in its folder, or for a stored one in this folder", () => {
  const at = (word: string, ...args: readonly string[]) => testsFolder(word, givenOf(TESTS_FLAG, args))
  assert.equal(at("./my-gear"), resolve("my-gear/tests"))
  assert.equal(at("fsl-bet"), resolve("tests"))
  assert.equal(at("./my-gear", "--tests", "/elsewhere"), "/elsewhere")
})

test("no test is missing tests, and a broken one is told at its line", async (context) => {
  const home = folder(context)
  await assert.rejects(readTests(join(home, "tests")), { code: "GEAR_TESTS_MISSING" })
  mkdirSync(join(home, "tests"))
  await assert.rejects(readTests(join(home, "tests")), { code: "GEAR_TESTS_MISSING" })
  writeFileSync(join(home, "tests/a.yaml"), "inputs: 3\n")
  await assert.rejects(readTests(join(home, "tests")), { code: "GEAR_TEST_INVALID", message: /a\.yaml:1:\d+ / })
})

test("of a build the steps are told, cut and without controls, and with --verbose every line", () => {
  const lines = (verbose: boolean, json = false) => {
    const { context, err } = contextOf({ verbose, json })
    const progress = buildProgress(context, new AbortController().signal)
    const plan = { kind: "dockerfile", source: HOSTILE, builder: { name: "buildah", version: "1" } }
    progress.onStart?.(plan as unknown as Parameters<NonNullable<BuildProgress["onStart"]>>[0])
    progress.onLine?.(`STEP 2/3: RUN ${"x".repeat(300)}`)
    progress.onLine?.(`noise ${HOSTILE}`)
    return err()
  }
  const [start, step, ...more] = lines(false).trimEnd().split("\n")
  assert.match(start ?? "", /^building a.* with buildah 1$/)
  assert.deepEqual([step?.length, step?.startsWith("  2/3 RUN x"), step?.endsWith("…"), more], [102, true, true, []])
  const all = lines(true)
  assert.ok(all.split("\n").length === 4 && all.includes("noise a") && !hasControls(all))
  assert.equal(lines(true, true), "")
})

test("a gear that is neither stored nor a folder with sources is told as that", async (context) => {
  const home = folder(context)
  const { context: with_ } = contextOf({ env: envOf(home) })
  const { signal } = new AbortController()
  await assert.rejects(openTested("none", with_, signal), { code: "GEAR_NOT_FOUND" })
  await assert.rejects(openTested(join(home, "none"), with_, signal), { code: "BUILD_FOLDER_INVALID" })
})

test("a gear without tests is not slimmed, nor one that is to be called by no name", async (context) => {
  const home = folder(context)
  const env = envOf(home)
  await assert.rejects(told(slimCommand, ["none", "--with", join(home, "tests")], { env }), {
    code: "GEAR_TESTS_MISSING",
  })
  const engine = await openEngine(readSettings(env), { write: true })
  await engine.gears.putGear(gear(1))
  await engine.gears.setReference("gear-1@1.0.0", gear(1).id)
  await engine.close()
  mkdirSync(join(home, "tests"))
  writeFileSync(join(home, "tests/a.yaml"), "test: 1\n")
  for (const name of ["@1", "a@", "a@1@2", ""])
    await assert.rejects(
      told(slimCommand, ["gear-1", "--with", join(home, "tests"), `--as=${name}`], { env }),
      { code: "USAGE", hint: "Write it like this: --as gear-1-slim@1.0.0" },
      name,
    )
})

test("flags of Pegasus are refused without it, and images are each for one thing", async (context) => {
  assert.doesNotThrow(() => refuseWithoutPegasus(givenOf(PEGASUS_FLAGS, [])))
  for (const args of [
    ["--catalogs", "x"],
    ["--image", "x"],
    ["-o", "x"],
  ])
    assert.throws(() => refuseWithoutPegasus(givenOf(PEGASUS_FLAGS, args)), { code: "USAGE" }, args.join(" "))
  const home = folder(context)
  const { context: with_ } = contextOf({ env: envOf(home) })
  const twice = ["--image", "a.tar", "--image", "b.tar"]
  const given = { ...givenOf(PEGASUS_FLAGS, twice), words: [join(home, "workflow.yml")] }
  await assert.rejects(importPegasusWorkflow(with_, given), {
    ...{ code: "USAGE", message: 'Cannot take "b.tar" for installed programs: "a.tar" is there for them' },
  })
})

test("what is taken in is of a platform and within limits that can be read", async (context) => {
  const home = folder(context)
  const { context: with_ } = contextOf({ env: envOf(home) })
  const take = (...args: readonly string[]) => takeIn(with_, givenOf(TAKE_IN_FLAGS, args), join(home, "none.tar"))
  for (const platform of ["linux", "linux/", "Linux/amd64", "linux/amd64/v8/x", "linux/amd 64"])
    await assert.rejects(take(`--platform=${platform}`), { code: "USAGE", message: /--platform/ }, platform)
  for (const limit of ["entries", "entries=lots", "none=1", "size="])
    await assert.rejects(take(`--image-limit=${limit}`), { code: "USAGE" }, limit)
  await assert.rejects(take("--platform=linux/arm64/v8", "--image-limit=entries=10"), { code: "IMAGE_NOT_FOUND" })
})
