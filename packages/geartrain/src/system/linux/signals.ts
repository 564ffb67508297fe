import { constants } from "node:os"

/**
 * The name of a signal by its number.
 *
 * @example
 *   signalName(9) // => "SIGKILL"
 *   signalName(99) // => undefined
 */
export function signalName(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0]
}

/**
 * The number of a signal by its name.
 *
 * @example
 *   signalNumber("SIGTERM") // => 15
 */
export function signalNumber(name: NodeJS.Signals): number {
  return constants.signals[name]
}
