import assert from "node:assert/strict"
import { test } from "node:test"
import { directBuiltins } from "./direct-builtins.ts"

test("what is imported from Node is asked for by name, types are not", () => {
  const source =
    'import {\n  type Stats,\n  rm,\n  stat as look,\n} from "node:fs/promises"\nimport os from "node:os"\nrm("x")\n'
  assert.equal(
    directBuiltins(source),
    'const { rm, stat: look } = process.getBuiltinModule("node:fs/promises")\nconst os = process.getBuiltinModule("node:os")\nrm("x")\n',
  )
})

test("what a file passes on, it still passes on", () => {
  assert.equal(
    directBuiltins('export { rm } from "node:fs"'),
    'const { rm } = process.getBuiltinModule("node:fs"); export { rm }',
  )
})

test("other imports, and those of types alone, are left as they are", () => {
  const source =
    'import { a } from "./node:fs.ts"\nimport type { Stats } from "node:fs"\nexport type { Dirent } from "node:fs"\n'
  assert.equal(directBuiltins(source), source)
})
