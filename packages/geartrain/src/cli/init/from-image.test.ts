import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { test } from "node:test"
import type { GearOrigin, ImageDeclaration } from "@geartrain/spec"
import { filesFromImage } from "./from-image.ts"

const DECLARED: ImageDeclaration = { env: [], user: "", workdir: "", entrypoint: [], cmd: [], labels: {} }

function files(
  declaration: Partial<ImageDeclaration>,
  origin: GearOrigin = { kind: "registry", reference: "docker://lab/tool:1" } as GearOrigin,
) {
  return filesFromImage({ origin, declaration: { ...DECLARED, ...declaration } }, "tool")
}

test("what docker would start is started, from the folder that it would be started in, word by word", () => {
  const script = files({ entrypoint: ["printf", "%s|"], cmd: ["a b", "it's", "$HOME", "*"], workdir: "/" })["run"]
  assert.equal(script?.executable, true)
  assert.match(script?.text ?? "", /^#!\/bin\/bash\n/)
  assert.equal(
    execFileSync("sh", ["-c", (script?.text ?? "").replace("pipefail", "noglob")]).toString(),
    "a b|it's|$HOME|*|",
  )
})

test("an image that starts nothing gets a program that says so", () => {
  assert.match(files({})["run"]?.text ?? "", /echo "Write here what the gear does"/)
})

test("the variables that a gear would not get otherwise are the manifest's", () => {
  const manifest = (env: readonly string[]) =>
    JSON.parse(files({ env })["manifest.json"]?.text ?? "") as { readonly environment?: object; readonly name: string }
  assert.deepEqual(manifest(["FSLDIR=/opt/a=b", "PATH=/opt/bin:/usr/bin", "LANG=C", "=x"]).environment, {
    FSLDIR: "/opt/a=b",
    PATH: "/opt/bin:/usr/bin",
  })
  assert.ok(!("environment" in manifest(["PATH=/usr/bin"])))
  assert.equal(manifest([]).name, "tool")
})

test("the Dockerfile begins from the image as builders name it", () => {
  const from = (kind: string, reference: string) =>
    files({}, { kind, reference } as GearOrigin)["Dockerfile"]?.text.split("\n")[0]
  assert.equal(from("registry", "docker://lab/tool:1"), "FROM lab/tool:1")
  assert.equal(from("docker-archive", "/x/a.tar"), "FROM docker-archive:/x/a.tar")
  assert.equal(from("oci-layout", "/x/layout"), "FROM oci:/x/layout")
  assert.throws(() => from("folder", "/x"), { code: "USAGE", message: /no Dockerfile can build on a folder/ })
})

test("an image that is a gear already keeps its manifest, byte by byte", () => {
  const manifest = {
    ...{ name: "own", label: "L", description: "D", version: "1", author: "A", license: "MIT", url: "", source: "" },
    ...{ config: {}, inputs: {} },
  }
  const text = `${JSON.stringify(manifest)}\n\n`
  const made = filesFromImage(
    { origin: { kind: "registry", reference: "x" } as GearOrigin, manifest: Buffer.from(text) },
    "tool",
  )
  assert.deepEqual(Object.keys(made), ["manifest.json", "Dockerfile"])
  assert.equal(made["manifest.json"]?.text, text)
})
