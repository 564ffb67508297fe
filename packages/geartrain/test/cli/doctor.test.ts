import assert from "node:assert/strict"
import { type SpawnSyncReturns, spawnSync } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { findProgram } from "../../src/system/linux/find-program.ts"
import { MAIN } from "./gear-process.ts"

const RUNTIMES = ["crun", "bwrap", "runc"]
/** A namespace in which something that cannot be executed lies on each runtime: there is none then, whatever PATH says. */
const HIDE = 'for path in $HIDDEN; do mount --bind /dev/null "$path" || exit 99; done; exec "$@"'

const NAMESPACE = [
  ...["--mount", "--propagation", "private"],
  ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]),
]

let folder = ""
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "geartrain-doctor-"))
})
after(() => rm(folder, { recursive: true, force: true }))

function gearWithoutRuntimes(...args: readonly string[]): SpawnSyncReturns<string> {
  const hidden = RUNTIMES.map(findProgram).filter((path) => path !== undefined)
  const words = [...NAMESPACE, "sh", "-c", HIDE, "sh", process.execPath, MAIN, ...args]
  return spawnSync("unshare", words, {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      GEARTRAIN_HOME: join(folder, "store"),
      XDG_CACHE_HOME: join(folder, "cache"),
      HIDDEN: hidden.join(" "),
    },
  })
}

const probe = spawnSync("unshare", [...NAMESPACE, "mount", "--bind", "/dev/null", findProgram("tar") ?? ""])
const skip = probe.status === 0 ? false : "needs unshare, and the right to mount in a namespace of one's own"

test("where no provider works, each line says how to mend it, and the exit code is 1", { skip }, () => {
  const { status, stdout, stderr } = gearWithoutRuntimes("doctor")
  assert.equal(status, 1, stderr)
  for (const [name, program, debian] of [
    ["crun", "crun", "crun"],
    ["bubblewrap", "bwrap", "bubblewrap"],
    ["runc", "runc", "runc"],
  ]) {
    const line = `^ {2}no +${name} +Cannot use provider "${name}": "${program}" is not installed\\n +→ sudo apt-get install ${debian}$`
    assert.match(stdout, new RegExp(line, "m"))
  }
  assert.match(stdout, /^Store\n {2}yes /m)
  assert.match(stderr, /^No provider works here, and one is enough\n→ sudo apt-get install crun\n$/)
})

test("programs are told with a code, and what to do", { skip }, () => {
  const reply = JSON.parse(gearWithoutRuntimes("doctor", "--json").stdout) as {
    readonly ok: boolean
    readonly data: { readonly providers: readonly { readonly works: boolean; readonly mend: string }[] }
    readonly error: { readonly code: string; readonly fix: string }
  }
  assert.equal(reply.ok, false)
  assert.deepEqual(
    reply.data.providers.map(({ works, mend }) => [works, mend !== ""]),
    [
      [false, true],
      [false, true],
      [false, true],
    ],
  )
  assert.deepEqual([reply.error.code, reply.error.fix], ["NO_PROVIDER", "sudo apt-get install crun"])
})

test("what was found out is told again without trying, with the same exit code", { skip }, () => {
  assert.equal(gearWithoutRuntimes("doctor").status, 1)
  const known = gearWithoutRuntimes("doctor", "--known")
  assert.equal(known.status, 1)
  assert.match(known.stdout, /no +runc /)
})
