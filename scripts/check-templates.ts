/**
 * Holds the copies of the SDK's Python module against it: the one that `gear init` writes beside a gear in Python, which the program has to have
 * wherever it is installed, and those of examples, which are to be whole.
 *
 *   node scripts/check-templates.ts [--write]     --write brings the copies up to date
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
  [
    ...generatedDocument("packages/geartrain/src/cli/init/templates/python-context.ts", copy, "check-templates.ts"),
    ...generatedDocument("examples/tutorial-gear/gear_context.py", text, "check-templates.ts"),
  ],
  "2 copies",
)
