import assert from "node:assert/strict"
import { test } from "node:test"
import { PREPARED_BOX } from "../../../test/providers/prepared-box.ts"
import type { PreparedBox } from "../box/backend.ts"
import { GEAR_CAPABILITIES } from "../box/root/gear-capabilities.ts"
import { bwrapCommand, bwrapOptions, optionsFile } from "./commands.ts"
import { bwrapEnding, bwrapVersion, childPid } from "./replies.ts"

/** As the user of the box is root, who has capabilities to lose. */
const PREPARED: PreparedBox = {
  ...PREPARED_BOX,
  box: { ...PREPARED_BOX.box, uid: 0, gid: 0 },
  userMapping: "single",
  resourceLimits: { coreBytes: 0, openFiles: 1024 },
}

/** The words that follow an option. */
function after(options: readonly string[], option: string, count = 1): readonly string[] {
  const at = options.indexOf(option)
  return at < 0 ? [] : options.slice(at + 1, at + 1 + count)
}

test("what a box has in its environment is in a file, and in no list of processes", () => {
  const { words } = bwrapCommand("/usr/bin/bwrap", PREPARED, ["env", "--default-signal=INT"])
  assert.deepEqual(words.slice(0, 3), ["env", "--default-signal=INT", "/own/bwrap"])
  assert.deepEqual(words.slice(-4), ["--", "sh", "-c", "echo 'a b'"])
  assert.ok(!words.some((word) => word.includes("x y")))
  const options = bwrapOptions(PREPARED, new Map())
  assert.deepEqual(after(options, "--setenv", 5), ["A", "1=2", "--setenv", "B", "x y"])
  assert.ok(options.indexOf("--clearenv") < options.indexOf("--setenv"))
  assert.equal(optionsFile(["a", "b\nc", ""]), "a\0b\nc\0\0")
})

test("a box has no network unless one was made for it, and then it is entered from outside", () => {
  assert.ok(bwrapOptions(PREPARED, new Map()).includes("--unshare-net"))
  const outbound = { ...PREPARED, networkNamespace: "/state/boxes/1/net" }
  assert.ok(!bwrapOptions(outbound, new Map()).includes("--unshare-net"))
  assert.deepEqual(bwrapCommand("/usr/bin/bwrap", outbound, []).words.slice(0, 3), [
    "nsenter",
    "--net=/state/boxes/1/net",
    "--",
  ])
})

test("all capabilities are dropped, and only user 0 gets the few back", () => {
  const root = bwrapOptions(PREPARED, new Map())
  assert.deepEqual(after(root, "--cap-drop"), ["ALL"])
  assert.equal(root.filter((option) => option === "--cap-add").length, GEAR_CAPABILITIES.length)
  const user = bwrapOptions({ ...PREPARED, box: { ...PREPARED.box, uid: 1000, gid: 100 } }, new Map())
  assert.deepEqual([after(user, "--uid"), after(user, "--gid")], [["1000"], ["100"]])
  assert.ok(!user.includes("--cap-add"))
  for (const option of ["--die-with-parent", "--unshare-user", "--unshare-pid", "--unshare-ipc", "--seccomp"]) {
    assert.ok(user.includes(option), option)
  }
})

test("inputs are mounted read-only and outputs are not, over the root and before the folder is entered", () => {
  const options = bwrapOptions(PREPARED, new Map())
  assert.deepEqual(after(options, "--ro-bind", 2), ["/data/folder", "/flywheel/v0/input/a"])
  const at = options.indexOf("/flywheel/v0/output")
  assert.deepEqual(options.slice(at - 2, at), ["--bind", "/data/out"])
  assert.ok(options.indexOf("/state/boxes/1/root") < at && at < options.indexOf("--chdir"))
})

test("paths of the kernel are masked as what they are, and those that it does not have are left out", () => {
  const there = new Map<string, "file" | "folder">([
    ["/proc/kcore", "file"],
    ["/proc/acpi", "folder"],
    ["/proc/sys", "folder"],
  ])
  const options = bwrapOptions(PREPARED, there).join(" ")
  assert.match(options, / --ro-bind \/dev\/null \/proc\/kcore /)
  assert.match(options, / --tmpfs \/proc\/acpi --remount-ro \/proc\/acpi /)
  assert.match(options, / --ro-bind \/proc\/sys \/proc\/sys /)
  assert.doesNotMatch(options, /\/proc\/keys|\/proc\/bus/)
})

test("limits of each process are set by the shell, sizes of files in its blocks and never as none", () => {
  const before = (fileBytes?: number): string | undefined =>
    bwrapCommand(
      "/usr/bin/bwrap",
      {
        ...PREPARED,
        resourceLimits: { ...PREPARED.resourceLimits, ...(fileBytes === undefined ? {} : { fileBytes }) },
      },
      [],
    ).before
  assert.equal(before(), "ulimit -c 0 && ulimit -n 1024")
  assert.match(before(1024) ?? "", /ulimit -f 2$/)
  assert.match(before(1025) ?? "", /ulimit -f 3$/)
  assert.match(before(0) ?? "", /ulimit -f 1$/)
})

test("bubblewrap's version and first process are read from what it says, and from nothing else", () => {
  assert.equal(bwrapVersion("bubblewrap 0.11.0\n"), "0.11.0")
  for (const text of ["", "bwrap 1", "not bubblewrap 1"]) assert.equal(bwrapVersion(text), undefined)
  assert.equal(childPid('{ "child-pid": 4711 }\n{ "exit-code": 0 }\n'), 4711)
  for (const text of [undefined, "", "{", '{ "exit-code": 3 }']) assert.equal(childPid(text), undefined)
})

test("an exit code counts as the command's only where bubblewrap says so, or a signal ended it", async () => {
  const words = (text: string) => async () => text
  assert.deepEqual(await bwrapEnding(1, '{ "exit-code": 1 }', words("")), { type: "ended", code: 1 })
  assert.deepEqual(await bwrapEnding(137, "", words("")), { type: "ended", code: 137 })
  assert.deepEqual(await bwrapEnding(1, "", words("bwrap: execvp ./run: No such file or directory\n")), {
    type: "no-command",
    code: 127,
  })
  assert.deepEqual(await bwrapEnding(1, "", words("bwrap: execvp ./run: Permission denied")), {
    type: "no-command",
    code: 126,
  })
  assert.deepEqual(await bwrapEnding(1, "", words("bwrap: Can't mkdir /x: Read-only file system")), {
    type: "failed",
    words: "bwrap: Can't mkdir /x: Read-only file system",
  })
  assert.deepEqual(await bwrapEnding(1, undefined, words(" ")), {
    type: "failed",
    words: "bubblewrap ended with exit code 1",
  })
})
