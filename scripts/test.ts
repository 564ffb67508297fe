/**
 * Everything: the gate beside the example workflows, then the tests with real tools, some of which use what those have built. The last line
 * is the sum. `npm test` sets the machine up first.
 */
import { CHECKS, EXAMPLES, INTEGRATION } from "./gate/checks.ts"
import { runGate } from "./gate/run-gate.ts"

const { passed, failed, skipped } = await runGate([[EXAMPLES, ...CHECKS], [INTEGRATION]], 2)
console.log(`${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`)
process.exitCode = failed === 0 ? 0 : 1
