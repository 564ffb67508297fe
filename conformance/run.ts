/**
 * Holds our reading of gears against cases: our own, and where it is on this machine the public corpus with the verdicts of the reference.
 * Prints a count a set and every deviation; fails for one that `deviations.json` does not name, and for a name there that is none any more.
 */
import { knownDeviations, runConformance } from "./runner/run-all.ts"

const { sets, unknown, stale, leftOut } = runConformance()
for (const { set, cases, deviations } of sets) {
  console.log(`${String(cases).padStart(6)} ${set}${deviations.length === 0 ? "" : `, ${deviations.length} deviate`}`)
}
for (const { set, name, reason } of knownDeviations()) console.log(`known: ${set}: ${name}: ${reason}`)
for (const left of leftOut) console.log(`left out: ${left}`)
for (const { set, name, why } of unknown) console.error(`deviates: ${set}: ${name}: ${why}`)
for (const { set, name } of stale)
  console.error(`does not deviate any more: ${set}: ${name}; remove it from conformance/deviations.json`)
process.exitCode = unknown.length + stale.length === 0 ? 0 : 1
