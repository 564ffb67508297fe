/**
 * Holds the Python module that `gear init` writes beside a gear in Python against the one of the SDK, which it is a copy of: the program has
 * to have it wherever it is installed.
 *
 *   node scripts/check-templates.ts [--write]     --write brings the copy up to date
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { complain } from "./source/complain.ts"
import { generatedDocument } from "./source/generated-document.ts"
import { TOP } from "./top.ts"

const SOURCE = "packages/sdk/python/gear_context.py"
const text = readFileSync(join(TOP, SOURCE), "utf8")
const lines = text.split("\n").map((line) => `  ${JSON.stringify(line)},\n`)
const copy = `// biome-ignore-all format: made by a program, and held against it
/** ${SOURCE} as it is, by \`node scripts/check-templates.ts --write\`. */
export const PYTHON_CONTEXT: string = [
${lines.join("")}].join("\\n")
`
complain(
  generatedDocument("packages/geartrain/src/cli/init/templates/python-context.ts", copy, "check-templates.ts"),
  "1 copy",
)
