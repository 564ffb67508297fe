import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import type { DeterminismBadge } from "@geartrain/spec"
import { findClockLibrary } from "../../src/engine/experiments/clock-library.ts"
import { writeFiles } from "../author/build/gear-folder.ts"
import { type CliHome, openCliHome } from "../cli/cli-home.ts"
import { codeOf, type GearResult, itemsOf, replyOf } from "../cli/gear-process.ts"
import { missing } from "../images/support/foreign.ts"
import { type Running, startRegistry } from "../images/support/registry-server.ts"
import { hostGearMissing, makeHostGear } from "../programs/host-gear.ts"

const withoutClock = "why" in findClockLibrary() ? "needs libfaketime" : false

interface Probed {
  readonly gear: string
  readonly verdict: string | null
  readonly badge: DeterminismBadge | null
  readonly cells: readonly { readonly test: string; readonly condition: string; readonly answers: readonly number[] }[]
  readonly failed: readonly { readonly test: string; readonly problems: readonly string[] }[]
  readonly key: string | null
  readonly catalogue: string | null
}

interface Determinism {
  readonly verdict: string | null
  readonly badges: readonly { readonly standing: string; readonly signedBy: readonly string[] }[]
}

function dataOf<Data>(result: GearResult): Data {
  const { data } = replyOf(result) as unknown as { readonly data: Data | null }
  assert.ok(data !== null, result.out + result.err)
  return data
}

/** What a search tells of a gear. */
function foundOf(item: unknown): Determinism {
  assert.ok(item !== undefined)
  return (item as { readonly determinism: Determinism }).determinism
}

/** Threads that write where the others write, each as far as it comes: with one of them there is one order. */
const RACE = `import os, threading
lines = []
def work(name):
    for step in range(20000):
        if step % 200 == 0: lines.append(f"{name} {step}")
threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
one = os.environ.get("OMP_NUM_THREADS") == "1"
import sys
sys.setswitchinterval(0.00001)
for thread in threads:
    thread.start()
    if one: thread.join()
for thread in threads: thread.join()
open("output/order.txt", "w").write("\\n".join(lines))
`

