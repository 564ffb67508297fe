import { join } from "node:path"
import { TOP } from "../top.ts"
import type { Check } from "./run-check.ts"

const UNIT_TESTS = ["{packages,plugins}/*/src/**/*.test.ts", "{scripts,bench,conformance}/**/*.test.ts"]

const FIXED_SEED = "./scripts/gate/fixed-seed.ts"

/** What `npm run ok` runs: everything that needs nothing but the checkout and its npm packages. */
export const CHECKS: readonly Check[] = [
  { name: "types", command: ["tsc", "--noEmit", "--pretty", "false"] },
  { name: "types of spec without Node", command: ["tsc", "--noEmit", "--pretty", "false", "-p", "packages/spec"] },
  {
    name: "unit tests, and laws on fakes",
    command: ["node", "--import", FIXED_SEED, "--test", "--test-timeout=60000", ...UNIT_TESTS],
    isTests: true,
    timeoutMinutes: 10,
  },
  { name: "format and lint", command: ["biome", "check", "--error-on-warnings", "."] },
  { name: "rooms", command: ["node", "scripts/check-rooms.ts"] },
  { name: "what only one room may touch", command: ["node", "scripts/check-globals.ts"] },
  { name: "shape", command: ["node", "scripts/check-shape.ts"] },
  { name: "dead code", command: ["knip", "--no-progress", "--treat-config-hints-as-errors"] },
  { name: "error catalogue", command: ["node", "scripts/check-errors.ts"] },
  { name: "reference of the commands", command: ["node", "scripts/check-cli-reference.ts"] },
  { name: "reference of the manifest", command: ["node", "scripts/reference/check-manifest.ts"] },
  { name: "reference of the exports", command: ["node", "scripts/reference/check-api.ts"] },
  { name: "copies in templates", command: ["node", "scripts/check-templates.ts"] },
  { name: "reference of the lint rules", command: ["node", "scripts/reference/check-lint.ts"] },
  { name: "schema of the server's database", command: ["node", "scripts/reference/check-server-schema.ts"] },
  { name: "description of the server's interface", command: ["node", "scripts/reference/check-openapi.ts"] },
  { name: "documents", command: ["node", "scripts/check-docs.ts"] },
  { name: "examples in documents and comments", command: ["node", "scripts/check-examples.ts"] },
  { name: "what a cold start loads", command: ["node", "scripts/check-cold-path.ts"] },
  { name: "conformance", command: ["node", "conformance/run.ts"] },
]

/** What `npm test` runs beside those, and before its own: what it builds stays in `.demo`, and is built again only when it has changed. */
export const EXAMPLES: Check = {
  name: "example workflows, built and run on real data",
  command: ["node", "--test", "--test-timeout=1800000", "scripts/demo/show-workflows.ts"],
  isTests: true,
  timeoutMinutes: 30,
}

/**
 * What `npm test` runs besides: our code against real programs and foreign tools. Two files at a time, for each waits often for its tools; no
 * more, for some bring whole daemons, and the memory of those is not the processor's to say.
 */
export const INTEGRATION: Check = {
  name: "tests with real tools",
  command: [
    "node",
    "--import",
    FIXED_SEED,
    "--test",
    "--test-concurrency=2",
    "--test-timeout=300000",
    "packages/*/test/**/*.test.ts",
  ],
  // Built by the set-up, and by "what a cold start loads".
  environment: { GEARTRAIN_TEST_PROGRAM: join(TOP, "packages/geartrain/dist/main.js") },
  isTests: true,
  timeoutMinutes: 40,
}
