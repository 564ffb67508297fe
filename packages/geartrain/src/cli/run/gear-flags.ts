import type { ConfigItem, GearManifest, InputDeclaration, JsonValue } from "@geartrain/spec"
import { type ConfigAddition, type InputAddition, shownAdditions } from "@geartrain/spec/additions"
import type { Flag } from "../command.ts"

/** What a gear's manifest declares and a user can give. */
export interface GearParameter {
  readonly kind: "config" | "file" | "context" | "key"
  /** As the manifest has it. */
  readonly name: string
  readonly declared: ConfigItem | InputDeclaration
  /** The flag that it can be given by, without dashes. Absent when the name is no flag's, or is taken: `--set` and its like always work. */
  readonly flag?: string
  readonly isRequired: boolean
  /** What the manifest says of it beyond the specification. */
  readonly added?: Partial<InputAddition & ConfigAddition>
}

/**
 * Lists what a gear can be given, inputs first, each in the order of the manifest.
 *
 * @param taken  Flags that `gear run` has itself.
 */
export function gearParameters(manifest: GearManifest, taken: ReadonlySet<string>): readonly GearParameter[] {
  const additions = shownAdditions(manifest)
  const inputs = Object.entries(manifest.inputs).map(([name, declared]) => ({
    ...{ kind: kindOf(declared), name, declared },
    ...addedTo(additions.inputs, name),
  }))
  const secrets = Object.entries(additions.secrets ?? {}).map(([name, secret]) => ({
    ...{ kind: "key" as const, name, declared: { ...secret } },
  }))
  const config = Object.entries(manifest.config).map(([name, declared]) => ({
    ...{ kind: "config" as const, name, declared },
    ...addedTo(additions.config, name),
  }))
  const all: readonly Omit<GearParameter, "flag" | "isRequired">[] = [...inputs, ...secrets, ...config]
  return all.map((parameter) => {
    const isTwice = all.filter((other) => other.name === parameter.name).length > 1
    const canBeFlag = FLAG_NAME.test(parameter.name) && !taken.has(parameter.name) && !isTwice
    const hasFlag = canBeFlag && (parameter.kind === "config" || parameter.kind === "file")
    return { ...parameter, isRequired: isRequired(parameter.declared), ...(hasFlag ? { flag: parameter.name } : {}) }
  })
}

function addedTo<Added>(
  additions: Readonly<Record<string, Added>> | undefined,
  name: string,
): { readonly added?: Added } {
  const added = additions !== undefined && Object.hasOwn(additions, name) ? additions[name] : undefined
  return added === undefined ? {} : { added }
}

const FLAG_NAME = /^[A-Za-z][A-Za-z0-9_.-]*$/

function kindOf(declared: InputDeclaration): GearParameter["kind"] {
  if (declared.base === "api-key") return "key"
  return declared.base === "context" ? "context" : "file"
}

function isRequired(declared: ConfigItem | InputDeclaration): boolean {
  return declared["optional"] !== true && declared["default"] === undefined && declared["base"] !== "context"
}

/** The flags that the parameters make, for the parser: a truth value can be given without a value, and denied with `--no-`. */
export function flagsOfGear(parameters: readonly GearParameter[]): Readonly<Record<string, Flag>> {
  const flags: Record<string, Flag> = {}
  for (const { flag, kind, declared, added } of parameters) {
    if (flag === undefined) continue
    const says = typeof declared["description"] === "string" ? declared["description"] : ""
    const type = typesOf(declared)
    if (kind === "file") flags[flag] = fileFlag(says, added?.takes)
    else if (type.includes("boolean") && !type.includes("string")) flags[flag] = { type: "truth", says }
    else if (type.includes("array")) flags[flag] = { type: "text", many: true, says }
    else flags[flag] = { type: "text", says, ...enumCompletion(declared) }
  }
  return { ...denials(flags), ...flags }
}

function fileFlag(says: string, takes: InputAddition["takes"] = "file"): Flag {
  if (takes === "folder") return { type: "text", value: "DIR", says, complete: "folder" }
  return { type: "text", value: "PATH", says, complete: "file", ...(takes === "files" ? { many: true } : {}) }
}

/** `--no-mask` for `--mask`; a name that the manifest declares itself comes before. */
function denials(flags: Readonly<Record<string, Flag>>): Record<string, Flag> {
  const truths = Object.entries(flags).filter(([, flag]) => flag.type === "truth")
  return Object.fromEntries(
    truths.map(([name]): [string, Flag] => [`no-${name}`, { type: "switch", says: `--${name}=false` }]),
  )
}

function enumCompletion(declared: ConfigItem): Pick<Flag, "complete"> {
  const values = declared["enum"]
  return Array.isArray(values) ? { complete: values.map(String) } : {}
}

/**
 * The types that a config value may have: what it says, or else those of its default and its enumeration.
 *
 * @example
 *   typesOf({ default: 2 }) // => ["number"]
 */
export function typesOf(declared: ConfigItem): readonly string[] {
  const { type } = declared
  if (typeof type === "string") return [type]
  if (Array.isArray(type)) return type.map(String)
  const examples: JsonValue[] = [...(Array.isArray(declared["enum"]) ? declared["enum"] : [])]
  if (declared["default"] !== undefined) examples.push(declared["default"])
  return [...new Set(examples.map((value) => (Array.isArray(value) ? "array" : typeof value)))]
}
