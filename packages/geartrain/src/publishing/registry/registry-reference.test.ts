import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { isLoopback, isRegistryReference, parseRegistryReference } from "./registry-reference.ts"

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}` as const

test("a reference is taken apart into host, repository, tag and digest", () => {
  const cases = {
    "registry.test/tool": { host: "registry.test", repository: "tool", tag: "latest" },
    "docker://registry.test/lab/sub/tool:1.0": { host: "registry.test", repository: "lab/sub/tool", tag: "1.0" },
    "localhost/tool:x": { host: "localhost", repository: "tool", tag: "x" },
    "plainname:5000/tool": { host: "plainname:5000", repository: "tool", tag: "latest" },
    "127.0.0.1:5000/a_b/c-d.e__f": { host: "127.0.0.1:5000", repository: "a_b/c-d.e__f", tag: "latest" },
    "[::1]:5000/tool": { host: "[::1]:5000", repository: "tool", tag: "latest" },
    [`registry.test/tool@${DIGEST}`]: { host: "registry.test", repository: "tool", tag: "latest", digest: DIGEST },
    [`registry.test/tool:1@${DIGEST}`]: { host: "registry.test", repository: "tool", tag: "1", digest: DIGEST },
  }
  for (const [text, parts] of Object.entries(cases)) assert.deepEqual(parseRegistryReference(text), parts, text)
})

test("what is no reference is refused with what would be one", () => {
  for (const [text, words] of [
    ["tool", /does not begin with the host of a registry/],
    ["library/tool", /does not begin with the host/],
    ["docker://", /does not begin with the host/],
    ["registry.test/", /"" is no name of a repository/],
    ["registry.test/Tool", /"Tool" is no name of a repository/],
    ["registry.test/../etc", /is no name of a repository/],
    ["registry.test/a//b", /is no name of a repository/],
    ["registry.test/tool:", /"" is no tag/],
    ["registry.test/tool:a b", /"a b" is no tag/],
    ["registry.test/tool:a/b", /"a\/b" is no tag/],
    ["registry.test/tool@sha256:12", /"sha256:12" is no digest/],
    [`registry.test/tool@${DIGEST}@x`, /is no digest/],
    [`registry.test/${"a".repeat(256)}`, /is no name of a repository/],
  ] as const) {
    assert.throws(
      () => parseRegistryReference(text),
      (error) =>
        isGeartrainError(error, "IMAGE_REFERENCE_INVALID") && words.test(error.message) && error.hint !== undefined,
      text,
    )
  }
})

test("a path is not taken for a reference", () => {
  for (const text of ["./tool.tar", "../tool", "/abs/tool", "folder/tool", "tool.tar", "a b/c"])
    assert.ok(!isRegistryReference(text), text)
  for (const text of ["docker://x", "localhost/x", "a.b/x", "a:1/x"]) assert.ok(isRegistryReference(text), text)
})

test("only this machine is loopback", () => {
  for (const host of ["localhost", "localhost:5000", "127.0.0.1", "127.1.2.3:80", "[::1]:5000"])
    assert.ok(isLoopback(host), host)
  for (const host of ["localhost.test", "128.0.0.1", "127.0.0.1.test", "10.0.0.1:5000", "[::2]"])
    assert.ok(!isLoopback(host), host)
})
