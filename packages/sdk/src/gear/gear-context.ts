import { join, posix } from "node:path"
import {
  type Destination,
  GEAR_FOLDER,
  type GearManifest,
  GeartrainError,
  type JsonObject,
  type JsonValue,
} from "@geartrain/spec"
import { createGearLog, type GearLog } from "./gear-log.ts"
import type { ConfigOf, FileOf, InputName, ManifestShape } from "./manifest-types.ts"
import { MetadataBook } from "./metadata-book.ts"
import type { ContainerLevel, ContainerMetadata, FileMetadata } from "./metadata-fields.ts"
import { readConfigJson } from "./read-config-json.ts"
import { type FileHandle, openGearFile, readGearFile, writeGearFile } from "./system/gear-files.ts"

/** The file of an input. */
export interface GearFile {
  /** Without folders. */
  readonly name: string
  readonly path: string
  /** What is known of it: `type`, `size` in bytes, `tags`, `info` and more. */
  readonly object: JsonObject
}

/** A gear's view of its run. Method names are those of Flywheel's own context classes, in the letters of TypeScript. */
export interface GearContext<Manifest extends ManifestShape = GearManifest> {
  /** By name. An optional value that was not given is undefined. */
  readonly config: ConfigOf<Manifest>
  /** The container that the results go to. */
  readonly destination: Destination
  readonly outputDir: string
  /** For what is not a result. It goes with the job. */
  readonly workDir: string
  readonly log: GearLog
  getInput<Name extends InputName<Manifest, "file">>(name: Name): FileOf<Manifest, Name, GearFile>
  getInputPath<Name extends InputName<Manifest, "file">>(name: Name): FileOf<Manifest, Name, string>
  /** @throws {GeartrainError} INPUT_NOT_FOUND when it was not given. The caller closes it. */
  openInput(name: InputName<Manifest, "file">): Promise<FileHandle>
  /** Undefined when none was found. */
  getContextValue(name: InputName<Manifest, "context">): JsonValue | undefined
  /** The caller closes it. @throws {GeartrainError} OUTPUT_NAME_INVALID */
  openOutput(name: string): Promise<FileHandle>
  /** @throws {GeartrainError} OUTPUT_NAME_INVALID */
  getOutputPath(name: string): string
  /** Logs where the results go, the config and the inputs. Keys are left out. */
  logConfig(): void
  /** Says something of a result, or of a file that the destination has already. @throws {GeartrainError} METADATA_INVALID */
  updateFileMetadata(file: string, update: FileMetadata): void
  /** Says something of the destination or a container above it. What a curator has set there stays. @throws {GeartrainError} METADATA_INVALID */
  updateContainerMetadata(level: ContainerLevel, update: ContainerMetadata): void
  /** @throws {GeartrainError} METADATA_INVALID */
  updateDestinationMetadata(update: ContainerMetadata): void
  /** Writes `.metadata.json`, whole or not at all; nothing when nothing was said. `runGear` does it at the end. */
  writeMetadata(): Promise<void>
}

export interface GearContextOptions {
  /** Holds config.json, `input/`, `output/` and `work/`. Default: `/flywheel/v0`; another is for trying a gear out. */
  readonly folder?: string
}

/**
 * Opens what a gear is run with.
 *
 * @param manifest  The gear's own manifest. Written `as const`, it gives config and inputs their types, and config.json is held against it.
 * @throws {GeartrainError} CONFIG_FILE_INVALID
 */
export async function openGearContext<const Manifest extends ManifestShape>(
  manifest: Manifest,
  options: GearContextOptions = {},
): Promise<GearContext<Manifest>> {
  const folder = options.folder ?? GEAR_FOLDER
  const path = join(folder, "config.json")
  const bytes = await readGearFile(path).catch((error: unknown) => {
    throw new GeartrainError("CONFIG_FILE_INVALID", `Cannot read "${path}": ${(error as { code?: string }).code}`, {
      hint: "Run the gear with gear run, which writes this file",
      cause: error,
    })
  })
  const document = readConfigJson(bytes, manifest as unknown as GearManifest, path)
  return createContext<Manifest>(document, folder)
}

