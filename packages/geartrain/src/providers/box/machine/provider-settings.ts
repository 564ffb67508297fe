import type { ProviderCapabilities } from "@geartrain/ports"

/** How to open a provider of this machine. */
export interface ProviderSettings {
  /** Path of the backend's program; absent: it is looked for on PATH and in administrators' folders. */
  readonly program?: string
  /** What was found out before, so that nothing needs to be tried. */
  readonly known?: KnownProvider
}

/** What trying a provider has shown. Plain data, to be kept on disk; it holds for one kernel, program (path and time) and user. */
export interface KnownProvider {
  readonly version: string
  readonly capabilities: ProviderCapabilities
}
