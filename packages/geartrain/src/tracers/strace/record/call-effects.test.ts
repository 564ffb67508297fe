import assert from "node:assert/strict"
import { test } from "node:test"
import { callEffects } from "./call-effects.ts"

/** `"text"` as strace writes it, in hexadecimal digits. */
function quoted(text: string): string {
  return `"${digits(text)}"`
}

function folder(path: string): string {
  return `AT_FDCWD<${digits(path)}>`
}

function digits(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")
}

test("what opening a file does to it is told by its flags", () => {
  const cases = {
    O_RDONLY: ["read"],
    "O_RDONLY|O_CLOEXEC": ["read"],
    "O_RDONLY|O_CREAT": ["read", "write"],
    O_WRONLY: ["write"],
    "O_WRONLY|O_CREAT|O_TRUNC": ["write"],
    O_RDWR: ["read", "write"],
    "O_RDONLY|O_TRUNC": ["read", "write"],
    // Looks at it, whatever else is said.
    "O_PATH|O_RDWR": ["look"],
    "O_RDWR|O_TMPFILE": ["read", "write"],
  }
  for (const [flags, actions] of Object.entries(cases)) {
    assert.deepEqual(callEffects("open", [quoted("/a"), flags]).files, [{ actions, name: "/a" }], flags)
    assert.deepEqual(
      callEffects("openat", [folder("/w"), quoted("a"), flags]).files,
      [{ actions, name: "a", from: "/w" }],
      flags,
    )
  }
})

test("a call about two files tells of both", () => {
  assert.deepEqual(callEffects("rename", [quoted("a"), quoted("b")]).files, [
    { actions: ["write"], name: "a" },
    { actions: ["write"], name: "b" },
  ])
  assert.deepEqual(callEffects("linkat", [folder("/x"), quoted("a"), folder("/y"), quoted("b"), "0"]).files, [
    { actions: ["look"], name: "a", from: "/x" },
    { actions: ["write"], name: "b", from: "/y" },
  ])
})

test("of a link by name, what it says is no file that the call looks at", () => {
  assert.deepEqual(callEffects("symlink", [quoted("/target"), quoted("link")]).files, [
    { actions: ["write"], name: "link" },
  ])
})

test("with a descriptor and no name, the call is about what the descriptor leads to; with neither, about nothing", () => {
  const file = `3<${digits("/f")}>`
  assert.deepEqual(callEffects("newfstatat", [file, quoted(""), "0x1", "AT_EMPTY_PATH"]).files, [
    { actions: ["look"], name: "", from: "/f" },
  ])
  assert.deepEqual(callEffects("utimensat", [file, "NULL", "NULL", "0"]).files, [
    { actions: ["write"], name: "", from: "/f" },
  ])
  assert.equal(callEffects("newfstatat", [folder("/w"), quoted(""), "0x1", "0"]).files[0]?.name, undefined)
  assert.equal(callEffects("unlink", [quoted("")]).files[0]?.name, undefined)
})

test("memory that is not the process's names no file", () => {
  assert.deepEqual(callEffects("unlink", ["0x1"]).files, [{ actions: ["write"], name: undefined }])
})

test("an address is reached for, and a socket in the file system looked for", () => {
  const address = `{sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr(${quoted("1.2.3.4")})}`
  assert.deepEqual(callEffects("connect", ["3", address, "16"]), { files: [], addresses: ["1.2.3.4:9"] })
  assert.deepEqual(callEffects("sendto", ["3", "0x1", "1", "0", address, "16"]).addresses, ["1.2.3.4:9"])
  assert.deepEqual(callEffects("connect", ["3", `{sa_family=AF_UNIX, sun_path=${quoted("/s")}}`, "4"]), {
    files: [{ actions: ["look"], name: "/s" }],
    addresses: [],
  })
})

test("calls that name nothing do nothing, and no name of an object's own member is a call", () => {
  for (const call of ["read", "futex", "constructor", "__proto__", "toString"])
    assert.deepEqual(callEffects(call, [quoted("/a")]), { files: [], addresses: [] }, call)
})

test("a call with too few arguments throws nothing", () => {
  for (const call of ["openat", "rename", "linkat", "connect", "execveat"]) {
    const { files, addresses } = callEffects(call, [])
    assert.ok(files.every(({ name }) => name === undefined))
    assert.deepEqual(addresses, [])
  }
})
