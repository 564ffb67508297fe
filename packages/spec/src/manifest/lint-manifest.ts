import { isFolderName } from "../files/folder-name.ts"
import { isJsonObject, showJson } from "../json/json-kind.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { nearestName } from "../text/did-you-mean.ts"
import type { FaultFinder } from "./fault-finder.ts"
import type { GearManifest } from "./gear-manifest.ts"
import { lintConfig } from "./lint-config.ts"
import { lintPatterns } from "./lint-patterns.ts"
import { flywheelMembers, HIGHEST_ID, isUserId, KNOWN_CAPABILITIES } from "./reserved-members.ts"

/**
 * Finds what is wrong with a manifest that the specification accepts, beyond its config (`lintConfig`).
 *
 * Errors: names that cannot be what they are for (`input-name`, `variable-name`, `version`, `name`), NUL in what a process is given (`nul`),
 * user and group ids that are none (`user-id`), patterns that cannot be used (`pattern`).
 * Warnings: names that specification 0.3.0 advises against, addresses that are none (`address`), capabilities that nothing offers
 * (`capability`), and a gear that its author marked as invalid (`invalid`).
 */
export function lintManifest(manifest: GearManifest, finder: FaultFinder): void {
  lintLabels(manifest, finder)
  lintAddresses(manifest, finder)
  lintCommand(manifest, finder)
  lintEnvironment(manifest.environment ?? {}, finder)
  lintConfig(manifest.config, finder)
  lintInputs(manifest.inputs, finder)
  lintCapabilities(manifest.capabilities ?? [], finder)
  lintReserved(manifest, finder)
  lintOutputConfiguration(manifest.output_configuration ?? {}, finder)
}

const CONTROL = /\p{Cc}/u

function lintLabels(manifest: GearManifest, finder: FaultFinder): void {
  for (const member of ["name", "version"] as const) {
    if (!CONTROL.test(manifest[member])) continue
    finder.atValue([member], {
      keyword: member,
      problem: `${showJson(manifest[member])} holds a line break or another control character`,
      fix: "Remove it",
    })
  }
  if (manifest.version.trim() !== "") return
  finder.atValue(["version"], {
    keyword: "version",
    problem: "the version is empty",
    fix: 'Write a version, such as "1.0.0"',
    severity: "warning",
  })
}

function lintAddresses(manifest: GearManifest, finder: FaultFinder): void {
  for (const member of ["url", "source"] as const) {
    const address = manifest[member]
    if (address === "" || /^[a-z][a-z0-9+.-]*:\S+$/i.test(address)) continue
    const isHost = /^[\w-]+(?:\.[\w-]+)+(?:\/\S*)?$/.test(address)
    finder.atValue([member], {
      keyword: "address",
      problem: `${showJson(address)} is no address`,
      fix: isHost ? `Write "https://${address}"` : 'Write an address such as "https://example.org/", or ""',
      severity: "warning",
      ...(isHost ? { mend: { kind: "replace", value: `https://${address}` } } : {}),
    })
  }
}

function lintCommand(manifest: GearManifest, finder: FaultFinder): void {
  const { command } = manifest
  if (command === undefined) return
  if (command.includes("\0")) reportNul(["command"], finder)
  if (command.trim() !== "") return
  finder.atValue(["command"], {
    keyword: "command",
    problem: "the command is empty, so that the gear does nothing",
    fix: 'Write the command, or remove the member for the executable "run"',
    severity: "warning",
  })
}

function reportNul(path: readonly string[], finder: FaultFinder): void {
  finder.atValue(path, {
    keyword: "nul",
    problem: "it holds the character NUL, which no process can be given",
    fix: "Remove it",
  })
}

function lintEnvironment(environment: Readonly<Record<string, string>>, finder: FaultFinder): void {
  for (const [name, value] of Object.entries(environment)) {
    if (value.includes("\0")) reportNul(["environment", name], finder)
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) continue
    const impossible = name === "" || /[=\0]/.test(name)
    finder.atKey(["environment", name], {
      keyword: "variable-name",
      problem: `${showJson(name)} ${impossible ? "cannot be" : "is an unusual name for"} an environment variable`,
      fix: "Use letters, digits and _, with a letter first",
      severity: impossible ? "error" : "warning",
    })
  }
}

function lintInputs(inputs: Readonly<Record<string, JsonObject>>, finder: FaultFinder): void {
  for (const [name, input] of Object.entries(inputs)) {
    lintInputName(name, finder)
    if (input["base"] !== "file") continue
    for (const [member, rule] of Object.entries(input)) {
      if (isJsonObject(rule)) lintPatterns(rule, ["inputs", name, member], finder)
    }
  }
}

function lintInputName(name: string, finder: FaultFinder): void {
  if (/^[A-Za-z0-9_-]+$/.test(name) && isFolderName(name)) return
  const safe = isFolderName(name)
  finder.atKey(["inputs", name], {
    keyword: "input-name",
    problem: safe
      ? `the name ${showJson(name)} has more than letters, digits, - and _`
      : `the name ${showJson(name)} cannot be that of a folder, which it becomes`,
    fix: `Rename it to "${name.replaceAll(/[^A-Za-z0-9_-]+/g, "-").slice(0, 100) || "input"}"`,
    severity: safe ? "warning" : "error",
  })
}

function lintCapabilities(capabilities: readonly string[], finder: FaultFinder): void {
  for (const [index, capability] of capabilities.entries()) {
    if (KNOWN_CAPABILITIES.includes(capability)) continue
    const meant = /^net/i.test(capability) ? "networking" : nearestName(capability, KNOWN_CAPABILITIES)
    finder.atValue(["capabilities", index], {
      keyword: "capability",
      problem: `the capability ${showJson(capability)} is not known, and a gear that asks for it is not started`,
      fix: meant === undefined ? "Remove it" : `Write "${meant}"`,
      severity: "warning",
      ...(meant === undefined ? {} : { mend: { kind: "replace", value: meant } }),
    })
  }
}

function lintReserved(manifest: GearManifest, finder: FaultFinder): void {
  const reserved = flywheelMembers(manifest)
  for (const member of ["uid", "gid"] as const) {
    const value: JsonValue | undefined = reserved[member]
    if (value === undefined || isUserId(value)) continue
    finder.atValue(["custom", "flywheel", member], {
      keyword: "user-id",
      problem: `found ${showJson(value)}, wanted a number from 0 to ${HIGHEST_ID}`,
      fix: "Write the number of a user or group, such as 1000, or remove it",
    })
  }
  if (reserved["invalid"] !== true) return
  finder.atValue(["custom", "flywheel", "invalid"], {
    keyword: "invalid",
    problem: "the author marked the gear as invalid, so that it is not started",
    fix: "Use another version of the gear",
    severity: "warning",
  })
}

function lintOutputConfiguration(configuration: JsonObject, finder: FaultFinder): void {
  for (const name of Object.keys(configuration)) {
    if (name === "enforce_file_version_match") continue
    const meant = nearestName(name, ["enforce_file_version_match"])
    finder.atKey(["output_configuration", name], {
      keyword: "misspelt",
      problem: `"${name}" is not known, and does nothing`,
      fix: meant === undefined ? "Remove it" : `Rename it to "${meant}"`,
      severity: "warning",
      ...(meant === undefined ? {} : { mend: { kind: "rename", to: meant } }),
    })
  }
}
