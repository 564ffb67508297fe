import { dirname, join, resolve } from "node:path"
import { GeartrainError, nearestName } from "@geartrain/spec"
import { convertWorkflow } from "../../importers/pegasus/convert/convert-workflow.ts"
import type { ConvertedGear } from "../../importers/pegasus/convert/gears/convert-gears.ts"
import { fileOf, gearSources } from "../../importers/pegasus/convert/gears/gear-sources.ts"
import { contentVersion, type GearContent } from "../../importers/pegasus/convert/gears/gear-version.ts"
import { localPath } from "../../importers/pegasus/convert/local-path.ts"
import type { CheckedFile } from "../../importers/pegasus/convert/outside-files.ts"
import { loadPegasusFamily } from "../../importers/pegasus/convert/sub-workflows.ts"
import { type TakenOver, takeOverText } from "../../importers/pegasus/convert/take-over.ts"
import { workflowText } from "../../importers/pegasus/convert/workflow-text.ts"
import type { Settings } from "../../settings/settings.ts"
import { existsSync, mkdir, open, readFile, rename, rm, writeFile } from "../../system/files.ts"
import { sha256 } from "../../system/hash.ts"
import { hashOpenFile } from "../../system/hash-file.ts"
import { draftPath, sweepDrafts } from "../../system/linux/drafts.ts"
import { type AddedFile, type GearBase, writeGearTar } from "./write-gear-tar.ts"

/** What a user wants of a workflow of Pegasus'. */
export interface PegasusWish {
  readonly file: string
  readonly catalogs: readonly string[]
  /** What programs that are installed run in: an image or root filesystem. */
  readonly base?: string
  /** Images by the name of a container, of a program, or of a gear. */
  readonly images: ReadonlyMap<string, string>
  readonly folder: string
  readonly settings: Pick<Settings, "cache" | "imageLimits">
}

export interface ImportedWorkflow {
  /** What keeps a gear from being run, a sentence each. */
  readonly lacking: readonly string[]
  readonly steps: number
  readonly gears: readonly { readonly name: string; readonly path: string }[]
  readonly rows: readonly TakenOver[]
}

/**
 * Takes a workflow of Pegasus' over into a folder: `workflow.yaml`, a gear of each program, and a table of what was taken over. The folder
 * appears whole or not at all.
 *
 * @throws {GeartrainError} OUTPUT_EXISTS; PEGASUS_CHECKSUM_MISMATCH; PEGASUS_NOT_CONVERTIBLE; what reading, converting and opening images throw.
 */
