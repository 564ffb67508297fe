import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { parseYaml } from "../../../documents/read-yaml.ts"
import { checkRecipe } from "./read-recipe.ts"

const START = "recipe: 1\nsuite: bookworm\n"
const DATED = `${START}date: 2023-11-14\n`

function faultsOf(text: string): string {
  try {
    checkRecipe(parseYaml(Buffer.from(text), { file: "gear.yaml", code: "RECIPE_INVALID" }))
    return ""
  } catch (error) {
    assert.ok(isGeartrainError(error, "RECIPE_INVALID"), String(error))
    return error.message
  }
}

test("a recipe says from when its files are, by a day that there was", () => {
  assert.match(faultsOf(START), /"date" is missing, and so is "snapshot"/)
  for (const day of ["2023-02-30", "2023-13-01", "0000-00-00", "2023-11-14T25:00:00Z"]) {
    assert.notEqual(faultsOf(`${START}date: ${day}\n`), "", day)
    assert.notEqual(faultsOf(`${START}snapshot: ${day}\n`), "", day)
  }
  assert.equal(faultsOf(`${START}date: 2024-02-29\n`), "")
})

test("a snapshot has no other mirror", () => {
  assert.match(faultsOf(`${START}snapshot: 2024-05-01\nmirror: http://example.org/debian\n`), /snapshot\.debian\.org/)
})

test("files go to absolute places within the gear, and to none that the kernel fills", () => {
  for (const target of [
    "opt/x",
    "/opt/../x",
    "/opt//x",
    "/./x",
    "/opt/",
    "/dev/null",
    "/proc/1/mem",
    "/sys",
    "/a\\nb",
  ]) {
    assert.match(faultsOf(`${DATED}files: {"${target}": x}\n`), /gear\.yaml:4:/, target)
  }
  for (const target of ["/opt/x", "/devices/x", "/a b"])
    assert.equal(faultsOf(`${DATED}files: {"${target}": x}\n`), "", target)
})

test("what is removed is named from the root, without ways out of it", () => {
  for (const pattern of ["../etc", "usr/../..", "usr//share", "usr/"]) {
    assert.notEqual(faultsOf(`${DATED}remove: ["${pattern}"]\n`), "", pattern)
  }
  assert.equal(faultsOf(`${DATED}remove: [usr/share/doc]\n`), "")
})

test("no word of a recipe is an option of another program, or two words", () => {
  for (const word of ["-o", "--help", "a b", "a;b", "$(x)", "a\\nb", "bash\\u0000"]) {
    assert.notEqual(faultsOf(`${DATED}packages: ["${word}"]\n`), "", word)
  }
})

test("all faults are told at once, each at its line", () => {
  const faults = faultsOf(`${START}date: 2023-02-30\nfiles: {"x": y}\nremove: ["../a"]\n`)
  for (const line of [3, 4, 5]) assert.match(faults, new RegExp(`gear\\.yaml:${line}:`))
})
