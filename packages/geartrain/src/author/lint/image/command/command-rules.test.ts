import assert from "node:assert/strict"
import { test } from "node:test"
import type { GearManifest } from "@geartrain/spec"
import { type MemoryTree, memoryTree } from "../../../../../test/author/lint/memory-tree.ts"
import type { LintedImage } from "../linted-image.ts"
import { COMMAND_RULES } from "./command-rules.ts"

const ELF = "\u007fELF"
const RUN = "flywheel/v0/run"
const BASH: MemoryTree = { "bin/bash": ELF }

function check(id: string, tree: MemoryTree, manifest: object = {}, more: Partial<LintedImage> = {}) {
  const rule = COMMAND_RULES.find((one) => one.id === `command/${id}`)
  const image: LintedImage = {
    tree: memoryTree({ ...BASH, ...tree }),
    scope: "image",
    manifest: { config: {}, inputs: {}, ...manifest } as unknown as GearManifest,
    ...more,
  }
  return rule?.check(image)
}

test("missing: what is not there is told with where it was looked for, and what mends it", () => {
  const path = { environment: { PATH: "/opt/bin:/bin" } }
  assert.deepEqual(check("missing", {}, { command: "bet a", ...path }), [
    {
      file: "/flywheel/v0/manifest.json",
      message: "there is no bet on the PATH /opt/bin:/bin, which the command starts",
      fix: "Put it there, or mend the command",
    },
  ])
  const bare = check("missing", { "flywheel/v0/go": ELF }, { command: "go", ...path })
  assert.equal(bare?.[0]?.fix, 'Write "./go": the gear\'s own folder is not on its PATH')
  const absolute = check("missing", {}, { command: "/opt/none x" })
  assert.equal(absolute?.[0]?.message, "there is no /opt/none, which the command starts")
})

test("missing: an ENTRYPOINT does not stand in for a run, and that is said", () => {
  const declaration = { env: [], user: "", workdir: "", entrypoint: ["/x"], cmd: [], labels: {} }
  const [found] = check("missing", {}, {}, { declaration }) ?? []
  assert.equal(found?.file, "/flywheel/v0/run")
  assert.match(found?.message ?? "", /; the image's ENTRYPOINT is not used by gears$/)
  assert.deepEqual(check("missing", { [RUN]: ELF }, {}, { declaration }), [])
})

test("not-executable: who may not start it is told, by the bits that count for that user", () => {
  const user = (uid: number, gid: number) => ({ custom: { flywheel: { uid, gid } } })
  const modes: readonly (readonly [mode: number, manifest: object, isFound: boolean])[] = [
    [0o644, {}, true],
    [0o001, {}, false],
    [0o711, user(5, 6), false],
    [0o710, user(5, 6), true],
    [0o611, user(7, 6), true],
    [0o601, user(5, 8), true],
  ]
  for (const [mode, manifest, isFound] of modes) {
    const found = check("not-executable", { [RUN]: { mode, uid: 7, gid: 8 } }, manifest)
    assert.equal(found?.length, isFound ? 1 : 0, mode.toString(8))
  }
  const [found] = check("not-executable", { [RUN]: { mode: 0o4640 } }, user(5, 6)) ?? []
  assert.equal(found?.message, "its mode is 4640: it may not be executed, and the gear runs as user 5")
})

test("interpreter: what is there under nearly the same name is offered", () => {
  const fixOf = (line: string, tree: MemoryTree): string | undefined =>
    check("interpreter", { [RUN]: line, ...tree })?.[0]?.fix
  assert.equal(fixOf("#!/usr/bin/python", { "usr/bin/python3": ELF }), "Write #!/usr/bin/env python3, which is there")
  assert.equal(fixOf("#!/usr/local/bin/bash", {}), "Write #!/usr/bin/env bash")
  assert.equal(
    fixOf("#!/usr/bin/env nodejs", { "usr/bin/env": ELF, "usr/bin/node": ELF }),
    "Write #!/usr/bin/env node, which is there",
  )
  assert.equal(fixOf("#!/usr/bin/julia", {}), "Install it, or name another")
  const [env] = check("interpreter", { [RUN]: "#!/usr/bin/env python3" }) ?? []
  assert.match(env?.message ?? "", /^its first line asks for \/usr\/bin\/env, which is not there$/)
})

test("crlf: what the kernel would look for is shown, and a mark before #! is told instead", () => {
  const [found] = check("crlf", { [RUN]: "#!/usr/bin/env python3\r\n" }) ?? []
  assert.equal(
    found?.message,
    String.raw`its lines end with carriage returns, so that its first line asks for "python3\r"`,
  )
  assert.equal(found?.fix, String.raw`Save it with line ends of Unix: sed -i 's/\r$//' run`)
  const marked = check("crlf", { [RUN]: "\ufeff#!/bin/sh\r\n" }) ?? []
  assert.deepEqual([marked.length, /byte-order mark/.test(marked[0]?.message ?? "")], [1, true])
  const python: MemoryTree = { "usr/bin/python3": ELF, [RUN]: "#!/usr/bin/python3\r\n" }
  assert.deepEqual(check("crlf", python, { command: "python3 run" }), [])
  // With such a mark no interpreter is looked for at all.
  assert.deepEqual(check("interpreter", { [RUN]: "\ufeff#!/none\n" }), [])
})

test("no-bash: worse where the manifest has a command; where bash lies beside the PATH, that is told", () => {
  const environment = { PATH: "/opt" }
  const with_ = check("no-bash", {}, { command: "./x", environment }) ?? []
  assert.deepEqual(
    [with_[0]?.severity, with_[0]?.message],
    ["error", "bash lies at /bin/bash, and not on the PATH, which runs the command"],
  )
  const without = check("no-bash", { "bin/bash": { target: "/nowhere" } }) ?? []
  assert.deepEqual(
    [without[0]?.severity, without[0]?.message, without[0]?.file],
    ["warning", "the image has no bash, which the specification asks for", "/bin/bash"],
  )
  assert.deepEqual(check("no-bash", {}, { environment }, { scope: "sources" }), [])
})

test("format: only a run that the kernel starts has to be a program or a script", () => {
  for (const head of [ELF, "#!/bin/sh", "\u007fELF..."]) assert.deepEqual(check("format", { [RUN]: head }), [], head)
  for (const head of ["echo", "", "\u007fELG", " #!/bin/sh"])
    assert.equal(check("format", { [RUN]: head })?.length, 1, head)
  assert.deepEqual(check("format", { [RUN]: "echo" }, { command: "./run" }), [])
})

test("without a manifest there is nothing to say of a command", () => {
  const image: LintedImage = { tree: memoryTree({}), scope: "image" }
  assert.deepEqual(
    COMMAND_RULES.flatMap((rule) => rule.check(image)),
    [],
  )
})
