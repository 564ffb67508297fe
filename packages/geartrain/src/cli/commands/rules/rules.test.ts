import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { answerWith, SERVER_ENV } from "../../../../test/cli/answering-server.ts"
import { HOSTILE, hasControls, told } from "../../../../test/cli/told.ts"
import { rulesAddCommand } from "./rules-add.ts"
import { rulesExplainCommand } from "./rules-explain.ts"
import { rulesLogCommand } from "./rules-log.ts"
import { rulesLsCommand } from "./rules-ls.ts"
import { rulesRmCommand } from "./rules-rm.ts"

const env = SERVER_ENV
const PROJECT = "ab".repeat(12)
const rule = (id: string, name: string, more: object = {}) => ({
  ...{ id, revision: `r${id}`, rule: { name, gear: { name: "g", version: "1" }, ...more } },
})

function fileWith(context: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "geartrain-rules-"))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, "rule.json")
  writeFileSync(path, text)
  return path
}

test("a rule is handed on as it was written, and its id alone is printed", async (context) => {
  const requests = answerWith(context, { "POST /api/v1/projects/*/rules": () => ({ id: "1" }) })
  const path = fileWith(context, '{"name": "qc", "extra": [1, null]}')
  assert.equal((await told(rulesAddCommand, [PROJECT, path], { env })).out, "1\n")
  assert.deepEqual(requests[0]?.body, { name: "qc", extra: [1, null] })
})

test("a rule that is only tried is kept nowhere, and names in its preview move no cursor", async (context) => {
  const requests = answerWith(context, { "POST /api/v1/projects/*/rule-preview": () => ({ fires: [HOSTILE] }) })
  const path = fileWith(context, "{}")
  const { out, result } = await told(rulesAddCommand, [PROJECT, path, "-n"], { env })
  assert.deepEqual(requests[0]?.body, { document: {} })
  assert.deepEqual(result.data, { fires: [HOSTILE] })
  assert.ok(out.startsWith("{\n") && !hasControls(out))
})

test("a file that is no rule is refused with the place of the fault, and sent nowhere", async (context) => {
  const requests = answerWith(context, {})
  const refused: readonly (readonly [string, RegExp])[] = [
    ["{", /rule\.json:1:2: /],
    ['{"a": 1, "a": 2}', /it has 1 fault/],
    [" ".repeat(1024 * 1024 + 1), /it has 1048577 bytes, and 1048576 are the most/],
  ]
  for (const [text, message] of refused) {
    const path = fileWith(context, text)
    await assert.rejects(told(rulesAddCommand, [PROJECT, path], { env }), { code: "RULE_FILE_INVALID", message })
  }
  await assert.rejects(told(rulesAddCommand, [PROJECT, "/nonexistent"], { env }), {
    ...{ code: "RULE_FILE_INVALID", message: 'Cannot read the rule "/nonexistent": there is no such file' },
  })
  assert.equal(requests.length, 0)
})

test("rules are listed with whether they are on, each a line for programs", async (context) => {
  const items = [rule("1", HOSTILE), rule("2", "off", { disabled: true })]
  answerWith(context, { "GET /api/v1/projects/*/rules": () => ({ items }) })
  const { out } = await told(rulesLsCommand, [PROJECT], { env })
  assert.match(out, /g@1 +on\n2 +off +g@1 +off\n$/)
  assert.ok(!hasControls(out))
  const json = await told(rulesLsCommand, [PROJECT], { env, json: true })
  assert.deepEqual(
    json.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
    items,
  )
})

test("a project without rules says how to add one, and is no line for programs", async (context) => {
  answerWith(context, {
    "GET /api/v1/projects/*/rules": () => ({ items: [] }),
    "GET /api/v1/projects/*/rule-decisions": () => ({ items: [] }),
  })
  for (const json of [false, true]) {
    const { out, err } = await told(rulesLsCommand, [PROJECT], { env, json })
    assert.deepEqual([out, err !== ""], ["", !json])
    const log = await told(rulesLogCommand, [PROJECT], { env, json })
    assert.deepEqual([log.out, log.err !== ""], ["", !json])
  }
  const explained = await told(rulesExplainCommand, [PROJECT, `file:${PROJECT}`], { env })
  assert.deepEqual([explained.out, explained.err, explained.result.data], ["", "The project has no rules\n", []])
})

test("a file is held against every rule, or the one that is named", async (context) => {
  const requests = answerWith(context, {
    "GET /api/v1/projects/*/rules": () => ({ items: [rule("1", "qc"), rule("2", HOSTILE)] }),
    "POST /api/v1/projects/*/rules/*/explain": ({ path }) => ({
      ...{ outcome: path.includes("/1/") ? "fires" : "no-match", says: `so\n${HOSTILE}` },
    }),
  })
  const { out, result } = await told(rulesExplainCommand, [PROJECT, `file:${PROJECT}`], { env })
  assert.deepEqual(out.split("\n").length, 3)
  assert.match(out, /^qc: fires: so\\n/)
  assert.ok(!hasControls(out))
  assert.deepEqual(
    (result.data as readonly { readonly rule: string }[]).map((one) => one.rule),
    ["1", "2"],
  )
  assert.deepEqual(requests.at(-1)?.body, { file: PROJECT })
  const one = await told(rulesExplainCommand, [PROJECT, `file:${PROJECT}`, "--rule", "qc"], { env })
  assert.equal(one.out.split("\n").length, 2)
})

test("what was decided is a line each, with the job that was begun", async (context) => {
  const items = [
    { atMs: 0, outcome: "fires", fileName: HOSTILE, says: "two\nlines", job: "j1" },
    { atMs: 0, outcome: "no-match", fileName: "f", says: "s" },
  ]
  const requests = answerWith(context, { "GET /api/v1/projects/*/rule-decisions": () => ({ items }) })
  const { out } = await told(rulesLogCommand, [PROJECT], { env })
  const lines = out.trimEnd().split("\n")
  assert.equal(lines.length, 2)
  assert.match(lines[0] ?? "", /^1970-01-01 .* two\\nlines {2}job j1$/)
  assert.match(lines[1] ?? "", /f: s$/)
  assert.ok(!hasControls(out))
  assert.equal(requests[0]?.query["limit"], "100")
})

test("a rule is taken away as it was seen, by the revision that was read", async (context) => {
  const requests = answerWith(context, {
    "GET /api/v1/projects/*/rules": () => ({ items: [rule("1", "qc"), rule("2", "qc")] }),
    "DELETE /api/v1/projects/*/rules/*": () => undefined,
  })
  assert.equal((await told(rulesRmCommand, [PROJECT, "2"], { env })).out, "2\n")
  const { path, headers } = requests.at(-1) ?? assert.fail()
  assert.deepEqual([path, headers.get("if-match")], [`/api/v1/projects/${PROJECT}/rules/2`, '"r2"'])
  await assert.rejects(told(rulesRmCommand, [PROJECT, "qc"], { env }), { code: "RULE_NOT_FOUND" })
  assert.equal(requests.filter(({ method }) => method === "DELETE").length, 1)
})
