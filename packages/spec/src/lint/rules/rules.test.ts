import assert from "node:assert/strict"
import { test } from "node:test"
import { FaultFinder } from "../../manifest/fault-finder.ts"
import { parseManifest } from "../../manifest/parse-manifest.ts"
import type { ManifestRule } from "../lint-rule.ts"
import { additionRule } from "./addition.ts"
import { categoryRule } from "./category.ts"
import { commandTemplateRule } from "./command-template.ts"
import { fileTypeRule } from "./file-type.ts"
import { homeRule } from "./home.ts"
import { imageTagRule, imageVersionRule } from "./image-name.ts"
import { membersRule } from "./members.ts"
import { networkRule } from "./network.ts"
import { pathRule } from "./path.ts"
import { secretRule } from "./secret.ts"
import { secretValueRule } from "./secret-value.ts"
import { shellVariableRule } from "./shell-variable.ts"
import { soundsSecret } from "./sounds-secret.ts"
import { timeZoneRule } from "./time-zone.ts"
import { unexpandedRule } from "./unexpanded.ts"

const BASE = {
  ...{ name: "a", label: "A", description: "A", version: "1.2.0", author: "A", license: "MIT" },
  ...{ url: "", source: "", config: {}, inputs: {} },
}

/** What one rule says of a manifest, all others left out. */
function faultsOf(rule: ManifestRule, members: object) {
  const result = parseManifest(new TextEncoder().encode(JSON.stringify({ ...BASE, ...members }, undefined, 1)))
  assert.ok(result.ok, JSON.stringify(result))
  const finder = new FaultFinder(result.json)
  rule.check(result.manifest, finder)
  // A finding is looked up by its rule, so that a word of its own would be a mistake of the program.
  for (const { keyword } of finder.faults) assert.equal(`manifest/${keyword}`, rule.id)
  return finder.faults
}

function told(rule: ManifestRule, members: object): readonly string[] {
  return faultsOf(rule, members).map(({ where, fix }) => `${where}: ${fix}`)
}

const builder = (members: object) => ({ custom: { "gear-builder": members } })
const file = (item: object) => ({ inputs: { scan: { base: "file", ...item } } })
const variables = (environment: object) => ({ environment })

test("a category is mended to the one that is nearest, and to analysis where none is near", () => {
  const at = "/custom/gear-builder/category"
  assert.deepEqual(told(categoryRule, builder({ category: "Converter" })), [`${at}: Write "converter"`])
  assert.deepEqual(told(categoryRule, builder({ category: "zebra" })), [`${at}: Write "analysis"`])
  assert.deepEqual(told(categoryRule, builder({ category: null })), [`${at}: Write "analysis"`])
  const [long] = faultsOf(categoryRule, builder({ category: "x".repeat(1_000) }))
  assert.ok(long !== undefined && long.problem.length < 200)
})

test("the first template of a command is told, and braces of the shell are none", () => {
  const [fault] = faultsOf(commandTemplateRule, { command: "run {{ a }} {{ b }}" })
  assert.match(fault?.problem ?? "", /bash gets \{\{ a \}\} as it stands/)
  for (const command of ["cp {a,b} c", "awk '{ print $1 }'", "echo {{", ""])
    assert.deepEqual(told(commandTemplateRule, { command }), [], command)
})

test("a file type in other letters is mended, one that is only alike is told, and one that is there already is removed", () => {
  const mends = (types: readonly string[]) =>
    faultsOf(fileTypeRule, file({ type: { enum: types } })).map(({ where, fix, mend }) => [where, fix, mend])
  const at = "/inputs/scan/type/enum"
  assert.deepEqual(mends(["dicom", "NIfTI"]), [[`${at}/1`, 'Write "nifti"', { kind: "replace", value: "nifti" }]])
  assert.deepEqual(mends(["NIfTI", "nifti"]), [[`${at}/0`, "Remove it", undefined]])
  assert.deepEqual(mends(["tabular-data"]), [
    [`${at}/0`, 'Write "tabular data"', { kind: "replace", value: "tabular data" }],
  ])
  assert.deepEqual(mends(["tabular dataa"]), [[`${at}/0`, 'Write "tabular data"', undefined]])
  assert.deepEqual(mends(["pdx"]), [], "short words are alike by chance")
})

