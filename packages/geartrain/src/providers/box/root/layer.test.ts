import assert from "node:assert/strict"
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { type TestContext, test } from "node:test"
import type { Box, BoxMount } from "@geartrain/ports"
import { isWithin, type LayerNeeds, layerNeeds, makeLayer } from "./layer.ts"

function boxOf(changes: Partial<Box> = {}): Box {
  return {
    id: "a",
    folder: "/f",
    root: { form: "tree", path: "/r" },
    mounts: [],
    command: ["true"],
    environment: {},
    workingFolder: "/flywheel/v0",
    uid: 5,
    gid: 6,
    network: "none",
    streams: "captured",
    ...changes,
  }
}

function mount(source: string, target: string): BoxMount {
  return { source, target, access: "read-only" }
}

const NO_NEEDS: LayerNeeds = { ownFolders: [], temporary: false, settings: {}, targets: [] }

/** A root filesystem of folders (a slash at the end), links (`-> `) and files, and the empty layer over it. */
function trees(t: TestContext, root: Readonly<Record<string, string>> = {}) {
  const top = mkdtempSync(join(tmpdir(), "geartrain-layer-"))
  t.after(() => rmSync(top, { recursive: true, force: true }))
  const [layer, lower] = [join(top, "layer"), join(top, "lower")]
  mkdirSync(layer)
  mkdirSync(lower)
  for (const [path, content] of Object.entries(root)) {
    mkdirSync(dirname(join(lower, path)), { recursive: true })
    if (path.endsWith("/")) mkdirSync(join(lower, path), { mode: 0o750 })
    else if (content.startsWith("-> ")) symlinkSync(content.slice(3), join(lower, path))
    else writeFileSync(join(lower, path), content)
  }
  const modeOf = (path: string): string => (lstatSync(join(layer, path)).mode & 0o7777).toString(8)
  return {
    top,
    layer,
    lower,
    modeOf,
    make: (needs: Partial<LayerNeeds>) => makeLayer(layer, lower, { ...NO_NEEDS, ...needs }),
  }
}

test("a box has a working folder, a home and /tmp of its own, and files that tell of names", () => {
  const needs = layerNeeds(boxOf({ environment: { HOME: "/home/a" } }), [], "full")
  assert.deepEqual(needs.ownFolders, ["/flywheel/v0", "/home/a"])
  assert.deepEqual([needs.owner, needs.temporary], [{ uid: 5, gid: 6 }, true])
  assert.deepEqual(Object.keys(needs.settings), ["hostname", "hosts", "resolv.conf"])
  assert.equal(layerNeeds(boxOf(), [], "single").owner, undefined)
  assert.deepEqual(layerNeeds(boxOf({ workingFolder: "/" }), [], "full").ownFolders, [])
})

test("a name server is told of where there is a network, and nowhere else", () => {
  const told = (network: Box["network"]) => layerNeeds(boxOf({ network }), [], "full").settings["resolv.conf"]
  assert.match(told("outbound") ?? "", /^nameserver /)
  assert.doesNotMatch(told("none") ?? "", /nameserver/)
})

test("what the caller mounts goes first, and hides what lies below it", () => {
  const mounts = [mount("/a", "/tmp"), mount("/b", "/flywheel"), mount("/c", "/etc/hosts")]
  const needs = layerNeeds(boxOf({ mounts, environment: { HOME: "/flywheelbarrow" } }), mounts, "full")
  assert.deepEqual([needs.ownFolders, needs.temporary], [["/flywheelbarrow"], false])
  assert.deepEqual(Object.keys(needs.settings), ["hostname", "resolv.conf"])
})

test("places to mount over are files or folders as their sources are, but for those in an earlier mount", (t) => {
  const { top, lower } = trees(t, { file: "x" })
  const mounts = [
    mount(lower, "/in"),
    mount(`${lower}/file`, "/in/below"),
    mount(`${lower}/file`, "/inner"),
    mount(`${top}/none`, "/x"),
  ]
  assert.deepEqual(layerNeeds(boxOf({ mounts }), mounts, "full").targets, [
    { path: "/in", kind: "folder" },
    { path: "/inner", kind: "file" },
  ])
})

test("folders are made as the root filesystem has them, and the last as it is needed", (t) => {
  const { make, modeOf, layer } = trees(t, { "home/": "", "tmp/": "" })
  make({ ownFolders: ["/home/a"], temporary: true })
  assert.deepEqual([modeOf("home"), modeOf("home/a"), modeOf("tmp")], ["750", "755", "1777"])
  assert.deepEqual(readdirSync(layer).toSorted(), ["home", "tmp"])
})

test("a folder that is there already keeps its permissions, with those that its user needs", (t) => {
  const { make, modeOf } = trees(t, { "work/": "" })
  make({ ownFolders: ["/work"] })
  assert.equal(modeOf("work"), "750")
})

test("where the root filesystem has a link or a file instead of a folder nothing is made, within it or behind it", (t) => {
  const { make, layer, lower, top } = trees(t, { etc: "-> ../outside", file: "text", "opt/link": "-> /" })
  mkdirSync(join(top, "outside"))
  make({
    ownFolders: ["/etc/a", "/file/b", "/opt/link/c"],
    settings: { hosts: "text" },
    targets: [
      { path: "/etc/x", kind: "file" },
      { path: "/file/y", kind: "folder" },
    ],
  })
  assert.deepEqual(readdirSync(layer), ["opt"])
  assert.deepEqual(
    [readdirSync(join(layer, "opt")), readdirSync(join(top, "outside")), readdirSync(lower).length],
    [[], [], 3],
  )
})

test("a path that leads up is made nowhere", (t) => {
  const { make, layer, top } = trees(t)
  make({ ownFolders: ["/../a", "/b/../../c"], targets: [{ path: "/../d", kind: "folder" }] })
  assert.deepEqual([readdirSync(layer), readdirSync(top).toSorted()], [[], ["layer", "lower"]])
})

test("a file to mount over is made empty where there is none, and what is there is left alone", (t) => {
  const { make, layer } = trees(t, { "opt/there": "text" })
  make({
    targets: [
      { path: "/opt/there", kind: "file" },
      { path: "/opt/new/f", kind: "file" },
    ],
  })
  assert.equal(existsSync(join(layer, "opt/there")), false)
  assert.equal(readFileSync(join(layer, "opt/new/f"), "utf8"), "")
})

test("settings lie below /etc, whatever the root filesystem has there", (t) => {
  const { make, layer } = trees(t, { "etc/hosts": "of the image" })
  make({ settings: { hosts: "of the box", hostname: "gear\n" } })
  assert.equal(readFileSync(join(layer, "etc/hosts"), "utf8"), "of the box")
  assert.equal(readFileSync(join(layer, "etc/hostname"), "utf8"), "gear\n")
})

test("a path lies within a folder by whole names", () => {
  const cases = [
    ["/a/b", "/a", true],
    ["/a", "/a", true],
    ["/ab", "/a", false],
    ["/a", "/a/b", false],
    ["/a/b", "/a//", true],
    ["/x", "/", true],
  ] as const
  for (const [path, folder, is] of cases) assert.equal(isWithin(path, folder), is, `${path} in ${folder}`)
})
