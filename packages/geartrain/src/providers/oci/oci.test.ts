import assert from "node:assert/strict"
import { test } from "node:test"
import { PREPARED_BOX } from "../../../test/providers/prepared-box.ts"
import type { PreparedBox } from "../box/backend.ts"
import { ociSeccomp } from "../box/seccomp/oci-seccomp.ts"
import { bundleOf } from "./bundle.ts"
import { runCommand } from "./commands.ts"
import { ociEnding, ociVersion, pidOf } from "./replies.ts"
import { OCI_RUNTIMES } from "./runtimes.ts"

function bundle(changes: Partial<PreparedBox> = {}, runtime: "crun" | "runc" = "crun") {
  return bundleOf(
    { ...PREPARED_BOX, ...changes },
    {
      isFolder: (path) => path.endsWith("folder"),
      runtime: OCI_RUNTIMES[runtime],
      seccomp: ociSeccomp("x86_64"),
      filter: "BASE64",
    },
  )
}

test("a bundle says the box's process, and gives it no new privileges", () => {
  const { process, hostname } = bundle()
  assert.deepEqual(process.args, ["sh", "-c", "echo 'a b'"])
  assert.deepEqual(process.env, ["A=1=2", "B=x y"])
  assert.deepEqual([process.cwd, process.noNewPrivileges, process.terminal], ["/flywheel/v0", true, false])
  assert.deepEqual(process.user, { uid: 1000, gid: 100, umask: 0o022 })
  assert.ok(!process.capabilities.bounding.includes("CAP_SYS_ADMIN"))
  assert.ok(!("ambient" in process.capabilities) && !("inheritable" in process.capabilities))
  assert.equal(hostname, "gear")
  assert.deepEqual(process.rlimits, [
    { type: "RLIMIT_CORE", hard: 0, soft: 0 },
    { type: "RLIMIT_NOFILE", hard: 1024, soft: 1024 },
    { type: "RLIMIT_FSIZE", hard: 5000, soft: 5000 },
  ])
})

test("mounts can hold neither devices nor setuid programs, inputs are read-only to the last folder", () => {
  const mounts = bundle().mounts
  for (const { source } of PREPARED_BOX.mounts) {
    const options = mounts.find((mount) => mount.source === source)?.options ?? []
    for (const option of ["rbind", "nosuid", "nodev"]) assert.ok(options.includes(option), `${source} ${option}`)
  }
  const access = (source: string) => mounts.find((mount) => mount.source === source)?.options[1]
  assert.deepEqual([access("/data/folder"), access("/data/file"), access("/data/out")], ["rro", "ro", "rw"])
  assert.deepEqual(mounts[0]?.destination, "/.", "the root is mounted once more, without devices")
})

test("there is a network namespace of the box's own, empty unless one was made for it", () => {
  const namespaces = (changes: Partial<PreparedBox>) => bundle(changes).linux.namespaces
  for (const type of ["pid", "ipc", "uts", "mount", "cgroup", "network"]) {
    assert.ok(
      namespaces({}).some((one) => one.type === type),
      type,
    )
  }
  assert.deepEqual(
    namespaces({ networkNamespace: "/state/net" }).find(({ type }) => type === "network"),
    { type: "network", path: "/state/net" },
  )
})

test("who has one user only is 0 there, or gets the box's number by one namespace more where the runtime can", () => {
  assert.deepEqual(bundle({ userMapping: "single" }, "runc").process.user, { uid: 0, gid: 0, umask: 0o022 })
  const mapped = bundle({ userMapping: "single" })
  assert.deepEqual(mapped.process.user, { uid: 1000, gid: 100, umask: 0o022 })
  assert.deepEqual(mapped.linux.uidMappings, [{ containerID: 1000, hostID: 0, size: 1 }])
  assert.ok(mapped.linux.namespaces.some(({ type }) => type === "user"))
  const root = bundle({ userMapping: "single", box: { ...PREPARED_BOX.box, uid: 0, gid: 0 } })
  assert.ok(!root.linux.namespaces.some(({ type }) => type === "user"))
})

test("a runtime that takes a ready-made filter gets it, and would start nothing without it; the other gets the profile", () => {
  assert.deepEqual(bundle().annotations, { "run.oci.seccomp_bpf_data": "BASE64" })
  assert.deepEqual(bundle().linux.seccomp, { defaultAction: "SCMP_ACT_ERRNO" })
  assert.equal(bundle({}, "runc").annotations, undefined)
  assert.deepEqual(bundle({}, "runc").linux.seccomp, ociSeccomp("x86_64"))
})

test("a terminal has the size of the caller's", () => {
  const { process } = bundle({ streams: "terminal", terminal: { height: 40, width: 120 } })
  assert.equal(process.terminal, true)
  assert.deepEqual(process.consoleSize, { height: 40, width: 120 })
})

test("a runtime is started from where no box can change it, and leaves control groups alone", () => {
  const words = runCommand(OCI_RUNTIMES.crun, "/usr/bin/crun", { ...PREPARED_BOX, id: "box-1" })
  assert.deepEqual(words.slice(0, 2), ["/own/crun", "--cgroup-manager=disabled"])
  assert.ok(words.includes("file:/state/boxes/1/backend.log"))
  assert.ok(
    runCommand(OCI_RUNTIMES.runc, "/usr/sbin/runc", { ...PREPARED_BOX, id: "box-1" }).includes(
      "/state/boxes/1/backend.log",
    ),
  )
  assert.equal(words.at(-1), "box-1")
})

test("versions and numbers of processes are read whole or not at all", () => {
  assert.equal(ociVersion("crun version 1.8.1\ncommit: f8a0\n"), "1.8.1")
  for (const text of ["", "docker version 1", "a crun version 1"]) assert.equal(ociVersion(text), undefined)
  assert.equal(pidOf("42\n"), 42)
  for (const text of [undefined, "", "4x", "-4", "4 2"]) assert.equal(pidOf(text), undefined)
})

const line = (level: string, msg: string): string => `${JSON.stringify({ level, msg })}\n`

test("an exit code is the command's unless the runtime complains itself", () => {
  assert.deepEqual(ociEnding(3, ""), { type: "ended", code: 3 })
  assert.deepEqual(ociEnding(1, line("warning", "something")), { type: "ended", code: 1 })
  assert.deepEqual(ociEnding(1, line("error", "mount: denied")), { type: "failed", words: "mount: denied" })
  assert.deepEqual(ociEnding(0, line("error", "late")), { type: "ended", code: 0 })
})

test("a command that is not there and one that cannot be executed are told apart, by each runtime's words", () => {
  for (const words of [
    "executable file `nothing` not found in $PATH: No such file or directory",
    'exec: "nothing": executable file not found in $PATH',
    "exec /run: no such file or directory",
  ]) {
    assert.deepEqual(ociEnding(1, line("error", words)), { type: "no-command", code: 127 }, words)
  }
  for (const words of [
    "open executable: Permission denied",
    'exec: "/flywheel/v0": is a directory',
    "exec /run: exec format error",
  ]) {
    assert.deepEqual(ociEnding(1, line("error", words)), { type: "no-command", code: 126 }, words)
  }
})

test("a log that was cut short, or is none, is read as far as it makes sense", () => {
  assert.deepEqual(ociEnding(2, '{"level":"error","ms'), { type: "ended", code: 2 })
  assert.deepEqual(ociEnding(2, 'null\n42\n"error"\n'), { type: "ended", code: 2 })
  assert.deepEqual(ociEnding(2, `${line("error", "a")}${line("error", "b")}{`), { type: "failed", words: "a; b" })
})
