import assert from "node:assert/strict"
import { test } from "node:test"
import { parseYaml } from "../../../documents/read-yaml.ts"
import { containerfile } from "./build-in-container.ts"
import { mmdebstrapCommand, recipeEnvironment } from "./commands.ts"
import { checkRecipe, type ReadRecipe } from "./read-recipe.ts"
import { missingPackages, readRecipeFailure, readRecipeStep } from "./replies.ts"

function recipe(text: string): ReadRecipe {
  return checkRecipe(parseYaml(Buffer.from(text), { file: "gear.yaml", code: "RECIPE_INVALID" }))
}

const PLACES = { files: "/own.tar", target: "/root.tar" }

test("a date is the moment that no file is younger than, and a snapshot is one, too", () => {
  assert.equal(recipe("recipe: 1\nsuite: bookworm\ndate: 2023-11-14\n").epoch, 1_699_920_000)
  assert.equal(recipe("recipe: 1\nsuite: bookworm\nsnapshot: 2023-11-14T22:13:20Z\n").epoch, 1_700_000_000)
  assert.equal(recipeEnvironment(1_700_000_000)["SOURCE_DATE_EPOCH"], "1700000000")
})

test("a snapshot takes everything from the archive of that moment, security fixes too", () => {
  const command = mmdebstrapCommand(recipe("recipe: 1\nsuite: bookworm\nsnapshot: 2024-05-01\n").recipe, PLACES)
  assert.deepEqual(command.slice(command.indexOf("/root.tar") + 1), [
    "deb [check-valid-until=no] https://snapshot.debian.org/archive/debian/20240501T000000Z bookworm main",
    "deb [check-valid-until=no] https://snapshot.debian.org/archive/debian/20240501T000000Z bookworm-updates main",
    "deb [check-valid-until=no] https://snapshot.debian.org/archive/debian-security/20240501T000000Z bookworm-security main",
  ])
})

test("only a mirror in a folder of this machine needs no signature", () => {
  const last = (mirror: string): string | undefined =>
    mmdebstrapCommand(recipe(`recipe: 1\nsuite: sid\ndate: 2024-01-01\nmirror: ${mirror}\n`).recipe, PLACES).at(-1)
  assert.equal(last("http://example.org/debian"), "deb http://example.org/debian sid main")
  assert.equal(last("copy:/srv/mirror"), "deb [trusted=yes] copy:/srv/mirror sid main")
})

test("a word with a line feed at its end, which patterns let through, is refused", () => {
  assert.throws(
    () => recipe('recipe: 1\nsuite: bookworm\ndate: 2024-01-01\npackages: ["bash\\n"]\n'),
    /packages\/0: it holds a line feed/,
  )
  assert.throws(() => recipe('recipe: 1\nsuite: bookworm\ndate: "2024-01-01\\n"\n'), /no day of any calendar/)
})

test("in a container every word reaches mmdebstrap as it is", () => {
  const text = containerfile(recipe("recipe: 1\nsuite: bookworm\ndate: 2023-11-14\npackages: [bash]\n").recipe, 0)
  assert.match(text, /^FROM docker\.io\/library\/debian:bookworm$/m)
  assert.match(text, /'--customize-hook=chroot "\$1" sh -c '\\''cd \/ && rm -rf -- /)
  assert.match(text, /'SOURCE_DATE_EPOCH=0'/)
})

// As mmdebstrap 1.3.5 prints it; what a failed download adds is written after its source.
test("what mmdebstrap does and complains of is told in words", () => {
  assert.equal(readRecipeStep("I: downloading packages with apt..."), "downloading packages with apt")
  assert.equal(readRecipeStep("I: running special hook: tar-in /x/own.tar /"), "adding the gear's own files")
  assert.equal(readRecipeStep("I: running --customize-hook in shell: sh -c 'x'"), "removing what is not wanted")
  assert.equal(readRecipeStep("I: automatically chosen mode: root"), undefined)
  const lines = [
    "I: running apt-get update...",
    "Err:1 http://deb.debian.org/debian bookworm InRelease",
    "  Temporary failure resolving 'deb.debian.org'",
    "E: Failed to fetch http://deb.debian.org/debian/dists/bookworm/InRelease",
    "E: mmdebstrap failed to run",
  ]
  const failure = readRecipeFailure(lines)
  assert.equal(failure.step, "running apt-get update")
  assert.deepEqual(failure.tail, [lines[1], lines[3], lines[4]])
  assert.deepEqual(missingPackages(["E: Unable to locate package bowtie3", "E: Unable to locate package bowtie3"]), [
    "bowtie3",
  ])
})
