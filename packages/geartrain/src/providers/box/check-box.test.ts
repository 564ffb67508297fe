import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import type { Box, ProviderCapabilities } from "@geartrain/ports"
import { checkBox } from "./check-box.ts"
import { environmentOf } from "./environment.ts"
import { prepareBox } from "./prepare-box.ts"
import { resolveTargets, resolveWithin } from "./resolve-targets.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-box-"))
after(() => rmSync(folder, { recursive: true, force: true }))
const root = join(folder, "root")
mkdirSync(join(root, "real/deep"), { recursive: true })
mkdirSync(join(folder, "in"))
writeFileSync(join(root, "file"), "")
symlinkSync("/real", join(root, "absolute"))
symlinkSync("../../../..", join(root, "real/up"))
symlinkSync("loop", join(root, "loop"))
symlinkSync("/etc", join(folder, "in/out"))

const BOX: Box = {
  id: "box-1",
  folder,
  root: { form: "tree", path: root },
  command: ["true"],
  environment: { A: "1" },
  workingFolder: "/real",
  uid: 0,
  gid: 0,
  mounts: [],
  network: "none",
  streams: "captured",
}

const CAPABILITIES = {
  networks: ["none"],
  limits: ["memory"],
  roots: ["tree"],
  constraints: ["one-cpu"],
} as unknown as ProviderCapabilities
const PROVIDER = { name: "test", capabilities: CAPABILITIES }

test("a box that can be made is not refused", () => {
  assert.doesNotThrow(() => checkBox({ ...BOX, memoryBytes: 1024 }, PROVIDER))
})

test("what the provider does not offer is refused by name, before anything is made", () => {
  for (const [changes, what] of [
    [{ processes: 5 }, 'limit "processes"'],
    [{ cpuCores: 1 }, 'limit "cpu"'],
    [{ fileBytes: 1 }, 'limit "file-size"'],
    [{ network: "outbound" }, 'network "outbound"'],
    [{ constraints: ["one-cpu", "fixed-addresses"] }, 'constraint "fixed-addresses"'],
    [{ root: { form: "squashfs", path: root } }, 'form "squashfs"'],
  ] as const) {
    assert.throws(
      () => checkBox({ ...BOX, ...changes }, PROVIDER),
      (error: { code: string; message: string }) => error.code === "CAPABILITY_MISSING" && error.message.includes(what),
      what,
    )
  }
})

test("what is not there is told by its path, and what no box can be is a mistake of the program", () => {
  const source = join(folder, "none")
  assert.throws(() => checkBox({ ...BOX, mounts: [{ source, target: "/x", access: "read-only" }] }, PROVIDER), {
    code: "PROVIDER_FAILED",
    message: `Cannot make box "box-1": "${source}" does not exist`,
  })
  for (const changes of [
    { id: "Box" },
    { id: "" },
    { id: "x".repeat(65) },
    { command: [] },
    { command: [""] },
    { workingFolder: "relative" },
    { folder: `${folder}\n` },
    { mounts: [{ source: folder, target: "/a\0b", access: "read-only" as const }] },
  ]) {
    assert.throws(() => checkBox({ ...BOX, ...changes }, PROVIDER), RangeError, JSON.stringify(changes))
  }
})

test("the environment is whole in every backend, and the box's own values count", () => {
  assert.deepEqual(environmentOf(BOX), { PWD: "/real", HOME: "/", A: "1" })
  assert.equal(environmentOf({ ...BOX, environment: { HOME: "/home" } })["HOME"], "/home")
  for (const name of ["", "A=B", "A\0"]) {
    assert.throws(() => environmentOf({ ...BOX, environment: { [name]: "x" } }), RangeError)
  }
  assert.throws(() => environmentOf({ ...BOX, environment: { A: "\0" } }), RangeError)
})

test("links of the root filesystem are followed within it, and none leads out", () => {
  assert.equal(resolveWithin(root, "/absolute/deep"), "/real/deep")
  assert.equal(resolveWithin(root, "/real/up/real"), "/real")
  assert.equal(resolveWithin(root, "/../../etc"), "/etc")
  assert.equal(resolveWithin(root, "/none/../real/./deep//"), "/real/deep")
  assert.equal(resolveWithin(root, "/"), "/")
  assert.throws(() => resolveWithin(root, "/loop/x"), { code: "PROVIDER_FAILED", message: /go in a circle$/ })
})

test("a mount is put where its target leads, and never behind a link that lies in another mount", () => {
  const known = { view: root, targets: new Map<string, string>() }
  const inner = { source: folder, target: "/absolute/deep", access: "read-only" } as const
  assert.deepEqual(resolveTargets([inner], known), [{ ...inner, target: "/real/deep" }])
  assert.equal(known.targets.get("/absolute/deep"), "/real/deep", "it is looked up once")
  const outer = { source: join(folder, "in"), target: "/real", access: "read-only" } as const
  assert.throws(() => resolveTargets([outer, { ...inner, target: "/real/out/x" }], known), {
    code: "PROVIDER_FAILED",
    message: /is a link$/,
  })
  assert.equal(resolveTargets([outer, { ...inner, target: "/real/plain" }], known).length, 2)
})

test("a backend is told where all lies in the holder's namespace, and limits that each process has", () => {
  const prepared = prepareBox(
    { ...BOX, fileBytes: 10 },
    {
      box: { inside: "/state/boxes/1", view: "/proc/7/root/state/boxes/1", layer: "/disk/layer" },
      folder: "/state/early/3",
      mounts: [],
      state: "/state",
      userMapping: "full",
      network: "/state/net",
    },
  )
  assert.deepEqual([prepared.folder, prepared.root], ["/state/early/3", "/state/boxes/1/root"])
  assert.equal(prepared.networkNamespace, "/state/net")
  assert.equal(prepared.terminal, undefined)
  const { coreBytes, fileBytes, openFiles } = prepared.resourceLimits
  assert.deepEqual([coreBytes, fileBytes], [0, 10])
  assert.ok(openFiles > 0 && openFiles <= 1024 * 1024)
})
