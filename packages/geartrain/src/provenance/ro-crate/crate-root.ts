import { CRATE_FILE, type CrateEntity, type Reference, reference } from "./crate.ts"
import { CRATE_VERSION, PROCESS_PROFILE, PROVENANCE_PROFILE, WORKFLOW_CRATE, WORKFLOW_PROFILE } from "./crate-terms.ts"

/** What people say of a crate, and no record knows. */
export interface CrateDescription {
  readonly name?: string
  /** A URL, or a sentence. */
  readonly license?: string
  readonly author?: { readonly name: string; readonly orcid?: string }
  /** ISO 8601. */
  readonly published: string
}

export const PROFILES = {
  process: profile(PROCESS_PROFILE, "Process Run Crate", "0.5"),
  workflow: profile(WORKFLOW_PROFILE, "Workflow Run Crate", "0.5"),
  provenance: profile(PROVENANCE_PROFILE, "Provenance Run Crate", "0.5"),
  workflowCrate: profile(WORKFLOW_CRATE, "Workflow RO-Crate", "1.0"),
} as const

function profile(id: string, name: string, version: string): CrateEntity {
  return { "@id": id, "@type": "CreativeWork", name, version }
}

/** What describes the metadata file itself. */
export function descriptorEntity(profiles: readonly CrateEntity[] = []): CrateEntity {
  const conformsTo = [reference(CRATE_VERSION), ...profiles.map(reference)]
  return {
    "@id": CRATE_FILE,
    "@type": "CreativeWork",
    conformsTo: conformsTo.length === 1 ? reference(CRATE_VERSION) : conformsTo,
    about: reference("./"),
  }
}

/** The profile wants a licence, and allows a sentence where there is none to link to. */
const NO_LICENSE = "No licence was stated: ask who published these files"

/** What stands for the crate as a whole: it has all files as parts, and mentions all actions. */
export function rootEntity(
  entities: readonly CrateEntity[],
  crate: {
    readonly title: string
    readonly says: string
    readonly profiles: readonly CrateEntity[]
    readonly description: CrateDescription
    readonly mainEntity?: Reference
  },
): CrateEntity {
  const { profiles, description, mainEntity } = crate
  const conformsTo = profiles.map(reference)
  return {
    "@id": "./",
    "@type": "Dataset",
    conformsTo: conformsTo.length === 1 ? (conformsTo[0] as Reference) : conformsTo,
    name: description.name ?? crate.title,
    description: crate.says,
    datePublished: description.published,
    license: licenseOf(description.license),
    ...(description.author === undefined ? {} : { author: reference(authorId(description.author)) }),
    ...(mainEntity === undefined ? {} : { mainEntity }),
    hasPart: entities.filter(isFile).map(reference),
    mentions: entities.filter(({ "@type": type }) => type === "CreateAction").map(reference),
  }
}

function isFile({ "@type": type, "@id": id }: CrateEntity): boolean {
  return [type].flat().includes("File") && !id.startsWith("#")
}

function licenseOf(license: string | undefined): CrateEntity["license"] {
  if (license === undefined) return NO_LICENSE
  return /^https?:\/\//.test(license) ? reference(license) : license
}

export function authorEntity(author: CrateDescription["author"]): CrateEntity | undefined {
  return author === undefined ? undefined : { "@id": authorId(author), "@type": "Person", name: author.name }
}

function authorId(author: NonNullable<CrateDescription["author"]>): string {
  return author.orcid ?? `#person-${encodeURIComponent(author.name)}`
}
