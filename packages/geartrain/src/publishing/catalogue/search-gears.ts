import type { CatalogueBackend } from "@geartrain/ports"
import { isDevelopmentVersion, isGeartrainError } from "@geartrain/spec"
import type { PublishedGear } from "./artifact/gear-artifact.ts"
import { readNotes } from "./artifact/note.ts"
import { BADGE_NOTE } from "./badges/badge-notes.ts"
import { DEPRECATION, type Deprecation, deprecationIn } from "./deprecate-version.ts"
import { readTags } from "./find-version.ts"

export interface GearQuery {
  /** All have to be found, in any case of letters. */
  readonly words: readonly string[]
  /** Every version, and not only the newest. */
  readonly all: boolean
}

export interface FoundGear {
  readonly published: PublishedGear
  readonly deprecation: Deprecation | undefined
  /** Names that lead to this version, such as `stable`. */
  readonly tags: readonly string[]
  /** Badges as they lie there, by whomever. */
  readonly badges: readonly Uint8Array[]
}

/**
 * Looks through a catalogue, gear by gear in the order of their names.
 *
 * @throws {GeartrainError} CATALOGUE_NOT_LISTED when the place does not tell what it has, and no word is the name of a gear.
 */
export async function* searchGears(catalogue: CatalogueBackend, query: GearQuery): AsyncGenerator<FoundGear, void> {
  for (const name of await namesOf(catalogue, query)) {
    const { versions, tags } = await readTags(catalogue, name)
    const fitting = versions.filter((version) => fits(version, query.words))
    if (fitting.length === 0) continue
    const found: FoundGear[] = []
    for (const published of fitting) {
      const own = [...tags].filter(([, version]) => version === published.version).map(([tag]) => tag)
      const notes = await readNotes(catalogue, published, [DEPRECATION, BADGE_NOTE])
      const badges = notes.flatMap(({ kind, bytes }) => (kind === BADGE_NOTE ? [bytes] : []))
      found.push({ published, deprecation: deprecationIn(notes), tags: own.toSorted(), badges })
      if (!query.all && isInUse(found.at(-1))) break
    }
    if (query.all) yield* found
    else yield (found.find(isInUse) ?? found[0]) as FoundGear
  }
}

/** What `gear install` would take where no version is named. */
function isInUse(found: FoundGear | undefined): boolean {
  return found !== undefined && found.deprecation === undefined && !isDevelopmentVersion(found.published.version)
}

async function namesOf(catalogue: CatalogueBackend, { words }: GearQuery): Promise<readonly string[]> {
  const names: string[] = []
  try {
    for await (const name of catalogue.names()) names.push(name)
  } catch (error) {
    if (!isGeartrainError(error, "CATALOGUE_NOT_LISTED")) throw error
    // A gear that is named can be looked up all the same.
    const guesses = words.filter((word) => /^[a-z0-9-]{1,100}$/.test(word))
    for (const guess of guesses) if ((await catalogue.tags(guess)).length > 0) names.push(guess)
    if (names.length === 0) throw error
  }
  return names.toSorted()
}

function fits({ name, label, description, author }: PublishedGear, words: readonly string[]): boolean {
  const text = [name, label, description, author].join("\n").toLowerCase()
  return words.every((word) => text.includes(word.toLowerCase()))
}