suite("gear probe", { skip: hostGearMissing() ?? false }, () => {
  let home: CliHome
  /** Of the first test. */
  let steady: Probed
  before(async () => {
    home = await openCliHome()
    await importGear("steady", "cat config.json > /dev/null; printf 'one\\ntwo\\n' | sort > output/sorted.txt")
    writeFiles(tests("one"), { "simple.yaml": "test: 1\n" })
    assert.equal((await home.gear(["key", "new"])).code, 0)
  })
  after(async () => await home.close())

  async function importGear(
    name: string,
    command: string,
    files: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const folder = makeHostGear(join(home.folder, "host"), { name, command })
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, "flywheel/v0", path), text)
    const result = await home.gear(["import", folder])
    assert.equal(result.code, 0, result.err)
  }

  function tests(name: string): string {
    const folder = join(home.folder, name, "tests")
    mkdirSync(folder, { recursive: true })
    return folder
  }

  const probe = (gear: string, ...args: readonly string[]): Promise<GearResult> =>
    home.gear(["probe", gear, "--tests", join(home.folder, "one/tests"), "--json", ...args])
  const determinismOf = async (gear: string): Promise<Determinism> =>
    dataOf<{ readonly determinism: Determinism }>(await home.gear(["show", gear, "--json"])).determinism

  /** The badges that are kept of a gear. */
  const kept = (gear: string): readonly string[] => {
    const folder = join(home.env["GEARTRAIN_HOME"] ?? "", "badges", gear.replace("sha256:", ""))
    return readdirSync(folder).map((name) => join(folder, name))
  }

  test("a gear that always answers the same is deterministic, in runs enough, and its page says so", async () => {
    const result = await probe("steady")
    assert.equal(result.code, 0, result.out)
    steady = dataOf<Probed>(result)
    const { badge, cells, key, gear } = steady
    assert.equal(badge?.verdict, "deterministic")
    const asked = cells.find(({ condition }) => condition === "as-asked")
    assert.ok((asked?.answers.length ?? 0) >= 8)
    assert.deepEqual([...new Set(cells.flatMap(({ answers }) => answers))], [0])
    assert.ok(badge.host.cpus > 0 && badge.providers.length > 0 && badge.counts.failedTests === 0)
    assert.match(key ?? "", /^[0-9a-f]{64}$/)
    assert.deepEqual(await determinismOf("steady"), {
      verdict: "deterministic",
      badges: [{ standing: "good", signedBy: ["default (your own)"], unknownKeys: [], says: badge }],
    })
    const page = await home.gear(["show", "steady"])
    assert.match(page.out, /^Determinism {2}deterministic\n {2}deterministic: \d+ runs of 1 test under /m)
    assert.equal(kept(gear).length, 1)
  })

  test("a gear whose threads race needs one thread", async () => {
    await importGear("race", "python3 race.py", { "race.py": RACE })
    const result = await probe("race")
    assert.equal(result.code, 1, result.out)
    assert.equal(codeOf(result), "DIFFERENT")
    assert.equal(dataOf<Probed>(result).verdict, "one-thread")
    const { fix } = replyOf(result)["error"] as { readonly fix: string }
    assert.match(fix, /^gear diff [0-9a-f]{24} [0-9a-f]{24}$/)
    assert.equal((await home.gear(fix.split(" ").slice(1))).code, 1)
  })

  test("a gear that writes the date needs a fixed clock, though all its runs are of one day", {
    skip: withoutClock,
  }, async () => {
    await importGear("dated", "date +%Y > output/year.txt")
    const result = await probe("dated")
    assert.equal(result.code, 1, result.out)
    const { verdict, cells } = dataOf<Probed>(result)
    assert.equal(verdict, "fixed-clock")
    const asked = cells.find(({ condition }) => condition === "as-asked")
    assert.equal(new Set(asked?.answers).size, 1)
  })

  test("a gear of chance is not deterministic, and has a badge that says so", async () => {
    await importGear("chance", "cat /proc/sys/kernel/random/uuid > output/id")
    const result = await probe("chance")
    assert.equal(result.code, 1)
    assert.equal(dataOf<Probed>(result).verdict, "not-deterministic")
    assert.equal((await determinismOf("chance")).verdict, "not-deterministic")
  })

  test("too few runs are no badge, and it is told how many there were", async () => {
    await importGear("seldom", "echo seldom > output/a")
    const result = await probe("seldom", "--repeat", "3", "--provider", steady.badge?.providers[0]?.name ?? "")
    assert.deepEqual([result.code, codeOf(result)], [6, "UNDECIDED"])
    assert.match(
      (replyOf(result)["error"] as { readonly message: string }).message,
      /in 3 runs of a test, and 8 are needed/,
    )
    assert.equal(dataOf<Probed>(result).badge, null)
    assert.deepEqual(await determinismOf("seldom"), { verdict: null, badges: [] })
    assert.equal((await probe("seldom", "--repeat", "0")).code, 2)
  })

  test("a test that is not passed is in the badge, on the page, and in the exit code", async () => {
    writeFiles(tests("wrong"), {
      "a-good.yaml": "test: 1\n",
      "b-wrong.yaml": "test: 1\noutputs: {nothing.txt: present}\n",
    })
    const result = await home.gear(["probe", "steady", "--tests", join(home.folder, "wrong/tests"), "--json"])
    assert.equal(result.code, 1)
    const { badge, failed } = dataOf<Probed>(result)
    assert.deepEqual([badge?.verdict, badge?.counts.failedTests], ["deterministic", 1])
    assert.deepEqual(badge?.tests[0]?.problems, failed[0]?.problems)
    assert.match(failed[0]?.problems[0] ?? "", /output nothing\.txt is not there/)
    assert.match((await home.gear(["show", "steady"])).out, /^ {4}1 of 2 tests fails$/m)
  })

  test("a gear without tests gets no badge, and is told how to add one", async () => {
    const result = await home.gear(["probe", "steady", "--json"])
    assert.deepEqual([result.code, codeOf(result)], [6, "GEAR_TESTS_MISSING"])
    const { fix } = replyOf(result)["error"] as { readonly fix: string }
    const [, command = ""] = /^Add one: (.*); gear schema/.exec(fix) ?? []
    execFileSync("bash", ["-c", command])
    assert.equal((await home.gear(["test", "steady", "--json"])).code, 0)
  })

  test("without a key nothing is kept, and the verdict is told all the same", async () => {
    await importGear("keyless", "echo keyless > output/a")
    const config = { env: { XDG_CONFIG_HOME: join(home.folder, "no-keys") } }
    const result = await home.gear(["probe", "keyless", "--tests", join(home.folder, "one/tests")], config)
    assert.equal(result.code, 0, result.err)
    assert.match(result.out, /^TEST +CONDITION +RUNS +ANSWERS\nsimple +as asked +\d+ +A\nsimple +one thread +\d +A\n/)
    assert.match(result.out, /^deterministic: \d+ runs/m)
    assert.match(result.err, /no badge was made, since you have no key to sign it with: gear key new/)
    assert.deepEqual((await determinismOf("keyless")).badges, [])
    const unknown = await home.gear(["probe", "keyless", "--tests", "one/tests", "--key", "nobody", "--json"])
    assert.equal(codeOf(unknown), "KEY_NOT_FOUND")
  })

  test("a badge that somebody has changed, and one of a key that is gone, are shown as that and count for nothing", async () => {
    await importGear("touched", "echo touched > output/a")
    const { gear } = dataOf<Probed>(await probe("touched"))
    const [path = ""] = kept(gear)
    const whole = readFileSync(path, "utf8")
    const changed = JSON.parse(whole) as { payload: string }
    const text = Buffer.from(changed.payload, "base64").toString().replace('"failedTests":0', '"failedTests":1')
    writeFileSync(path, JSON.stringify({ ...changed, payload: Buffer.from(text).toString("base64") }))
    const { verdict, badges } = await determinismOf("touched")
    assert.deepEqual([verdict, badges[0]?.standing], [null, "forged"])
    const page = await home.gear(["show", "touched"])
    assert.match(page.out, /^Determinism {2}not known: no badge by a key that counts$/m)
    assert.match(page.out, /does not count: says deterministic, but its signature is not by the key that it names/)
    writeFileSync(path, whole)
    const stranger = await home.gear(["show", "touched"], { env: { XDG_CONFIG_HOME: join(home.folder, "no-keys") } })
    assert.match(
      stranger.out,
      /says deterministic, but is signed by a key that you do not trust for this gear: [0-9a-f]{12}/,
    )
    rmSync(path)
    writeFileSync(path, readFileSync(kept(steady.gear)[0] ?? ""))
    assert.equal((await determinismOf("touched")).badges[0]?.standing, "other-gear")
  })

  test("what was found once stands against better luck later", async () => {
    const { gear } = dataOf<Probed>(await probe("chance"))
    assert.equal((await determinismOf("chance")).verdict, "not-deterministic")
    assert.ok(kept(gear).length >= 2)
  })

  test("a badge goes into a catalogue in a folder with the gear, and to those who install it", async () => {
    const place = join(home.folder, "gears")
    assert.equal((await home.gear(["publish", "race", "-c", place])).code, 0)
    const found = await home.gear(["search", "-c", place])
    assert.match(found.out, /^race .* deterministic with one thread /m)
    const [item] = itemsOf(await home.gear(["search", "-c", place, "--json"]))
    assert.equal(foundOf(item).verdict, "one-thread")
    const user = await openCliHome()
    try {
      assert.match((await user.gear(["search", "-c", place])).out, /^race .* badge by an unknown key /m)
      const stranger = await user.gear(["install", "race", "-c", place])
      assert.match(stranger.err, /determinism: badge by an unknown key/)
      assert.doesNotMatch((await user.gear(["show", "race"])).out, /Determinism/)
      const pub = join(home.folder, ".config/geartrain/keys/own/default.pub")
      assert.equal((await user.gear(["key", "trust", pub, "--as", "lab", "--for", "ra*"])).code, 0)
      assert.match(
        (await user.gear(["install", "race", "-c", place])).err,
        /determinism: deterministic with one thread/,
      )
      assert.match((await user.gear(["show", "race"])).out, /signed by lab, /)
    } finally {
      await user.close()
    }
  })

  test("a gear that is not in the catalogue that was named is told before anything is run", async () => {
    const place = join(home.folder, "gears")
    const named = await probe("steady", "-c", place)
    assert.equal(codeOf(named), "VERSION_NOT_FOUND")
    const text = await home.gear(["probe", "steady", "--tests", "one/tests"], { env: { GEARTRAIN_CATALOGUE: place } })
    assert.equal(text.code, 0)
    assert.match(text.err, /warning the badge is kept here only: Cannot find "steady@1\.0\.0" in the catalogue/)
  })

  suite("with a registry", { skip: missing("docker-registry") }, () => {
    let registry: Running
    before(async () => {
      registry = await startRegistry(join(home.folder, "registry"))
    })
    after(() => registry.stop())

    test("a badge lies in a registry beside the gear, as an artifact that refers to it", async () => {
      const place = `${registry.host}/lab`
      assert.equal((await home.gear(["publish", "steady", "-c", place])).code, 0)
      const probed = dataOf<Probed>(await probe("steady", "-c", place))
      assert.equal(probed.catalogue, place)
      const [item] = itemsOf(await home.gear(["search", "steady", "-c", place, "--json"]))
      const { verdict, badges } = foundOf(item)
      assert.equal(verdict, "deterministic")
      assert.equal(badges.length, kept(probed.gear).length)
    })
  })
})
