import { join } from "node:path"
import { TOP } from "../scripts/top.ts"
import { peakMemory, type Timed, timedRun } from "./measure/timed-run.ts"

export const GEAR = join(TOP, "packages/geartrain/bin/gear")

/** The built program, as users start it. */
export function gear(args: readonly string[], home: string): Promise<Timed> {
  return timedRun([GEAR, ...args], { env: environment(home) })
}

/** The same, with every input read for its digest, even one that did not change since it was last read. */
export function gearReadingAll(args: readonly string[], home: string): Promise<Timed> {
  return timedRun([GEAR, ...args], { env: { ...environment(home), GEARTRAIN_INPUT_DIGESTS: "fresh" } })
}

/** The data of the JSON reply of a command. */
export async function gearData<Data>(args: readonly string[], home: string): Promise<Data> {
  const { stdout } = await gear([...args, "--json"], home)
  return (JSON.parse(stdout) as { readonly data: Data }).data
}

export function gearPeakMemory(args: readonly string[], home: string): Promise<number> {
  return peakMemory([GEAR, ...args], { env: environment(home) })
}

/** What the machine says about certificates costs Node 35 ms at every start, ours and the bare one's. */
export function environment(home?: string): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
  return home === undefined ? env : { ...env, GEARTRAIN_HOME: home }
}