test("HOME may lie where every run can write, and nowhere else", () => {
  for (const HOME of ["/tmp", "/tmp/", "/flywheel/v0/output/home", "/home/gear"])
    assert.deepEqual(told(homeRule, variables({ HOME })), [], HOME)
  for (const HOME of ["", "/", "/flywheel/v0", "/flywheel/v0/input", "/home/gears", "tmp"])
    assert.equal(told(homeRule, variables({ HOME })).length, 1, HOME)
})

test("the tag that is proposed replaces latest, and keeps the port of a registry", () => {
  const at = "/custom/gear-builder/image"
  const image = (name: string) => told(imageTagRule, builder({ image: name }))
  assert.deepEqual(image("org/a:latest"), [`${at}: Write the version as its tag: "org/a:1.2.0"`])
  assert.deepEqual(image("host:5000/a"), [`${at}: Write the version as its tag: "host:5000/a:1.2.0"`])
  assert.deepEqual(image("host:5000/a:1"), [])
  assert.deepEqual(image(`org/a:latest@sha256:${"0".repeat(64)}`), [], "it is pinned")
  const both = { custom: { "gear-builder": { image: "org/a" }, "docker-image": "org/b" } }
  assert.deepEqual(
    faultsOf(imageTagRule, both).map(({ where }) => where),
    [at, "/custom/docker-image"],
  )
})

test("a tag with a number is held against the version, with a v before either", () => {
  const image = (tag: string, version = "1.2.0") =>
    faultsOf(imageVersionRule, { ...builder({ image: `org/a:${tag}` }), version }).length
  assert.deepEqual([image("1.2.0"), image("v1.2.0"), image("1.2.0", "v1.2.0")], [0, 0, 0])
  assert.deepEqual([image("main"), image("latest")], [0, 0], "they are no versions")
  assert.deepEqual([image("1.2.1"), image("1.2"), image("vv1.2.0")], [1, 1, 1])
})

test("a misspelt member is told at its name, unless the right one stands beside it", () => {
  assert.deepEqual(told(membersRule, { custom: { flywheel: { suit: "x" }, "gear-builder": { imge: "y" } } }), [
    '/custom/flywheel/suit: Rename it to "suite"',
    '/custom/gear-builder/imge: Rename it to "image"',
  ])
  assert.deepEqual(told(membersRule, { custom: { flywheel: { suit: "x", suite: "x" } } }), [])
  assert.deepEqual(told(membersRule, { custom: { flywheel: null, "gear-builder": ["imge"] } }), [])
})

test("of a gear that takes keys and no network the first key is told, and once", () => {
  const inputs = { scan: { base: "file" }, key: { base: "api-key" }, other: { base: "api-key" } }
  assert.deepEqual(told(networkRule, { inputs }), ['/inputs/key: Add "capabilities": ["networking"]'])
  assert.deepEqual(told(networkRule, { inputs, capabilities: ["networking"] }), [])
})

test("a PATH may be wrong in three ways at once, and each is told", () => {
  const problems = faultsOf(pathRule, variables({ PATH: "/root/bin/:tools" })).map(({ problem }) => problem)
  assert.equal(problems.length, 3)
  assert.match(problems[0] ?? "", /neither \/bin nor \/usr\/bin/)
  assert.match(problems[1] ?? "", /has \/root\/bin, and only root/)
  assert.match(problems[2] ?? "", /has tools, which means another folder/)
  const passes = ["/usr/bin/", "/bin::/opt", "/usr/bin:/rooted", "/opt:$PATH"]
  for (const PATH of passes) assert.deepEqual(told(pathRule, variables({ PATH })), [], PATH)
})

