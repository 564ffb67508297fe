import assert from "node:assert/strict"
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import type { GearManifest } from "@geartrain/spec"
import { lintSources } from "./lint-sources.ts"

function folderOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "lint-sources-"))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content, { mode: 0o755 })
  return folder
}

function manifestOf(members: object): GearManifest {
  return { name: "a", version: "1", config: {}, inputs: {}, ...members } as unknown as GearManifest
}

function told(folder: string, manifest: GearManifest): readonly string[] {
  return lintSources(folder, manifest).findings.map(
    ({ rule, place }) => `${place.file.replace(`${folder}/`, "")}:${place.line ?? ""} ${rule}`,
  )
}

test("a Dockerfile is looked through: its base, its variables, and both of its ENTRYPOINTs", (t) => {
  const dockerfile = [
    "FROM golang AS tools",
    'ENTRYPOINT ["of another stage"]',
    "FROM python:latest",
    "COPY --from=tools /x /x",
    "ENV FLYWHEEL /flywheel/v0",
    "ENV KEPT=1",
    'ENTRYPOINT ["python run.py"]',
    'ENTRYPOINT ["run.py"]',
    'CMD ["an argument"]',
  ]
  const folder = folderOf(t, { Dockerfile: dockerfile.join("\n"), "run.py": "" })
  assert.deepEqual(told(folder, manifestOf({ command: "bash x", environment: { KEPT: "1" } })), [
    "Dockerfile:1 repeat/base-image",
    "Dockerfile:3 repeat/base-image",
    "Dockerfile:5 image/env",
    "Dockerfile:7 image/entrypoint",
    "Dockerfile:8 image/entrypoint",
  ])
})

test("a Dockerfile of stages, digests and shell forms is passed without a word", (t) => {
  const dockerfile = [
    "ARG BASE=debian",
    "FROM debian:12 AS base",
    "FROM base",
    "FROM $BASE",
    "FROM oci-archive:/images/tool.tar",
    `FROM debian@sha256:${"0".repeat(64)}`,
    "ENV DEBIAN_FRONTEND noninteractive",
    'ENTRYPOINT ["/flywheel/v0/run"]',
    "CMD python run.py",
  ]
  const folder = folderOf(t, { Dockerfile: dockerfile.join("\n"), run: "#!/bin/sh\n" })
  assert.deepEqual(told(folder, manifestOf({})), [])
})

test("the script that the manifest starts is looked at where it lies", (t) => {
  const folder = folderOf(t, { run: "#!/bin/bash\r\n" })
  chmodSync(join(folder, "run"), 0o644)
  assert.deepEqual(told(folder, manifestOf({})), ["run: command/not-executable", "run:1 command/crlf"])
  writeFileSync(join(folder, "Dockerfile"), "FROM debian:12\nRUN chmod +x /flywheel/v0/*\n")
  assert.deepEqual(told(folder, manifestOf({})), ["run:1 command/crlf"])
})

test("no link is followed, neither of the script nor of a folder on the way", (t) => {
  const outside = folderOf(t, { run: "#!/bin/bash\r\n" })
  const folder = folderOf(t, {})
  symlinkSync(outside, join(folder, "scripts"))
  symlinkSync(join(outside, "run"), join(folder, "run"))
  for (const command of ["./scripts/run", "./run", "../x/run"]) {
    assert.deepEqual(told(folder, manifestOf({ command })), [], command)
  }
  mkdirSync(join(folder, "own"))
  writeFileSync(join(folder, "own/run"), "#!/bin/bash\r\n", { mode: 0o755 })
  assert.deepEqual(told(folder, manifestOf({ command: "./own/run" })), ["own/run:1 command/crlf"])
})

test("without a manifest the Dockerfile is looked at all the same, and files beside are named as they are", (t) => {
  const folder = folderOf(t, { Containerfile: 'FROM debian:12\nENTRYPOINT ["a b"]\n' })
  const { findings, files, texts } = lintSources(`${folder}/`, undefined)
  assert.deepEqual(files, [`${folder}/Containerfile`])
  assert.deepEqual(
    findings.map(({ rule }) => rule),
    ["image/entrypoint"],
  )
  assert.ok(texts.get(`${folder}/Containerfile`)?.startsWith("FROM"))
})
