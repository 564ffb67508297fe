import { basename, dirname, isAbsolute, join } from "node:path"
import type { GearTest, JsonObject, JsonPath, LikeFile } from "@geartrain/spec"
import { GEAR_TEST_SCHEMA } from "@geartrain/spec/schemas"
import { checkDocument } from "../../documents/check-document.ts"
import { type DocumentFault, documentFaults, readYamlFile, type YamlDocument } from "../../documents/read-yaml.ts"
import { unusablePattern } from "../../provenance/tolerance/compare-texts.ts"
import { realpath } from "../../system/files.ts"
import { lookAtOnce } from "../../system/small-file.ts"

/** A test, and where the files lie that it names. */
export interface ReadTest {
  /** The name of its file, without suffix. */
  readonly name: string
  readonly file: string
  readonly test: GearTest
  /** Absolute paths, by the name of the input. */
  readonly inputs: Readonly<Record<string, string>>
  /** Absolute paths of the files that outputs have to be like, by the path of the output. */
  readonly likes: Readonly<Record<string, string>>
}

/**
 * Reads a test, and checks all of it that needs no gear.
 *
 * @param top  The folder of the gear: a test names no file outside of it.
 * @throws {GeartrainError} GEAR_TEST_INVALID with every fault at its line.
 */
export async function readTest(file: string, top: string): Promise<ReadTest> {
  const document = await readYamlFile(file, "GEAR_TEST_INVALID")
  const test = checkDocument<GearTest>(document, GEAR_TEST_SCHEMA as JsonObject)
  const root = await realpath(top)
  const faults: DocumentFault[] = []
  const locate = async (source: string, path: JsonPath): Promise<string> => {
    const place = isAbsolute(source) ? source : join(dirname(file), source)
    const problem = await problemWith(place, source, root)
    if (problem !== undefined) faults.push({ path, ...problem })
    return place
  }
  const inputs: [string, string][] = []
  for (const [name, source] of Object.entries(test.inputs ?? {})) {
    inputs.push([name, await locate(source, ["inputs", name])])
  }
  const likes: [string, string][] = []
  for (const [path, expected] of Object.entries(test.outputs ?? {})) {
    if (!isOutputPath(path))
      faults.push({
        path: ["outputs", path],
        problem: "no output can have this path",
        fix: "Write it as the gear does, from its output folder",
      })
    if (typeof expected === "string") continue
    likes.push([path, await locate(expected.like, ["outputs", path, "like"])])
    faults.push(...patternFaults(path, expected))
  }
  if (faults.length > 0) throw documentFaults(document, faults)
  return { name: nameOf(document), file, test, inputs: Object.fromEntries(inputs), likes: Object.fromEntries(likes) }
}

function nameOf({ file }: YamlDocument): string {
  return basename(file).replace(/\.ya?ml$/, "")
}

async function problemWith(
  place: string,
  source: string,
  root: string,
): Promise<Pick<DocumentFault, "problem" | "fix"> | undefined> {
  if (lookAtOnce(place) === undefined) {
    return {
      problem: `there is no file "${source}"`,
      fix: "Add the file, or mend its path, which is from the folder of the test",
    }
  }
  const real = await realpath(place).catch(() => undefined)
  if (real === undefined)
    return { problem: `"${source}" is a link that leads nowhere`, fix: "Copy the file into the gear's folder" }
  if (!real.startsWith(`${root}/`)) {
    return { problem: `"${source}" lies outside of the gear's folder`, fix: "Copy the file into the gear's folder" }
  }
  return lookAtOnce(real)?.isFile() === true
    ? undefined
    : { problem: `"${source}" is no regular file`, fix: "Name a file" }
}

function isOutputPath(path: string): boolean {
  return !path.split("/").some((name) => name === "" || name === "." || name === "..")
}

function patternFaults(output: string, expected: LikeFile): readonly DocumentFault[] {
  return (expected.ignore ?? []).flatMap((pattern, index) => {
    const problem = unusablePattern(pattern)
    return problem === undefined
      ? []
      : [
          {
            path: ["outputs", output, "ignore", index],
            problem: `the pattern cannot be used: ${problem}`,
            fix: "Write it as Python's re has it",
          },
        ]
  })
}
