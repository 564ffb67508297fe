import { isFolderName } from "../files/folder-name.ts"
import { isJsonObject, memberOf, showJson } from "../json/json-kind.ts"
import type { JsonPath } from "../json/json-path.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { readPythonPattern } from "../pattern/python-pattern.ts"
import type { SchemaViolation } from "../schema/schema-violation.ts"
import { validateDraft04 } from "../schema/validate-draft-04.ts"
import { nearestName } from "../text/did-you-mean.ts"
import { GEAR_ADDITIONS_SCHEMA } from "./additions-schema.ts"
import { readDuration, readSize } from "./amounts.ts"
import type { AddedTo, GearAdditions } from "./gear-additions.ts"

/** One thing that is wrong with `custom.geartrain`. */
export interface AdditionFault {
  /** From the root of the manifest. */
  readonly path: JsonPath
  /** The fault lies in the name of the member, and not in its value. */
  readonly isName: boolean
  readonly problem: string
  readonly fix: string
  /** `error`: the gear is not run with it. `warning`: what is said does nothing. */
  readonly severity: "error" | "warning"
}

/** Where the additions stand in a manifest. */
const ROOT: JsonPath = ["custom", "geartrain"]

/**
 * Finds everything that is wrong with the additions of a manifest: their form, and names that they speak of and the manifest does not have.
 *
 * @param manifest  One that keeps the specification.
 * @returns none for a manifest without additions.
 */
export function findAdditionFaults(manifest: AddedTo): readonly AdditionFault[] {
  const custom = manifest.custom
  const additions = custom === undefined ? undefined : memberOf(custom, "geartrain")
  if (additions === undefined) return []
  const faults = validateDraft04(RULES, additions).flatMap(explain)
  // What has another form than it should cannot be looked into.
  return faults.some(({ severity }) => severity === "error")
    ? faults
    : [...faults, ...meaningFaults(manifest, additions as GearAdditions)]
}

/** The rules of draft 4 among those of the published schema: all but its own name. */
const RULES: JsonObject = Object.fromEntries(
  Object.entries(GEAR_ADDITIONS_SCHEMA).filter(([name]) => !name.startsWith("$")),
)

function explain(violation: SchemaViolation): readonly AdditionFault[] {
  const { path, keyword, names, problem } = violation
  if (keyword === "additionalProperties") {
    const known = knownAt(violation)
    return names.map((name) => {
      const meant = nearestName(name, known)
      return fault([...path, name], {
        isName: true,
        severity: "warning",
        problem: `"${name}" is not known here, and does nothing`,
        fix: meant === undefined ? `Remove it: there may be ${known.join(", ")}` : `Rename it to "${meant}"`,
      })
    })
  }
  if (keyword === "required")
    return [fault(path, { problem: `${names.map((name) => `"${name}"`).join(", ")} is missing`, fix: "Add it" })]
  return [fault(path, { problem, fix: fixOf(path, keyword) })]
}

function fixOf(path: JsonPath, keyword: string): string {
  const member = path.at(-1)
  if (keyword === "pattern" && member === "time") return "Write a duration such as 90s, 45m or 2h30m"
  if (keyword === "pattern" && (member === "memory" || member === "disk")) return "Write a size such as 512m or 4g"
  if (keyword === "enum") return "Write one of them"
  return "Write it as the schema says: gear schema gear-additions"
}

/** The members that the schema has where a violation lies. */
function knownAt({ schemaPath }: SchemaViolation): readonly string[] {
  let at: JsonValue | undefined = RULES
  for (const step of schemaPath.slice(0, -1)) at = isJsonObject(at) ? memberOf(at, String(step)) : undefined
  const properties = isJsonObject(at) ? memberOf(at, "properties") : undefined
  return isJsonObject(properties) ? Object.keys(properties) : []
}

function meaningFaults(manifest: AddedTo, additions: GearAdditions): readonly AdditionFault[] {
  return [
    ...amountFaults(additions),
    ...inputFaults(manifest, additions),
    ...secretFaults(manifest, additions),
    ...configFaults(manifest, additions),
    ...groupFaults(manifest, additions),
    ...patternFaults(additions),
  ]
}

function amountFaults({ resources = {} }: GearAdditions): readonly AdditionFault[] {
  const { memory, disk, time } = resources
  const bad = [
    ["memory", memory === undefined || readSize(memory) !== undefined, "Write a size such as 512m or 4g"],
    ["disk", disk === undefined || readSize(disk) !== undefined, "Write a size such as 512m or 4g"],
    ["time", time === undefined || readDuration(time) !== undefined, "Write a duration such as 90s, 45m or 2h30m"],
  ] as const
  return bad
    .filter(([, isGood]) => !isGood)
    .map(([name, , fix]) =>
      fault(["resources", name], { problem: `${showJson(resources[name] ?? null)} is no amount`, fix }),
    )
}

