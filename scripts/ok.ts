/** The gate that needs nothing but the checkout: `npm run ok`. Ends with 0 when all is well. */
import { CHECKS } from "./gate/checks.ts"
import { runGate } from "./gate/run-gate.ts"

const { passed, failed } = await runGate([CHECKS], 2)
console.log(failed === 0 ? `ok: ${passed} tests and checks passed` : `not ok: ${failed} failed, ${passed} passed`)
process.exitCode = failed === 0 ? 0 : 1
