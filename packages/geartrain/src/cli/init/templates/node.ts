import type { Template } from "../template.ts"

export const nodeTemplate: Template = {
  language: "JavaScript",
  packages: ["nodejs"],
  run: `#!/usr/bin/env node
// Runs in /flywheel/v0. What lies in output/ at the end is the result.
const { readFileSync, writeFileSync } = require("node:fs")

const { config, inputs } = JSON.parse(readFileSync("config.json", "utf8"))

const greeting = \`Hello, \${config.name}\`
console.log(greeting)
writeFileSync("output/greeting.txt", \`\${greeting}\\n\`)
// The input is optional.
if (inputs.file !== undefined) {
  const { name, path } = inputs.file.location
  writeFileSync("output/bytes.txt", \`\${name} \${readFileSync(path).length}\\n\`)
}
`,
}
