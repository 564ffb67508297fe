/** Holds the direction of imports: see .dependency-cruiser.mjs. */
import { cruise, type ICruiseResult } from "dependency-cruiser"
import extractDepcruiseOptions from "dependency-cruiser/config-utl/extract-depcruise-options"
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config"
import { complain } from "./source/complain.ts"
import { TOP } from "./top.ts"

/** Without a compiler that it understands, dependency-cruiser finds no module, no fault, and says nothing about it. */
const LEAST_MODULES = 50

process.chdir(TOP)
const options = await extractDepcruiseOptions(`${TOP}/.dependency-cruiser.mjs`)
const { output } = await cruise(["packages", "plugins"], options, undefined, {
  tsConfig: extractTSConfig(`${TOP}/tsconfig.json`),
})
const { summary } = output as ICruiseResult

const faults = summary.violations.map(({ rule, from, to, comment, cycle }) => {
  const path = cycle === undefined ? to : cycle.map(({ name }) => name).join(" → ")
  return `${from} → ${path}: ${rule.name}${comment === undefined ? "" : ` (${comment})`}`
})
if (summary.totalCruised < LEAST_MODULES)
  faults.push(`Only ${summary.totalCruised} modules were found: the rules hold nothing`)
complain(faults, `${summary.totalCruised} modules, ${summary.totalDependenciesCruised} imports`)