function createContext<Manifest extends ManifestShape>(document: JsonObject, folder: string): GearContext<Manifest> {
  const config = objectOf(document["config"])
  const inputs = objectOf(document["inputs"])
  const destination = { type: "acquisition", id: "", ...objectOf(document["destination"]) } as Destination
  const log = createGearLog({ debug: config["debug"] === true })
  const book = new MetadataBook((text) => log.warn(text))
  const outputDir = join(folder, "output")
  const find = (name: string): GearFile | undefined => fileOf(ownMember(inputs, name), folder)
  const getOutputPath = (name: string): string => join(outputDir, checkedName(name))
  return {
    config: config as ConfigOf<Manifest>,
    destination,
    outputDir,
    workDir: join(folder, "work"),
    log,
    getInput: (name) => find(name) as never,
    getInputPath: (name) => find(name)?.path as never,
    openInput: async (name) => openGearFile((find(name) ?? notGiven(name, inputs)).path, "r"),
    getContextValue: (name) => {
      const entry = objectOf(ownMember(inputs, name))
      return entry["base"] === "context" && entry["found"] === true ? entry["value"] : undefined
    },
    openOutput: async (name) => openGearFile(getOutputPath(name), "w"),
    getOutputPath,
    logConfig: () => logConfig(log, { config, inputs, destination }),
    updateFileMetadata: (file, update) => book.updateFile(destination.type, checkedName(file), update),
    updateContainerMetadata: (level, update) => book.updateContainer(level, update),
    updateDestinationMetadata: (update) => book.updateContainer(destination.type, update),
    writeMetadata: async () => {
      const said = book.document()
      if (said === undefined) return
      await writeGearFile(join(outputDir, ".metadata.json"), `${JSON.stringify(said, undefined, 2)}\n`)
    },
  }
}

function fileOf(entry: JsonValue | undefined, folder: string): GearFile | undefined {
  const { base, location, object } = objectOf(entry)
  if (base !== "file") return undefined
  const { name, path } = objectOf(location)
  if (typeof name !== "string" || typeof path !== "string") return undefined
  // Tried out in another folder, config.json still says where the file lies in a gear.
  const there = path.startsWith(`${GEAR_FOLDER}/`) ? join(folder, path.slice(GEAR_FOLDER.length + 1)) : path
  return { name, path: there, object: objectOf(object) }
}

function logConfig(log: GearLog, run: { config: JsonObject; inputs: JsonObject; destination: Destination }): void {
  log.info(`destination: ${run.destination.type} ${run.destination.id}`)
  for (const [name, value] of Object.entries(run.config)) log.info(`config ${name}: ${JSON.stringify(value)}`)
  for (const [name, value] of Object.entries(run.inputs)) {
    const entry = objectOf(value)
    const shown = entry["base"] === "file" ? objectOf(entry["location"])["name"] : entry["value"]
    log.info(`input ${name}: ${entry["base"] === "api-key" ? "api-key" : JSON.stringify(shown ?? null)}`)
  }
}

/** Results lie in the output folder itself: files in folders below it are not kept everywhere. */
function checkedName(name: string): string {
  if (name !== "" && name !== "." && name !== ".." && posix.basename(name) === name) return name
  throw new GeartrainError(
    "OUTPUT_NAME_INVALID",
    `Cannot use "${name}" as the name of a result: it is no plain file name`,
    {
      hint: "Name a file in the output folder itself; pack folders into an archive",
    },
  )
}

function notGiven(name: string, inputs: JsonObject): never {
  const given = Object.keys(inputs).join(", ") || "none"
  throw new GeartrainError("INPUT_NOT_FOUND", `Cannot open input "${name}": it was not given; given are: ${given}`, {
    hint: "Ask for it with getInput first, where it is optional",
  })
}

function ownMember(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}
