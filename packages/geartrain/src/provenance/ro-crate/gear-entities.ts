import { type Gear, hexOf, type JobRecord } from "@geartrain/spec"
import { type CrateEntity, reference } from "./crate.ts"

/**
 * The gear of a job as the tool that the profile asks for, and its image.
 *
 * @param gear  Absent where it is no longer kept: name, version and digests are in the job's record.
 */
export function gearEntities(record: JobRecord, gear: Gear | undefined): readonly CrateEntity[] {
  return [toolEntity(record, gear), imageEntity(record)]
}

export function toolId(record: JobRecord): string {
  return `#gear-${hexOf(record.gear.id)}`
}

export function imageId(record: JobRecord): string {
  return `#image-${hexOf(record.gear.tree)}`
}

function toolEntity(record: JobRecord, gear: Gear | undefined): CrateEntity {
  const manifest = gear?.manifest
  return {
    "@id": toolId(record),
    "@type": "SoftwareApplication",
    name: manifest?.label || record.gear.name,
    alternateName: record.gear.name,
    softwareVersion: record.gear.version,
    identifier: record.gear.id,
    ...(manifest === undefined
      ? {}
      : {
          description: manifest.description,
          license: manifest.license,
          ...(isUrl(manifest.url) ? { url: manifest.url } : {}),
          ...(isUrl(manifest.source) ? { codeRepository: manifest.source } : {}),
          ...(manifest.cite === undefined || manifest.cite === "" ? {} : { citation: manifest.cite }),
        }),
  }
}

/** The root filesystem, which has one digest over all packings; and the packing that it came in, where that has a digest. */
function imageEntity(record: JobRecord): CrateEntity {
  const { origin, tree, platform } = record.gear
  return {
    "@id": imageId(record),
    "@type": "ContainerImage",
    ...(PACKED_AS_IMAGE.has(origin.kind) ? { additionalType: reference(DOCKER_IMAGE) } : {}),
    name: record.gear.name,
    tag: record.gear.version,
    identifier: tree,
    sha256: hexOf(origin.imageDigest ?? tree),
    description:
      origin.imageDigest === undefined
        ? `Root filesystem for ${platform}; sha256 is that of its canonical listing, geartrain-tree/1`
        : `Image for ${platform}; sha256 is that of its image manifest`,
    ...(origin.kind === "registry" ? { registry: origin.reference.split("/")[0] ?? "" } : {}),
  }
}

const DOCKER_IMAGE = "https://w3id.org/ro/terms/workflow-run#DockerImage"
const PACKED_AS_IMAGE: ReadonlySet<string> = new Set(["docker-archive", "oci-archive", "oci-layout", "registry"])

function isUrl(text: string): boolean {
  return /^https?:\/\/\S+$/.test(text)
}
