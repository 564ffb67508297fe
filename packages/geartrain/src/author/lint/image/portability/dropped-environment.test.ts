import assert from "node:assert/strict"
import { test } from "node:test"
import { droppedEnvironment, droppedText } from "./dropped-environment.ts"
import { entrypointFault } from "./entrypoint.ts"

function dropped(env: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return droppedEnvironment(env, { environment })
}

test("a variable that the manifest does not repeat is dropped, whatever value it repeats it with", () => {
  assert.deepEqual(dropped(["FSLDIR=/opt/fsl", "A=1=2", "B"], { A: "other" }).names, ["FSLDIR", "B"])
})

test("what tells how the image was built is missed by nobody", () => {
  const env = [
    "LANG=C",
    "PYTHON_VERSION=3.12",
    "PYTHON_SHA256=x",
    "GPG_KEY=x",
    "DEBIAN_FRONTEND=x",
    "HOME=/root",
    "PIP_NO_CACHE_DIR=1",
  ]
  assert.deepEqual(dropped(env), { names: [], folders: [] })
})

test("of PATH those folders are dropped that the gear's own has not", () => {
  const path = ["PATH=/opt/fsl/bin:/usr/bin:$HOME/x::/bin"]
  assert.deepEqual(dropped(path).folders, ["/opt/fsl/bin"])
  assert.deepEqual(dropped(path, { PATH: "/opt/fsl/bin" }).folders, ["/usr/bin", "/bin"])
})

test("a name that every object has is a variable like any other", () => {
  assert.deepEqual(dropped(["constructor=1"]).names, ["constructor"])
})

test("the sentence names eight, and nothing where nothing is dropped", () => {
  assert.equal(droppedText({ names: [], folders: [] }), undefined)
  const names = Array.from({ length: 10 }, (_, index) => `V${index}`)
  assert.match(droppedText({ names, folders: ["/a", "/b"] }) ?? "", / ENV V0, .*V7 and 2 more; nor \/a, \/b of PATH, /)
  assert.match(droppedText({ names: [], folders: ["/a"] }) ?? "", / ENV \/a of PATH, /)
})

function fault(
  words: readonly string[],
  starts: (word: string) => boolean | undefined = () => false,
  files: readonly string[] = [],
) {
  return entrypointFault(words, { instruction: "ENTRYPOINT", starts, hasFile: (name) => files.includes(name) })
}

test("what starts is not looked at, whatever it is called", () => {
  assert.equal(
    fault(["a b.py"], () => true),
    undefined,
  )
  assert.equal(fault([]), undefined)
})

test("a whole command in one word is told apart into its words", () => {
  assert.equal(fault([" python  run.py", "x y"])?.fix, 'Write ENTRYPOINT ["python", "run.py", "x y"]')
})

test("a script by its bare name is told where it lies", () => {
  assert.equal(fault(["run.py", "-v"])?.fix, 'Write ENTRYPOINT ["/flywheel/v0/run.py", "-v"]')
  assert.ok(fault(["tool"], () => undefined, ["tool"]) !== undefined, "there is such a file in the gear's folder")
})

test("where it is not known whether a program is there, nothing is said", () => {
  assert.equal(
    fault(["tool"], () => undefined),
    undefined,
  )
  assert.notEqual(fault(["tool"]), undefined)
  assert.equal(fault(["/opt/tool"]), undefined)
})
