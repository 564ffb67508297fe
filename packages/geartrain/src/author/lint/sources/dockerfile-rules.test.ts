import assert from "node:assert/strict"
import { test } from "node:test"
import type { GearManifest } from "@geartrain/spec"
import { lintDockerfile } from "./dockerfile-rules.ts"

function lint(
  lines: readonly string[],
  { environment = {}, files = [] }: { readonly environment?: object; readonly files?: readonly string[] } = {},
) {
  const manifest = { config: {}, inputs: {}, environment } as unknown as GearManifest
  return lintDockerfile({
    file: "Dockerfile",
    text: lines.join("\n"),
    manifest,
    hasFile: (name) => files.includes(name),
  })
}

function told(...given: Parameters<typeof lint>): readonly string[] {
  return lint(...given).map(({ rule, place }) => `${place.line} ${rule}`)
}

test("a base without a tag, or with latest, is told; the port of a registry is no tag", () => {
  for (const base of [
    "debian",
    "debian:latest",
    "host:5000/debian",
    "--platform=linux/amd64 debian",
    "docker.io/a/b AS x",
  ])
    assert.deepEqual(told([`FROM ${base}`]), ["1 repeat/base-image"], base)
  for (const base of [
    "debian:12",
    "host:5000/debian:12-slim",
    "debian@sha256:0",
    "debian:latest@sha256:0",
    "scratch",
    "dir:/x",
    "$BASE",
  ])
    assert.deepEqual(told([`FROM ${base}`]), [], base)
  assert.equal(lint(["FROM a/debian"])[0]?.message, "FROM a/debian means another image after its next release")
})

test("an earlier stage is a base that is known, a later one is not", () => {
  assert.deepEqual(told(["FROM debian:12 AS tools", "FROM tools"]), [])
  assert.deepEqual(told(["FROM tools", "FROM debian:12 as tools"]), ["1 repeat/base-image"])
})

test("only the last stage becomes the gear: variables and programs of others are their own affair", () => {
  const stage = ["ENV FSLDIR=/opt/fsl", 'ENTRYPOINT ["run.py"]']
  assert.deepEqual(told(["FROM debian:12 AS tools", ...stage, "FROM tools"]), [])
  assert.deepEqual(told(["FROM debian:12", ...stage]), ["2 image/env", "3 image/entrypoint"])
  assert.deepEqual(told(["FROM debian:12", ...stage], { environment: { FSLDIR: "/opt/fsl" } }), ["3 image/entrypoint"])
})

test("words in shell form are fine, and a CMD beside an ENTRYPOINT is its arguments", () => {
  const base = "FROM debian:12"
  assert.deepEqual(told([base, "ENTRYPOINT run.py --all"]), [])
  assert.deepEqual(told([base, 'ENTRYPOINT ["/x"]', 'CMD ["an argument"]']), [])
  assert.deepEqual(told([base, 'CMD ["an argument"]', 'ENTRYPOINT ["/x"]']), [])
  assert.deepEqual(told([base, 'CMD ["python run.py"]']), ["2 image/entrypoint"])
  // What lies beside it is a script that is not on the PATH; of any other name nobody knows.
  assert.deepEqual(told([base, 'CMD ["go"]'], { files: ["go"] }), ["2 image/entrypoint"])
  assert.deepEqual(told([base, 'CMD ["go"]']), [])
})

test("findings come in the order of the lines, and a file without stages has none", () => {
  const lines = ["FROM debian:12", 'CMD ["a b"]', "ENV A=1", "FROM debian", 'CMD ["a b"]', "ENV A=1"]
  assert.deepEqual(told(lines), ["4 repeat/base-image", "5 image/entrypoint", "6 image/env"])
  assert.deepEqual(told([""]), [])
  assert.deepEqual(told(["# FROM debian"]), [])
})

test("without a manifest nothing is said of variables", () => {
  assert.deepEqual(lintDockerfile({ file: "D", text: "FROM debian:12\nENV A=1", hasFile: () => false }), [])
})
