import type { ImageLimitSettings } from "./image-limits.ts"

/** What the program reads from its environment, once, at its start. Not to be mixed up with a gear's config. */
export interface Settings {
  /** Absolute folder of everything that is kept: gears, records, blobs. `GEARTRAIN_HOME`. */
  readonly home: string
  /** Absolute folder of what can be made again. `XDG_CACHE_HOME`. */
  readonly cache: string
  /** Absolute folder of what the user has decided: keys, and whom to trust. `XDG_CONFIG_HOME`. */
  readonly config: string
  /** The catalogue to publish to and to install from where none is named on the command line. `GEARTRAIN_CATALOGUE`. */
  readonly catalogue?: string
  /** Address of the server to ask where none is named on the command line. `GEARTRAIN_SERVER`. */
  readonly server?: string
  /** API key for that server, as a function so that nobody prints it with the rest. `GEARTRAIN_TOKEN`. */
  readonly serverToken?: () => string
  /** Name of the provider to use where none is named on the command line. `GEARTRAIN_PROVIDER`. */
  readonly provider?: string
  /** Every input is read in every job: no digest is recalled. `GEARTRAIN_INPUT_DIGESTS=fresh`. */
  readonly freshInputs?: true
  /** How large an image may be, over the program's own limits. `GEARTRAIN_IMAGE_LIMITS`. */
  readonly imageLimits?: ImageLimitSettings
  readonly terminal: TerminalSettings
}

export interface TerminalSettings {
  /** Whether colours are allowed at all: not with `NO_COLOR` or on a dumb terminal. */
  readonly color: boolean
  /** Whether a line may be written over again: not on a dumb terminal. */
  readonly movement: boolean
}

/** The variables that `readSettings` reads, and nothing else, with what each is for: the text of `gear help environment`. */
export const SETTINGS_VARIABLES: readonly { readonly name: string; readonly says: string }[] = [
  { name: "GEARTRAIN_HOME", says: "Folder of gears, records and outputs. Default: $XDG_DATA_HOME/geartrain" },
  { name: "GEARTRAIN_PROVIDER", says: "Provider to run gears with, such as crun. Default: the fastest that works" },
  { name: "GEARTRAIN_CATALOGUE", says: "Catalogue of gears: a folder, or HOST/PATH of a registry. Default: none" },
  { name: "GEARTRAIN_SERVER", says: "Server to ask. Default: the one that was logged in to last" },
  { name: "GEARTRAIN_TOKEN", says: "API key for that server, where nobody has logged in, as in a script" },
  {
    name: "GEARTRAIN_IMAGE_LIMITS",
    says: "How large an image may be, such as entries=2000000,size=200g. Default: see gear help import",
  },
  {
    name: "GEARTRAIN_INPUT_DIGESTS",
    says: "fresh: read every input in every job. Default recall: not one of 8 MiB or more that did not change",
  },
  { name: "XDG_DATA_HOME", says: "Folder of users' data. Default: ~/.local/share" },
  { name: "XDG_CACHE_HOME", says: "Folder of what can be made again. Default: ~/.cache" },
  { name: "XDG_CONFIG_HOME", says: "Folder of users' settings, with their keys. Default: ~/.config" },
  { name: "HOME", says: "Home folder, where the defaults above lie" },
  { name: "NO_COLOR", says: "With any value: no colours" },
  { name: "TERM", says: "With the value dumb: no colours, and no line that is written over" },
]
