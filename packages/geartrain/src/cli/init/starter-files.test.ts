import assert from "node:assert/strict"
import { test } from "node:test"
import { lintManifestFile, parseManifest } from "@geartrain/spec"
import { checkRecipe } from "../../author/build/recipe/read-recipe.ts"
import { parseYaml } from "../../documents/read-yaml.ts"
import { loadTemplate, TEMPLATE_NAMES } from "./load-template.ts"
import { starterFiles } from "./starter-files.ts"
import { starterName } from "./starter-name.ts"
import type { StarterFile } from "./template.ts"
import { bashTemplate } from "./templates/bash.ts"
import { nodeTemplate } from "./templates/node.ts"
import { pythonTemplate } from "./templates/python.ts"
import { PYTHON_CONTEXT } from "./templates/python-context.ts"
import { rTemplate } from "./templates/r.ts"

function bytesOf(file: StarterFile | undefined): Uint8Array {
  return new TextEncoder().encode(file?.text)
}

for (const name of TEMPLATE_NAMES) {
  test(`a gear that begins in ${name} has a manifest and a recipe with no fault, and a program that says what reads it`, async () => {
    const files = await starterFiles(await loadTemplate(name), "my-gear")
    const manifest = files["manifest.json"]?.text ?? ""
    const parsed = parseManifest(manifest)
    assert.ok(parsed.ok, JSON.stringify(parsed))
    assert.deepEqual(lintManifestFile(bytesOf(files["manifest.json"]), "manifest.json").findings, [])
    const recipe = checkRecipe(parseYaml(bytesOf(files["gear.yaml"]), { file: "gear.yaml", code: "RECIPE_INVALID" }))
    const beside = Object.keys(files).filter((file) => !["manifest.json", "run", "gear.yaml"].includes(file))
    assert.deepEqual(Object.values(recipe.recipe.files ?? {}), beside)
    assert.match(files["run"]?.text ?? "", /^#!\/.+\n/)
    assert.equal(files["run"]?.executable, true)
  })
}

test("each name is that of its own template, and the Python module comes along with Python alone", async () => {
  const templates = await Promise.all(TEMPLATE_NAMES.map(loadTemplate))
  assert.deepEqual(templates, [bashTemplate, pythonTemplate, nodeTemplate, rTemplate])
  assert.deepEqual(await pythonTemplate.more?.(), { "gear_context.py": PYTHON_CONTEXT })
  assert.deepEqual(
    templates.map((template) => template.more !== undefined),
    [false, true, false, false],
  )
})

test("the name of any folder becomes one that manifests take", () => {
  for (const folder of ["My_Gear (new)", "...", "", "ÄÖÜ", "-a-", "a".repeat(500), "../..", "3d"]) {
    assert.match(starterName(folder), /^[a-z0-9]+(-[a-z0-9]+)*$/, folder)
    assert.ok(starterName(folder).length <= 100)
  }
})
