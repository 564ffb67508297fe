import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { busyboxMissing, makeBusyboxGear } from "../programs/busybox-gear.ts"
import { MAIN } from "./gear-process.ts"

const skip = busyboxMissing() ?? (process.getuid?.() === 0 ? false : "needs root, to make a small disk")
let folder = ""
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "geartrain-full-"))
})
after(() => rm(folder, { recursive: true, force: true }))

/** Runs lines of shell with `gear` in them, the store on a disk of its own that nobody else sees. */
async function onSmallDisk(sizeMiB: number, lines: string): Promise<{ readonly out: string; readonly err: string }> {
  const store = join(folder, "store")
  await mkdir(store, { recursive: true })
  const script = `mount -t tmpfs -o size=${sizeMiB}m tmpfs "$GEARTRAIN_HOME" || exit 99; gear() { "${process.execPath}" "${MAIN}" "$@"; }; ${lines}`
  const done = spawnSync("unshare", ["--mount", "--propagation", "private", "sh", "-c", script], {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      GEARTRAIN_HOME: store,
      XDG_CACHE_HOME: join(folder, "cache"),
    },
  })
  assert.equal(done.status, 0, `${done.stdout}${done.stderr}`)
  return { out: done.stdout, err: done.stderr }
}

test("a gear that fills the disk loses nothing: jobs can be listed meanwhile, and it is ended when there is room", {
  skip,
}, async () => {
  makeBusyboxGear(join(folder, "filler"), {
    name: "filler",
    command: "head -c 20000000 /dev/zero | tr '\\0' x > output/o; true",
  })
  const { out, err } = await onSmallDisk(
    8,
    // What was given back at the end of the run is taken by somebody else.
    `gear import -q ./filler && gear run filler --no-output; echo "run $?"
     cat /dev/zero 2>/dev/null > "$GEARTRAIN_HOME/tmp/ballast"
     gear jobs; echo "jobs $?"; gear show latest | tail -1
     mount -o remount,size=64m "$GEARTRAIN_HOME"; gear jobs; echo "jobs $?"; gear export latest -o out; echo "export $?"`,
  )
  assert.match(out, /^run 125$/m)
  assert.match(err, /^error STORE_FULL: Cannot write records .*: the disk is full\n→ Free some space/m)
  const [meanwhile = "", afterwards = ""] = out.split(/^jobs 0$/m)
  assert.match(meanwhile, /filler@1\.0\.0 +running/)
  assert.match(err, /^warning Jobs that are listed as running have ended, .*the disk is full$/m)
  assert.match(afterwards, /^→ gear logs -f [0-9a-f]{24}$/m)
  assert.match(afterwards, /filler@1\.0\.0 +failed/)
  assert.match(out, /^export 0$/m)
})

test("outputs that fill the disk can be forgotten on it, and a collection that finds nothing says so", {
  skip,
}, async () => {
  makeBusyboxGear(join(folder, "hoarder"), { name: "hoarder", command: "cat /dev/zero > output/o 2>/dev/null; true" })
  makeBusyboxGear(join(folder, "modest"), { name: "modest", command: "echo little > output/o" })
  const { out, err } = await onSmallDisk(
    16,
    `gear import -q ./hoarder && gear import -q ./modest; gear run -q hoarder --no-output; gear jobs -q > ids
     gear store gc; gear rm -q -y "$(head -n 1 ids)"; echo "rm $?"; gear store gc; echo "gc $?"
     gear run modest --no-output; echo "run $?"`,
  )
  assert.match(out, /^nothing to remove\nforgot job .*\nrm 0\nremoved \d+ things, .*\ngc 0\nrun 0$/m)
  assert.match(err, /^→ gear store du tells what takes the room; gear rm JOB forgets a job/m)
})

