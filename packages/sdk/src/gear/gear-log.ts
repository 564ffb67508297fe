import { writeLogLine } from "./system/standard-error.ts"

/** What a gear tells people while it runs. The last line before a failure is what they are shown first. */
export interface GearLog {
  /** Only where the gear was asked for more. */
  debug(text: string): void
  info(text: string): void
  warn(text: string): void
  error(text: string): void
}

/** A log on standard error. */
export function createGearLog(options: { readonly debug: boolean }): GearLog {
  return {
    debug: (text) => {
      if (options.debug) writeLogLine("DEBUG", text)
    },
    info: (text) => writeLogLine("INFO", text),
    warn: (text) => writeLogLine("WARN", text),
    error: (text) => writeLogLine("ERROR", text),
  }
}
