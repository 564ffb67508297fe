import { comparePaths, GeartrainError } from "@geartrain/spec"
import { readdir } from "../../system/files.ts"
import { lookAtOnce } from "../../system/small-file.ts"

const MOST_TESTS = 1000

/**
 * Finds the tests in a folder: files whose names end with .yaml or .yml, in the order of their names.
 *
 * @throws {GeartrainError} GEAR_TESTS_MISSING
 */
export async function findTests(folder: string): Promise<readonly string[]> {
  const stats = lookAtOnce(`${folder}/.`)
  if (stats === undefined || !stats.isDirectory()) throw missing(folder, "there is no such folder")
  const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name) && !name.startsWith("."))
  if (names.length === 0) throw missing(folder, "it holds no file that ends with .yaml")
  if (names.length > MOST_TESTS) throw missing(folder, `it holds ${names.length} tests, and ${MOST_TESTS} are the most`)
  return names.toSorted(comparePaths).map((name) => `${folder}/${name}`)
}

function missing(folder: string, is: string): GeartrainError {
  return new GeartrainError("GEAR_TESTS_MISSING", `Cannot find tests in "${folder}": ${is}`, {
    details: { folder },
    hint: `Add one: mkdir -p '${folder}' && echo 'test: 1' > '${folder}/simple.yaml'; gear schema gear-test tells what else it can say`,
  })
}
