import assert from "node:assert/strict"
import { test } from "node:test"
import type { GearManifest } from "@geartrain/spec"
import { type MemoryTree, memoryTree } from "../../../../../test/author/lint/memory-tree.ts"
import type { LintedImage } from "../linted-image.ts"
import { REPEAT_RULES } from "./repeat-rules.ts"

function check(id: string, tree: MemoryTree, manifest: object | undefined = {}, scope: LintedImage["scope"] = "image") {
  return (
    REPEAT_RULES.find((rule) => rule.id === `repeat/${id}`)?.check({
      tree: memoryTree(tree),
      scope,
      manifest: { config: {}, inputs: {}, ...manifest } as unknown as GearManifest,
    }) ?? []
  )
}

const environment = (...names: readonly string[]) => ({
  environment: Object.fromEntries(names.map((name) => [name, "1"])),
})

test("threads: all libraries are one finding, with a variable for each that has none", () => {
  const tree: MemoryTree = {
    "usr/lib/libopenblas64_.so.0": {},
    "usr/lib/libgomp.so.1": { target: "libgomp.so.1.0.0" },
    "opt/bin/tckgen": {},
  }
  const [found, ...others] = check("threads", tree)
  assert.equal(others.length, 0)
  assert.match(
    found?.message ?? "",
    /MRtrix3 \(\/opt\/bin\/tckgen\), OpenMP \(\/usr\/lib\/libgomp\.so\.1\), OpenBLAS \(\/usr\/lib\/libopenblas64_\.so\.0\)$/,
  )
  assert.equal(
    found?.fix,
    'Set it in "environment": "MRTRIX_NTHREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"',
  )
})

test("threads: one of a library's variables is enough, and of what is settled nothing is said", () => {
  const blas: MemoryTree = { "usr/lib/libopenblas.so": {} }
  for (const name of ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"])
    assert.deepEqual(check("threads", blas, environment(name)), [], name)
  assert.equal(check("threads", blas, environment("MKL_NUM_THREADS")).length, 1)
  assert.deepEqual(
    check("threads", { "usr/lib/libopenblas": {}, "lib/openblas.so": {}, "usr/lib/libgomp.so": { type: "folder" } }),
    [],
  )
})

test("seed: the value that a program wants is written as that program wants it", () => {
  const [found] = check("seed", { "opt/torch/lib/libtorch_cuda.so": {} })
  assert.equal(found?.fix, 'Set it in "environment": "CUBLAS_WORKSPACE_CONFIG": ":4096:8"')
  assert.deepEqual(check("seed", { "opt/bin/antsRegistration": {} }, environment("ANTS_RANDOM_SEED")), [])
  assert.equal(check("seed", { "usr/lib/python3/site-packages/tensorflow/__init__.py": {} }).length, 1)
  assert.deepEqual(check("seed", { "usr/lib/python3/site-packages/tensorflow/x/__init__.py": {} }), [])
})

test("of sources nothing is said of libraries: the image is not there yet", () => {
  const tree: MemoryTree = { "flywheel/v0/bin/tckgen": {} }
  for (const id of ["threads", "seed"]) {
    assert.equal(check(id, tree).length, 1, id)
    assert.deepEqual(check(id, tree, {}, "sources"), [], id)
  }
})

test("time-zone: any but UTC by one of its names is told, unless the manifest sets one", () => {
  const zone = (name: string): MemoryTree => ({
    "etc/localtime": { target: `/usr/share/zoneinfo/${name}` },
    [`usr/share/zoneinfo/${name}`]: {},
  })
  for (const name of ["UTC", "Etc/UTC", "GMT", "Zulu"]) assert.deepEqual(check("time-zone", zone(name)), [], name)
  for (const name of ["Europe/Amsterdam", "Etc/GMT+5", "UTCX"])
    assert.match(
      check("time-zone", zone(name))[0]?.message ?? "",
      new RegExp(`time zone is ${name.replace("+", "\\+")},`),
    )
  assert.deepEqual(check("time-zone", zone("Asia/Tokyo"), environment("TZ")), [])
  // A copy, or none at all, does not tell which zone it is.
  assert.deepEqual(check("time-zone", { "etc/localtime": {} }), [])
  assert.deepEqual(check("time-zone", {}), [])
})

test("hash-seed: a gear is Python's by its command, its script or the first line of what it starts", () => {
  const python: MemoryTree = { "usr/bin/python3.11": "\u007fELF" }
  const cases: readonly (readonly [MemoryTree, object])[] = [
    [python, { command: "/usr/bin/python3.11 x" }],
    [{}, { command: "./go.py" }],
    [{ "flywheel/v0/run": "#!/usr/bin/env python3\n" }, {}],
    [{ "flywheel/v0/go": "#!/opt/python/bin/python\n" }, { command: "./go" }],
  ]
  for (const [tree, manifest] of cases) {
    assert.equal(check("hash-seed", tree, manifest).length, 1, JSON.stringify(manifest))
    assert.deepEqual(check("hash-seed", tree, { ...manifest, ...environment("PYTHONHASHSEED") }), [])
  }
  for (const [tree, manifest] of [
    [{ "flywheel/v0/run": "#!/bin/bash\npython3 x\n" }, {}],
    [{}, { command: "pythonista" }],
    [{}, {}],
  ] as const)
    assert.deepEqual(check("hash-seed", tree, manifest), [])
})
