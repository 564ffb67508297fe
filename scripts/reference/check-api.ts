/**
 * Holds docs/reference/api.md against what the packages for others export.
 *
 *   node scripts/reference/check-api.ts [--write]     --write brings the document up to date
 */

import { complain } from "../source/complain.ts"
import { generatedDocument } from "../source/generated-document.ts"
import { type ApiSymbol, apiSymbols } from "./api-symbols.ts"

const DOORS = {
  "packages/spec/src/index.ts": {
    name: "@geartrain/spec",
    says: "Manifest, invocation, digests, states and errors. No dependency, no files, no processes: it runs in a browser.",
  },
  "packages/spec/src/published/index.ts": {
    name: "@geartrain/spec/schemas",
    says: "The published schemas, as `gear schema` prints them.",
  },
  "packages/sdk/src/gear/index.ts": {
    name: "@geartrain/sdk/gear",
    says: "For the code inside of a gear, in TypeScript. In Python: `packages/sdk/python/gear_context.py`.",
  },
  "packages/ports/src/index.ts": {
    name: "@geartrain/ports",
    says: "What a backend has to be. The comments in the files are the specification of each.",
  },
  "packages/ports/src/laws/index.ts": {
    name: "@geartrain/ports/laws",
    says: "What each backend has to keep, as data that any test runner can run.",
  },
  "packages/ports/src/fakes/index.ts": {
    name: "@geartrain/ports/fakes",
    says: "Backends in memory that keep the laws, for tests.",
  },
} as const

const found = apiSymbols(Object.keys(DOORS))
const count = [...found.values()].flat().length
complain(generatedDocument("docs/reference/api.md", text(), "reference/check-api.ts"), `${count} exports`)

function text(): string {
  const sections = Object.entries(DOORS).map(([door, { name, says }]) => {
    const symbols = found.get(door) ?? []
    return `## \`${name}\`\n\n${says}\n\n${symbols.map(section).join("\n\n")}`
  })
  return `# Exports of the packages for others

Made from the source by \`node scripts/reference/check-api.ts --write\`. Each symbol has its signature and the first sentence of its comment; units, errors and examples are in the
comment itself, in the file that is named.

${sections.join("\n\n")}
`
}

function section({ name, says, signature, path }: ApiSymbol): string {
  const told = says === "" ? "" : `${says} `
  return `### \`${name}\`\n\n${told}(\`${path}\`)\n\n\`\`\`ts\n${signature}\n\`\`\``
}
