import assert from "node:assert/strict"
import { test } from "node:test"
import type { GearManifest } from "@geartrain/spec"
import { type MemoryTree, memoryTree } from "../../../../../test/author/lint/memory-tree.ts"
import type { LintedImage } from "../linted-image.ts"
import { findProgram, isExecutable } from "./find-program.ts"
import { foundFiles, isInterpreter, startedFiles } from "./gear-program.ts"

function image(tree: MemoryTree, manifest: object = {}, scope: LintedImage["scope"] = "image"): LintedImage {
  return { tree: memoryTree(tree), scope, manifest: { name: "a", ...manifest } as unknown as GearManifest }
}

const PATH = (path: string) => ({ environment: { PATH: path } })

function found(word: string, of: LintedImage): string {
  const program = findProgram(word, of)
  return "found" in program ? program.found.path : program.missing
}

test("a name is looked for on the PATH in its order; what may not be started there is passed over", () => {
  const tree = { "a/tool": { mode: 0o644 }, "b/tool": "x", "c/tool": "x" }
  assert.equal(found("tool", image(tree, PATH("/a:/b:/c"))), "b/tool")
  assert.equal(found("tool", image(tree, PATH("/a"))), "certain")
  assert.equal(found("b", image({ "a/b/x": "" }, PATH("/a"))), "certain")
})

test("a path is looked for from the gear's folder, and so are folders of the PATH without a slash before", () => {
  const tree = { "flywheel/v0/bin/tool": "x", "opt/tool": "x" }
  assert.equal(found("./bin/tool", image(tree)), "flywheel/v0/bin/tool")
  assert.equal(found("../../opt/tool", image(tree)), "opt/tool")
  assert.equal(found("tool", image(tree, PATH("bin"))), "flywheel/v0/bin/tool")
})

test("without a PATH of its own a gear has the plain one", () => {
  assert.equal(found("bash", image({ "bin/bash": "x" })), "bin/bash")
  assert.equal(found("tool", image({ "opt/tool": "x" })), "certain")
})

test("of sources alone, what is not there may be made by the build", () => {
  assert.equal(found("./run", image({}, {}, "sources")), "unknown")
  assert.equal(found("tool", image({}, {}, "sources")), "unknown")
})

test("who may start a file depends on whose it is: the first of owner, group and others that fits decides", () => {
  const ids = (uid: number, gid: number) => image({}, { custom: { flywheel: { uid, gid } } })
  const entry = { path: "x", type: "file", uid: 5, gid: 6 } as const
  const cases: readonly (readonly [number, LintedImage, boolean])[] = [
    [0o100, ids(0, 0), true],
    [0o001, ids(0, 0), true],
    [0o666, ids(0, 0), false],
    [0o100, ids(5, 9), true],
    [0o011, ids(5, 6), false],
    [0o010, ids(7, 6), true],
    [0o101, ids(7, 6), false],
    [0o001, ids(7, 8), true],
    [0o110, ids(7, 8), false],
  ]
  for (const [mode, of, is] of cases) assert.equal(isExecutable({ ...entry, mode }, of), is, mode.toString(8))
})

function started(command: string | undefined, tree: MemoryTree = {}, scope: LintedImage["scope"] = "image") {
  return startedFiles(image(tree, command === undefined ? {} : { command }, scope)).map(
    ({ word, role, program }) => `${role} ${word} ${"found" in program ? "found" : program.missing}`,
  )
}

test("without a command the gear's run is started", () => {
  assert.deepEqual(started(undefined, { "flywheel/v0/run": "x" }), ["program ./run found"])
  assert.deepEqual(started(undefined), ["program ./run certain"])
  assert.deepEqual(startedFiles({ tree: memoryTree({}), scope: "image" }), [])
})

test("a script that an interpreter is to read is looked for as well, in the gear's folder and not on the PATH", () => {
  const tree = { "usr/bin/python3": "x", "flywheel/v0/run.py": { mode: 0o644 }, "usr/bin/other.py": "x" }
  assert.deepEqual(started("python3 -u run.py --x", tree), ["program python3 found", "script run.py found"])
  assert.deepEqual(started("python3 other.py", tree), ["program python3 found", "script other.py certain"])
  // In sources, what is not there may be made by the build, but for what lies elsewhere.
  assert.deepEqual(started("bash made.sh", {}, "sources"), ["program bash unknown", "script made.sh unknown"])
})

test("where flags hide the script, none is guessed", () => {
  const tree = { "usr/bin/python3": "x", "bin/bash": "x" }
  for (const command of ["python3 -m module", "bash -c 'x'", "python3", "python3 -W error run.py"])
    assert.equal(started(command, tree).length, 1, command)
})

test("interpreters are known by their names, wherever they lie", () => {
  for (const program of ["python3.12", "/opt/conda/bin/python", "sh", "Rscript", "octave-cli"])
    assert.ok(isInterpreter(program), program)
  for (const program of ["pythonic", "./run", "fish", "python3-config", ""]) assert.ok(!isInterpreter(program), program)
})

test("files that are not there are none of those that are", () => {
  const files = foundFiles(image({ "bin/bash": "x" }, { command: "bash missing.sh" }))
  assert.deepEqual(
    files.map(({ entry }) => entry.path),
    ["bin/bash"],
  )
})
