import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { test } from "node:test"
import fc from "fast-check"
import { MemoryFiles } from "./memory-files.ts"
import { shellLines } from "./shell-lines.ts"
import { TextStream } from "./text-stream.ts"

test("commands are parted as a shell parts them, with what joins them", () => {
  const lines = shellLines("echo 'a  b' $X >/out && exit 3 || true\nsleep 1 & wait", { X: "x y" })
  assert.deepEqual(
    lines.map(({ words, joint }) => [words, joint]),
    [
      [["echo", "a  b", "x y"], "&&"],
      [["exit", "3"], "||"],
      [["true"], ";"],
      [["sleep", "1"], "&"],
      [["wait"], ";"],
    ],
  )
  assert.deepEqual(lines[0]?.redirections, [{ from: "stdout", to: "/out" }])
  assert.deepEqual(shellLines("cat </in 2>&1 >/dev/null", {})[0]?.redirections, [
    { from: "stdin", to: "/in" },
    { from: "stderr", to: "&1" },
    { from: "stdout", to: "/dev/null" },
  ])
  assert.deepEqual(shellLines("", {}), [])
})

test("words of the part that is known are read as the real shell reads them", () => {
  const part = fc.constantFrom("a", "'b c'", "''", "$X", "d-e", "'$X'", "/f.g")
  const word = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(""))
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
      // Without any word, printf would print its format once.
      const script = `printf '%s|' first ${words.join(" ")}`
      const real = execFileSync("sh", ["-c", script], { env: { X: "value" } }).toString()
      const [line] = shellLines(script, { X: "value" })
      assert.equal(
        line?.words
          .slice(2)
          .map((text) => `${text}|`)
          .join(""),
        real,
      )
    }),
    { numRuns: 25 },
  )
})

test("what is not known is refused, and never read as something else", () => {
  for (const script of ['echo "a"', "echo `date`", "a | b"])
    assert.throws(() => shellLines(script, {}), RangeError, script)
})

test("a box sees the root, over it what it wrote, and over both what is mounted", () => {
  const host = new Map([
    ["/root/etc/file", "of the root"],
    ["/data/in/a", "input"],
    ["/data/out/", ""],
  ])
  const files = new MemoryFiles(host, {
    root: "/root",
    mounts: [
      { source: "/data/in", target: "/in", access: "read-only" },
      { source: "/data/out", target: "/out", access: "read-write" },
    ],
  })
  assert.equal(files.read("/etc/file"), "of the root")
  assert.equal(files.write("/etc/file", "changed"), true)
  assert.deepEqual([files.read("/etc/file"), host.get("/root/etc/file")], ["changed", "of the root"])
  assert.equal(files.write("/etc/file", undefined), true)
  assert.equal(files.read("/etc/file"), undefined)
  assert.equal(files.write("/in/a", "x"), false)
  assert.equal(files.read("/in/a"), "input")
  assert.equal(files.write("/out/b", "kept"), true)
  assert.equal(host.get("/data/out/b"), "kept")
  assert.deepEqual(files.list("/in"), ["a"])
  assert.deepEqual(files.list("/out"), ["b"])
  assert.ok(!files.list("/etc").includes("file"))
})

test("a reader that comes late gets all that was written, and nothing after the end", async () => {
  const stream = new TextStream()
  stream.write("one ")
  setImmediate(() => {
    stream.write("two")
    stream.end()
    stream.write("lost")
  })
  let text = ""
  for await (const piece of stream) text += new TextDecoder().decode(piece)
  assert.equal(text, "one two")
})