test("an image that does not fit is refused, and leaves nothing", { skip }, async () => {
  makeBusyboxGear(join(folder, "large"), { name: "large", command: "true" })
  const { out, err } = await onSmallDisk(1, `gear import ./large; echo "import $?"; gear ls; gear store du --json`)
  assert.match(out, /^import 5$/m)
  assert.match(err, /^error STORE_FULL: Cannot store root filesystem "sha256:[0-9a-f]+": the disk is full\n→ Free /m)
  assert.match(err, /^No gear is stored yet$/m)
  assert.match(out, /"ok":true/)
})

test("a store on a disk that takes no writes can be read, and says so to whoever writes", { skip }, async () => {
  makeBusyboxGear(join(folder, "plain"), { name: "plain", command: "echo out > output/o" })
  const { out, err } = await onSmallDisk(
    32,
    `gear import -q ./plain && gear run plain -q --no-output && mount -o remount,ro "$GEARTRAIN_HOME"
     for words in "jobs" "ps" "ls" "show latest" "logs latest" "diff plain plain" "run plain --help" "export latest -o read-only"; do
       gear $words >/dev/null || echo "$words $?"
     done
     for words in "run plain" "import ./plain" "store gc" "verify latest"; do gear $words >/dev/null; echo "$words $?"; done`,
  )
  assert.match(out, /^sha256:[0-9a-f]{64}\nrun plain 125\nimport \.\/plain 5\nstore gc 5\nverify latest 5\n$/)
  assert.equal(err.match(/^error STORE_READ_ONLY: .*\n→ Make the folder writable/gm)?.length, 4)
})

test("whoever writes again and again to a disk that takes nothing keeps no files open for it, and writes as soon as it does", {
  skip,
}, async () => {
  const script = join(folder, "write-again.ts")
  const records = join(import.meta.dirname, "../../src/stores/records/sqlite/open-records.ts")
  await writeFile(
    script,
    `import { execFileSync } from "node:child_process"
    import { readdirSync } from "node:fs"
    import { openRecords } from ${JSON.stringify(records)}
    const store = process.env.GEARTRAIN_HOME
    const { jobs, gears, close } = openRecords(store + "/records.db", { prepare: async () => {} })
    const remove = () => gears.removeReference("none").then(() => "written", (error) => error.code)
    await remove()
    await close()
    execFileSync("mount", ["-o", "remount,ro", store])
    const said = new Set()
    const write = async (times) => { for (let n = 0; n < times; n++) said.add(await remove()); return readdirSync("/proc/self/fd").length }
    const [few, many] = [await write(3), await write(30)]
    console.log([...said].join(), many - few, (await jobs.list({})).length)
    execFileSync("mount", ["-o", "remount,rw", store])
    console.log(await remove(), await remove(), (await jobs.list({})).length)
    await close()
`,
  )
  const { out } = await onSmallDisk(8, `"${process.execPath}" "${script}"`)
  assert.equal(out, "STORE_READ_ONLY 0 0\nwritten written 0\n")
})

test("a verification on a disk that gets full is undecided, even where the gear does not look whether it could write", {
  skip,
}, async () => {
  makeBusyboxGear(join(folder, "writer"), {
    name: "writer",
    command: "head -c 20000000 /dev/zero | tr '\\0' x > output/o; true",
  })
  const { out, err } = await onSmallDisk(
    64,
    `gear import -q ./writer && gear run writer -q --no-output; echo "run $?"
     head -c 28000000 /dev/zero > "$GEARTRAIN_HOME/tmp/ballast"; gear verify latest; echo "verify $?"
     rm "$GEARTRAIN_HOME/tmp/ballast"; gear show latest | grep -A1 Verified; gear verify latest; echo "again $?"`,
  )
  assert.match(out, /^run 0$/m)
  assert.match(out, /^verify 6$/m)
  assert.doesNotMatch(out, /^different/m)
  assert.match(err, /^error (JOB_NOT_REPLAYABLE|STORE_FULL): .*disk/m)
  assert.match(out, /undecided .*disk/)
  assert.match(out, /^identical .*$/m)
  assert.match(out, /^again 0$/m)
})
