/** A file name taken apart, as BIDS makes them: entities, a suffix, and what comes after the first dot. */
export interface BidsName {
  /** Without `sub` and `ses`, in the order of the name. */
  readonly entities: ReadonlyMap<string, string>
  readonly suffix: string
  /** With its dot; empty if there is none. */
  readonly extension: string
}

/**
 * Takes a name apart.
 *
 * @returns undefined for a name that BIDS does not have: it begins with another word than an entity, or has a word in its middle. Names of
 *   sidecars that hold for a whole dataset have no entity at all.
 * @see BIDS 1.10, "File name structure"
 * @example
 *   parseBidsName("sub-01_task-rest_bold.nii.gz").suffix // => "bold"
 *   parseBidsName("my notes.md") // => undefined
 */
export function parseBidsName(name: string): BidsName | undefined {
  const dot = name.indexOf(".", 1)
  const words = (dot === -1 ? name : name.slice(0, dot)).split("_")
  const suffix = words.pop() ?? ""
  if (!/^[A-Za-z0-9]+$/.test(suffix)) return undefined
  const entities = new Map<string, string>()
  for (const word of words) {
    const parts = /^([a-z]+)-([A-Za-z0-9+]+)$/.exec(word)
    const [, key = "", value = ""] = parts ?? []
    if (parts === null || entities.has(key)) return undefined
    entities.set(key, value)
  }
  for (const key of ["sub", "ses"]) entities.delete(key)
  return words.length === 0 && dot === -1
    ? undefined
    : { entities, suffix, extension: dot === -1 ? "" : name.slice(dot) }
}

/** Entities that tell files of one measurement apart, and no measurements: echoes, magnitude and phase, parts of a long recording. */
const WITHIN = new Set(["echo", "part", "split", "chunk", "recording", "inv"])

/**
 * The label of the acquisition that a file is of, in the manner of ReproIn: `func-bold_task-rest_run-1`.
 *
 * @see ReproIn, "Overall workflow", names of sequences
 */
export function acquisitionLabelOf(datatype: string, { entities, suffix }: BidsName): string {
  const told = [...entities].filter(([key]) => !WITHIN.has(key)).map(([key, value]) => `${key}-${value}`)
  return [`${datatype}-${suffix}`, ...told].join("_")
}

/** Files that are no measurement by themselves and stand beside one: what happened in it, its electrodes, its breathing. */
const COMPANIONS = new Set([
  ...["events", "physio", "stim", "physioevents", "channels", "electrodes", "coordsystem", "optodes"],
  ...["aslcontext", "headshape", "markers", "photo"],
])
/** Of a companion alone. */
const OWN = new Set(["recording", "space", "desc", "acq"])

export function isCompanion({ suffix }: BidsName): boolean {
  return COMPANIONS.has(suffix)
}

/** Whether a companion can stand beside a measurement: all that it says of itself is said of that, too. */
export function standsBeside(companion: BidsName, measurement: BidsName): boolean {
  return [...companion.entities].every(([key, value]) => {
    const there = measurement.entities.get(key)
    return there === value || (there === undefined && OWN.has(key))
  })
}