test("a name sounds secret by its words, and not where it is about something of the secret", () => {
  const secrets = ["Password", "dbPassword", "x.api-key", "MY__TOKEN", "privateKey", "licence_key", "TOKEN2 token"]
  for (const name of secrets) assert.equal(soundsSecret(name), true, name)
  const others = ["", "_", "tokens", "passwords_file", "tokenCount", "secretary", "key", "secret name", "api_url_key"]
  for (const name of others) assert.equal(soundsSecret(name), false, name)
})

test("a secret of the config is told only where anybody could write it", () => {
  const config = (item: object) => told(secretRule, { config: { api_token: item } }).length
  assert.deepEqual([config({ type: "string" }), config({ type: "string", default: "" })], [1, 1])
  assert.deepEqual([config({ type: "integer" }), config({ type: "string", enum: ["word", "line"] })], [0, 0])
})

test("a secret is known by its shape under any name, and by its name where it looks made by chance", () => {
  const value = (name: string, text: string) => told(secretValueRule, variables({ [name]: text })).length
  for (const text of [`AKIA${"A1".repeat(8)}`, `glpat-${"a".repeat(20)}`, `xoxb-${"1".repeat(10)}`])
    assert.equal(value("X", `at ${text}`), 1, text)
  assert.equal(value("X", `AKIA${"A1".repeat(7)}`), 0, "too short for one")
  assert.deepEqual([value("API_TOKEN", "abcdefghij12"), value("API_TOKEN", "abcdefghi12")], [1, 0])
  for (const text of [
    "abcdefghijklmnop",
    "123456789012",
    "/srv/tokens/1234",
    "token of 2024 a",
    "<token-123456>",
    "$TOKEN_12345678",
  ])
    assert.equal(value("API_TOKEN", text), 0, text)
  const told1 = told(secretValueRule, { config: { password: { type: "string", default: "a1b2c3d4e5f6" } } })
  assert.deepEqual(
    told1.map((text) => text.split(":")[0]),
    ["/config/password/default"],
  )
})

test("no finding of a secret tells the secret", () => {
  const secret = `ghp_${"a1".repeat(18)}`
  const faults = faultsOf(secretValueRule, variables({ GITHUB: secret }))
  assert.equal(faults.length, 1)
  assert.ok(!JSON.stringify(faults).includes(secret))
})

test("variables of the shell are told by name, and case is theirs", () => {
  const faults = told(shellVariableRule, variables({ PWD: "/", pwd: "/", _: "x", TERMINAL: "t" }))
  assert.deepEqual(faults, ["/environment/PWD: Remove it", "/environment/_: Remove it"])
})

test("a time zone is the machine's where it is empty, local or a link, and a zone by name is none", () => {
  for (const TZ of ["", "  ", "Local", "/etc/localtime", ":/etc/localtime"])
    assert.equal(told(timeZoneRule, variables({ TZ })).length, 1, TZ)
  for (const TZ of ["UTC", "localtime", "/etc/localtime2", "Asia/Tokyo"])
    assert.equal(told(timeZoneRule, variables({ TZ })).length, 0, TZ)
})

test("what nothing replaces is told as it is written, and a lone dollar is a character", () => {
  const problem = (text: string) => faultsOf(unexpandedRule, variables({ A: text }))[0]?.problem
  assert.match(problem(`x\${HOME}:$PATH`) ?? "", /^nothing replaces \$\{HOME\} in "A"/)
  assert.match(problem("a$PATH") ?? "", /^nothing replaces \$PATH in/)
  for (const text of ["$", "5$", "$1", "$_", "$x", `\${}`, `\${1}`, "$$"]) assert.equal(problem(text), undefined, text)
})

test("an addition that does nothing is a warning, and one that cannot be followed an error", () => {
  const severities = (geartrain: object) =>
    faultsOf(additionRule, { ...file({}), custom: { geartrain } }).map(({ severity }) => severity)
  assert.deepEqual(severities({ inputs: { scan: { takes: "folders" } } }), ["error"])
  assert.deepEqual(severities({ resurces: {} }), ["warning"])
  assert.deepEqual(severities({}), [])
})
