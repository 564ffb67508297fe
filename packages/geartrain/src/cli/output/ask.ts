import { askLine } from "./ask-line.ts"

/**
 * Asks on the terminal, on standard error so that standard output stays clean. Anything but y or yes is no.
 *
 * @throws {GeartrainError} INTERRUPTED when the user ends the input instead.
 */
export async function askYesNo(question: string): Promise<boolean> {
  return /^\s*y(es)?\s*$/i.test(await askLine(`${question} [y/N] `))
}