export async function importPegasus(wish: PegasusWish): Promise<ImportedWorkflow> {
  const { file, folder } = wish
  if (existsSync(folder)) {
    throw new GeartrainError("OUTPUT_EXISTS", `Cannot take over "${file}" into "${folder}": it exists`, {
      details: { path: folder },
      hint: "Name another folder with -o DIR",
    })
  }
  const family = await loadPegasusFamily(file, { catalogs: wish.catalogs })
  const imageOf = (gear: ConvertedGear): string | undefined => chooseImage(gear, wish)
  const pathOf = (gear: ConvertedGear): string => `./gears/${gear.name}${imageOf(gear) === undefined ? "" : ".tar"}`
  const { documents, gears, rows, checks } = convertWorkflow(family, pathOf)
  refuseLostImages(wish, gears)
  for (const check of [...checks, ...gears.flatMap((gear) => checksOf(gear, imageOf(gear)))]) await verify(check, file)
  const texts = documents.map(
    ({ file: name, workflow, from }) => [`${name}.yaml`, workflowText(workflow, from)] as const,
  )
  const told = [...rows]
  const beside = dirname(resolve(folder))
  await sweepDrafts(beside)
  const draft = draftPath(beside)
  await mkdir(join(draft, "gears"), { recursive: true })
  try {
    for (const gear of gears)
      await writeGear(gear, { image: imageOf(gear), draft, settings: wish.settings, rows: told })
    for (const [name, text] of texts) await writeFile(join(draft, name), text)
    await writeFile(join(draft, "taken-over.md"), takeOverText(family.inputs.workflow.name, told))
    await rename(draft, folder)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
  return {
    steps: documents.reduce((count, { workflow }) => count + Object.keys(workflow.steps).length, 0),
    gears: gears.map((gear) => ({ name: gear.name, path: pathOf(gear) })),
    rows: told,
    lacking: told.slice(rows.length).flatMap(({ taken, how }) => (taken === "no" ? [how] : [])),
  }
}

/** An image for a name that nothing has is a mistake. */
function refuseLostImages({ file, images }: PegasusWish, gears: readonly ConvertedGear[]): void {
  const names = new Set(gears.flatMap(namesOf))
  const lost = [...images.keys()].find((name) => !names.has(name))
  if (lost === undefined) return
  const near = nearestName(lost, [...names])
  throw new GeartrainError(
    "USAGE",
    `Cannot take an image for "${lost}": "${file}" has no container and no program of that name`,
    {
      hint:
        near === undefined ? `There are ${[...names].slice(0, 10).join(", ")}` : `Did you mean: --image ${near}=IMAGE`,
    },
  )
}

/** What an image may be given for. */
function namesOf({ container, name, transformation }: ConvertedGear): readonly string[] {
  return [...(container === undefined ? [] : [container.name]), name, transformation]
}

function chooseImage(
  { container, name, transformation }: ConvertedGear,
  { images, base }: PegasusWish,
): string | undefined {
  const named = images.get(name) ?? images.get(transformation)
  if (named !== undefined) return named
  if (container === undefined) return base
  const given = images.get(container.name)
  const path = localPath(container.image)
  // Singularity's own format is read by nothing but Singularity.
  const readable = path !== undefined && !/\.(sif|simg|img)$/.test(path) && existsSync(path)
  return given ?? (readable ? path : undefined)
}

/** Programs of a gear, and the image that the catalog itself names, whose bytes it knows. */
function checksOf({ checks, container }: ConvertedGear, image: string | undefined): readonly CheckedFile[] {
  if (container?.sha256 === undefined || image === undefined || image !== localPath(container.image)) return checks
  return [...checks, { lfn: container.name, path: image, sha256: container.sha256 }]
}

/** A file whose bytes are not those that a catalog says is none of this workflow. */
async function verify({ lfn, path, sha256 }: CheckedFile, file: string): Promise<void> {
  if (!existsSync(path)) return
  const digest = await digestOf(path)
  if (digest === `sha256:${sha256}`) return
  throw new GeartrainError(
    "PEGASUS_CHECKSUM_MISMATCH",
    `Cannot take over "${file}": "${path}" is not the file that the catalog means by "${lfn}": its sha256 is ${digest.slice(7)}, and ${sha256} is expected`,
    {
      details: { file: path, lfn, expected: sha256, found: digest.slice(7) },
      hint: "Get the file anew, or mend its checksum in the catalog",
    },
  )
}

async function digestOf(path: string): Promise<string> {
  const handle = await open(path, "r")
  try {
    return (await hashOpenFile(handle)).digest
  } finally {
    await handle.close()
  }
}

interface Writing {
  readonly image: string | undefined
  readonly draft: string
  readonly settings: PegasusWish["settings"]
  readonly rows: TakenOver[]
}

async function writeGear(gear: ConvertedGear, { image, draft, settings, rows }: Writing): Promise<void> {
  const what = `gear ${gear.name}`
  const run = Buffer.from(gear.run)
  const programs = await readPrograms(gear, rows)
  const manifest = manifestWriter(gear, programs)
  if (image !== undefined) {
    const filesOf = ({ tree, env }: GearBase): ReadonlyMap<string, AddedFile> =>
      new Map([
        ["flywheel/v0/manifest.json", { bytes: manifest({ tree }, env), executable: false }],
        ["flywheel/v0/run", { bytes: run, executable: true }],
        ...programs,
      ])
    await writeGearTar(image, filesOf, { to: join(draft, "gears", `${gear.name}.tar`), settings })
    rows.push({ what, taken: "yes", how: `gears/${gear.name}.tar, on ${image}` })
    return
  }
  const folder = join(draft, "gears", gear.name)
  await mkdir(folder)
  await writeFile(join(folder, "run"), run, { mode: 0o755 })
  for (const [place, { bytes }] of programs) await writeFile(join(folder, fileOf(place)), bytes, { mode: 0o755 })
  const sources = gearSources({
    ...gear,
    programs: Object.fromEntries([...programs.keys()].map((place) => [place, place])),
  })
  await writeFile(join(folder, "manifest.json"), manifest(sources ?? {}))
  for (const [name, text] of Object.entries(sources ?? {})) await writeFile(join(folder, name), text)
  const by = sources === undefined ? undefined : Object.keys(sources)[0]
  rows.push(
    by === undefined
      ? {
          what,
          taken: "no",
          how: `gears/${gear.name} has no root filesystem: ${gear.container?.image} cannot be read here; give it as a tar with --image ${gear.container?.name}=FILE`,
        }
      : {
          what,
          taken: "changed",
          how: `gears/${gear.name} is built from ${by} when it is first run, which fetches packages or an image; give one with --image to avoid that`,
        },
  )
}

/** Makes the bytes of a gear's manifest. Its version comes of all that the gear is: its program, and what it stands on. */
function manifestWriter(
  { manifest, run }: ConvertedGear,
  programs: ReadonlyMap<string, AddedFile>,
): (base: GearContent, env?: readonly string[]) => Uint8Array {
  const own = Object.fromEntries([...programs].map(([place, { bytes }]) => [place, sha256(bytes)]))
  return (base, env = []) => {
    // A container of Pegasus' has the variables of its image.
    const environment = Object.fromEntries(env.map(variable).filter(([name]) => name !== ""))
    const whole = env.length === 0 ? manifest : { ...manifest, environment }
    const version = contentVersion(whole, { ...base, ...own, run })
    return Buffer.from(`${JSON.stringify({ ...whole, version }, undefined, 2)}\n`)
  }
}

function variable(text: string): readonly [string, string] {
  const at = text.indexOf("=")
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)]
}

async function readPrograms(
  { name, programs }: ConvertedGear,
  rows: TakenOver[],
): Promise<ReadonlyMap<string, AddedFile>> {
  const files = new Map<string, AddedFile>()
  for (const [place, path] of Object.entries(programs)) {
    const what = `program ${path}`
    if (existsSync(path)) {
      files.set(place, { bytes: await readFile(path), executable: true })
      rows.push({ what, taken: "yes", how: `It is in the gear ${name}` })
    } else
      rows.push({
        what,
        taken: "no",
        how: `${path} is not on this machine; put it there, and take the workflow over again`,
      })
  }
  return files
}