function inputFaults({ inputs }: AddedTo, additions: GearAdditions): readonly AdditionFault[] {
  return Object.entries(additions.inputs ?? {}).flatMap(([name, addition]) => {
    const declared = memberOf(inputs, name)
    if (!isJsonObject(declared))
      return [unknownName(["inputs", name], "an input", { name, known: Object.keys(inputs) })]
    if (declared["base"] !== "file") {
      return [fault(["inputs", name], { isName: true, problem: `"${name}" is no file input`, fix: "Remove it" })]
    }
    const { takes, atLeast = 1, atMost } = addition
    if (takes === "file" && (addition.atLeast !== undefined || atMost !== undefined)) {
      return [
        fault(["inputs", name, "takes"], {
          problem: "an input that takes one file has no number of files",
          fix: 'Write "files" or "folder"',
        }),
      ]
    }
    if (atMost === undefined || atLeast <= atMost) return []
    return [
      fault(["inputs", name, "atMost"], {
        problem: `no number is at least ${atLeast} and at most ${atMost}`,
        fix: "Mend one of the two",
      }),
    ]
  })
}

function secretFaults({ inputs }: AddedTo, additions: GearAdditions): readonly AdditionFault[] {
  return Object.keys(additions.secrets ?? {}).flatMap((name) => {
    if (Object.hasOwn(inputs, name)) {
      return [
        fault(["secrets", name], {
          isName: true,
          problem: `there is an input "${name}", too`,
          fix: "Give one another name",
        }),
      ]
    }
    if (/^[A-Za-z0-9_.-]+$/.test(name) && isFolderName(name)) return []
    return [
      fault(["secrets", name], {
        isName: true,
        problem: `${showJson(name)} cannot be the name of a secret`,
        fix: "Use letters, digits, - and _",
      }),
    ]
  })
}

function configFaults({ config }: AddedTo, additions: GearAdditions): readonly AdditionFault[] {
  const known = Object.keys(config)
  return Object.entries(additions.config ?? {}).flatMap(([name, { when = {} }]) => {
    const own = known.includes(name) ? [] : [unknownName(["config", name], "a config value", { name, known })]
    const others = Object.entries(when).flatMap(([other, values]) => {
      const path = ["config", name, "when", other]
      const declared = memberOf(config, other)
      if (other === name)
        return [fault(path, { isName: true, problem: "a value cannot depend on itself", fix: "Remove it" })]
      if (!isJsonObject(declared)) return [unknownName(path, "a config value", { name: other, known })]
      const never = values.filter((value) => validateDraft04(declared, value).length > 0)
      return never.map((value) =>
        fault(path, {
          severity: "warning",
          problem: `"${other}" is never ${showJson(value)}`,
          fix: "Write values that it can have",
        }),
      )
    })
    return [...own, ...others]
  })
}

function groupFaults({ config }: AddedTo, additions: GearAdditions): readonly AdditionFault[] {
  const known = Object.keys(config)
  const owners = new Map<string, string>()
  return (additions.groups ?? []).flatMap(({ label, config: names }, group) =>
    names.flatMap((name, index) => {
      const path = ["groups", group, "config", index]
      if (!known.includes(name)) return [{ ...unknownName(path, "a config value", { name, known }), isName: false }]
      const owner = owners.get(name)
      owners.set(name, label)
      if (owner === undefined) return []
      return [fault(path, { problem: `"${name}" is in the group ${showJson(owner)} already`, fix: "Leave it in one" })]
    }),
  )
}

function patternFaults({ outputs = {}, compare = [] }: GearAdditions): readonly AdditionFault[] {
  const files = [
    ...Object.entries(outputs).flatMap(([name, output]) =>
      output.files.map((text, index) => [["outputs", name, "files", index], text] as const),
    ),
    ...compare.flatMap((rule, at) => rule.files.map((text, index) => [["compare", at, "files", index], text] as const)),
  ]
  const bad = files.filter(
    ([, text]) => text.startsWith("/") || text.split("/").some((step) => step === "" || step === ".."),
  )
  const lines = compare.flatMap((rule, at) =>
    (rule.ignore ?? []).map((text, index) => [["compare", at, "ignore", index], text] as const),
  )
  return [
    ...bad.map(([path, text]) =>
      fault(path, {
        problem: `${showJson(text)} is no name in the output folder`,
        fix: "Write it from the output folder on, without .. and not beginning with /",
      }),
    ),
    ...lines.flatMap(([path, text]) => {
      const read = readPythonPattern(text)
      return read.ok
        ? []
        : [
            fault(path, {
              problem: `the pattern ${showJson(text)} cannot be used: ${read.problem}`,
              fix: "Mend the pattern",
            }),
          ]
    }),
  ]
}

function unknownName(
  path: JsonPath,
  what: string,
  of: { readonly name: string; readonly known: readonly string[] },
): AdditionFault {
  const meant = nearestName(of.name, of.known)
  return fault(path, {
    isName: true,
    problem: `the manifest has no ${what.replace(/^an? /, "")} "${of.name}"`,
    fix: meant === undefined ? "Remove it" : `Write "${meant}"`,
  })
}

function fault(path: JsonPath, told: Pick<AdditionFault, "problem" | "fix"> & Partial<AdditionFault>): AdditionFault {
  return { isName: false, severity: "error", ...told, path: [...ROOT, ...path] }
}
