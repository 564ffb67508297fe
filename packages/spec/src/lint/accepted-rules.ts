import type { LintRule } from "./lint-rule.ts"

/** What `parseManifest` finds in a manifest that the specification accepts. */
export const ACCEPTED_RULES: readonly LintRule[] = [
  {
    id: "manifest/address",
    severity: "warning",
    finds: "A `url` or `source` that is no address",
    why: "People and catalogues make links of it. The specification asks for a URI, and its reference does not check.",
    mends: true,
  },
  {
    id: "manifest/bounds",
    severity: "error",
    finds: "A lower bound above the upper one",
    why: "No value keeps both, so that no job can be made.",
  },
  {
    id: "manifest/capability",
    severity: "warning",
    finds: "A capability that nothing offers",
    why: "A gear whose capabilities are not all offered must not be started.",
    mends: true,
  },
  {
    id: "manifest/command",
    severity: "warning",
    finds: "An empty command",
    why: "The gear ends at once, and well, without having done anything.",
  },
  {
    id: "manifest/default",
    severity: "error",
    finds: "A default that breaks the rules of its own value: another type, not in the enum, beyond a bound",
    why: "Who does not touch the value gets a job that is refused. The specification's schema does not look at defaults.",
    mends: true,
  },
  {
    id: "manifest/input-name",
    severity: "warning",
    finds: "An input name with more than letters, digits, - and _; an error where it cannot be a folder",
    why: "The name becomes a folder. Specification 0.3.0 advises against other characters, and scripts trip over them.",
  },
  {
    id: "manifest/invalid",
    severity: "warning",
    finds: "`custom.flywheel.invalid`",
    why: "The author marked the gear as invalid: no system starts it.",
  },
  {
    id: "manifest/misspelt",
    severity: "warning",
    finds: "A rule or member in nearly the right spelling, such as `descriptiion`, `max` or `min`",
    why: "JSON Schema passes over keywords that it does not know: the rule looks as if it held, and does not.",
    mends: true,
  },
  {
    id: "manifest/name",
    severity: "error",
    finds: "A control character in the name",
    why: "The name becomes part of paths, lines and commands.",
  },
  {
    id: "manifest/nul",
    severity: "error",
    finds: "The character NUL in a command or a variable",
    why: "No process can be given it.",
  },
  {
    id: "manifest/object",
    severity: "warning",
    finds: "A config value of type object",
    why: "A server tells config in environment variables as well, where an object has no place: the job cannot start.",
  },
  {
    id: "manifest/optional",
    severity: "error",
    finds: "`optional` that is neither true nor false; a text that says no and counts as yes is an error",
    why: 'Only its truth is asked for, and every text but the empty one is true: "false" makes the value optional.',
    mends: true,
  },
  {
    id: "manifest/pattern",
    severity: "error",
    finds: "A pattern that is none in Python, or cannot be matched in bounded time",
    why: "The reference derives no invocation schema from it, so that no job can be made.",
  },
  {
    id: "manifest/user-id",
    severity: "error",
    finds: "A user or group id that is none",
    why: "Nobody can run as that user.",
  },
  {
    id: "manifest/variable",
    severity: "warning",
    finds: "Config names that make the same FW_CONFIG_* variable, or none",
    why: "Everything but letters, digits, spaces and _ is dropped from the name, so that `a-b` and `ab` are one: a gear that reads its environment gets one of the two.",
  },
  {
    id: "manifest/variable-name",
    severity: "warning",
    finds: "A name in `environment` that shells do not take, or that is none",
    why: "bash passes over such a variable, and a name with = cannot be a variable at all.",
  },
  {
    id: "manifest/version",
    severity: "warning",
    finds: "An empty version, or one with control characters",
    why: "Name and version are how people and records name the gear.",
  },
]
