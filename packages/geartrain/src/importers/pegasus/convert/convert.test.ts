import assert from "node:assert/strict"
import { test } from "node:test"
import { profilesOfProperties } from "../plan/jobs/property-profiles.ts"
import { namer } from "./convert-names.ts"
import { contentVersion } from "./gears/gear-version.ts"
import { runScript } from "./gears/run-script.ts"
import { exactly } from "./join-files.ts"
import { localPath } from "./local-path.ts"
import { splitArguments } from "./split-arguments.ts"
import { takeOverText } from "./take-over.ts"

test("arguments are split at blanks outside of quotes, whatever items they were in", () => {
  assert.deepEqual(splitArguments(["-a preprocess", "-m 'two words'", '""', "x"]), [
    "-a",
    "preprocess",
    "-m",
    "two words",
    "",
    "x",
  ])
})

test("names that come out the same get a number", () => {
  const name = namer("-", { most: 8, lower: true })
  assert.deepEqual([name("A b"), name("a_b"), name("A b"), name("ü")], ["a-b", "a-b-2", "a-b", "x"])
})

test("a pattern fits just the path that it was made of", () => {
  assert.equal(exactly("a*[1].txt"), "a\\*\\[1\\].txt")
})

test("paths of this machine are those of file URLs, too", () => {
  assert.deepEqual(["/a", "file:///a%20b", "file:/c", "http://x/d"].map(localPath), ["/a", "/a b", "/c", undefined])
})

test("a program with a blank in its path is quoted in the script", () => {
  assert.match(runScript("/opt/my tool"), /exec '\/opt\/my tool' "\$@"/)
})

test("what is said often stands in the table once", () => {
  const row = { what: "profile a|b", taken: "no", how: "It\nis" } as const
  assert.match(takeOverText("w", [row, row]), /\| profile a\\\|b \(2 times\) \| no \| It is \|/)
})

test("a gear's version tells its content, whatever version it had, and is one of a release", () => {
  const version = contentVersion({ name: "wc", version: "1" }, { run: "a" })
  assert.match(version, /^0\.1\.0-c[0-9a-f]{12}$/)
  assert.equal(contentVersion({ version: "2", name: "wc" }, { run: "a" }), version)
  const others = [contentVersion({ name: "wc" }, { run: "b" }), contentVersion({ name: "we" }, { run: "a" })]
  assert.equal(new Set([version, ...others]).size, 3)
})

test("profiles of properties are those with a namespace of profiles", () => {
  const found = profilesOfProperties(
    new Map([
      ["dagman.retry", "2"],
      ["env.PATH", "/bin"],
      ["other.x", "1"],
    ]),
  )
  assert.deepEqual(found, { dagman: { retry: "2" }, env: { PATH: "/bin" } })
})
