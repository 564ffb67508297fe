import assert from "node:assert/strict"
import { test } from "node:test"
import type { JsonValue } from "@geartrain/spec"
import type { CrateEntity } from "../crate.ts"
import { COMPLETED, CRATE_VERSION, FAILED, PROCESS_PROFILE, RUN_PROFILES } from "../crate-terms.ts"
import { BASE_RULES } from "./base-rules.ts"
import { crateGraph } from "./crate-graph.ts"
import type { CrateRule } from "./crate-rule.ts"
import { PROVENANCE_RULES } from "./provenance-rules.ts"
import { conformsRule, PROCESS_RULES, toolActions } from "./run-rules.ts"
import { mainWorkflow, WORKFLOW_RULES } from "./workflow-rules.ts"

type Members = Readonly<Record<string, JsonValue>>

const ALL = [...BASE_RULES, ...PROCESS_RULES, ...WORKFLOW_RULES, ...PROVENANCE_RULES]

/** A crate of these entities beside its descriptor and its root. */
function graphOf(entities: readonly CrateEntity[], root: Members = {}) {
  return crateGraph([
    { "@id": "ro-crate-metadata.json", "@type": "CreativeWork", about: { "@id": "./" } },
    { "@id": "./", "@type": "Dataset", ...root },
    ...entities,
  ])
}

/** Whom one rule finds fault with, whatever other rules say. */
function broken(id: string, entities: readonly CrateEntity[], root: Members = {}): readonly (string | undefined)[] {
  const rule = ALL.find((one) => one.id === id) ?? assert.fail(`there is no rule ${id}`)
  return rule.broken(graphOf(entities, root)).map((entity) => entity?.["@id"])
}

const entity = (id: string, type: string | readonly string[], more: Members = {}): CrateEntity => ({
  ...{ "@id": id, "@type": type },
  ...more,
})
const ref = (...ids: readonly string[]): JsonValue => ids.map((id) => ({ "@id": id }))

test("each rule has an id of its own, which begins with who asks for it, and ends with no full stop", () => {
  assert.equal(new Set(ALL.map(({ id }) => id)).size, ALL.length)
  for (const { id, profile, says } of ALL as readonly CrateRule[]) {
    assert.equal(id.split("/")[0], profile === undefined ? "ro-crate" : `${profile}-run`)
    assert.match(says, /[^.\s]$/, id)
  }
})

test("a date of publication is one ISO 8601 date, as exact as is known", () => {
  const isRight = (...dates: readonly JsonValue[]) =>
    broken("ro-crate/root-date-published", [], { datePublished: dates }).length === 0
  const right = ["2026", "2026-01", "2026-01-02", "2026-01-02T03:04Z", "2026-01-02T03:04:05.678+01:00", "2026-01-02T03"]
  for (const date of right) assert.ok(isRight(date), date)
  for (const date of ["", "26", "2026-1-2", "02.01.2026", "2026-01-02 03:04", "2026-01-02T", "x2026", 2026, null])
    assert.ok(!isRight(date), String(date))
  assert.ok(!isRight("2026", "2027"))
  assert.ok(!isRight())
})

test("identifiers of files are relative paths that stay in the crate, or whole URIs, escaped", () => {
  const isRight = (id: string) => broken("ro-crate/file-id", [entity(id, "File")]).length === 0
  for (const id of ["a.txt", "sub/a%20b.txt", "ü/漢.txt", "https://h/x?y=1", "urn:x", "..a/b", "a..", "./a:b"])
    assert.ok(isRight(id), id)
  for (const id of [
    "",
    "a b",
    "/etc/passwd",
    "../x",
    "a/../../x",
    "50%",
    "a%2",
    "a<b",
    "a\\b",
    "a`b",
    "a\u0000",
    "a\u007f",
  ])
    assert.ok(!isRight(id), id)
})

test("what has an identifier of the crate's own, or lies in the web as a whole, is no part that has to be named", () => {
  const parts = [
    entity("#f", "File"),
    entity("_:b", "File"),
    entity("https://h/set/", "Dataset"),
    entity("#t", "Thing"),
  ]
  assert.deepEqual(broken("ro-crate/has-part", parts), [])
  assert.deepEqual(broken("ro-crate/has-part", [entity("a", "File"), entity("https://h/f", "File")]), [
    "a",
    "https://h/f",
  ])
})

test("parts are found through folders in folders, and folders that hold each other come to an end", () => {
  const folders = [
    entity("a/", "Dataset", { hasPart: ref("b/") }),
    entity("b/", "Dataset", { hasPart: ref("a/", "b/f") }),
    entity("b/f", "File"),
  ]
  assert.deepEqual(broken("ro-crate/has-part", folders, { hasPart: ref("a/") }), [])
  assert.deepEqual(broken("ro-crate/has-part", folders), ["a/", "b/", "b/f"])
})

test("entities are flat: values, lists of values, references alone and typed values", () => {
  const isFlat = (value: JsonValue) => broken("ro-crate/entity-flat", [entity("#x", "Thing", { value })]).length === 0
  for (const value of [1, null, "a", [1, "a"], { "@id": "#y" }, [{ "@id": "#y" }], { "@value": "x", "@type": "T" }])
    assert.ok(isFlat(value), JSON.stringify(value))
  for (const value of [{}, { name: "x" }, { "@id": "#y", name: "x" }, ["a", { name: "x" }]])
    assert.ok(!isFlat(value), JSON.stringify(value))
})

test("a crate without a root is told once, at what describes it", () => {
  const descriptor = entity("ro-crate-metadata.json", "CreativeWork", {
    ...{ about: { "@id": "./gone" }, conformsTo: { "@id": CRATE_VERSION } },
  })
  const found = BASE_RULES.flatMap(({ id, broken: find }) => (find(crateGraph([descriptor])).length > 0 ? [id] : []))
  assert.deepEqual(found, ["ro-crate/descriptor-about"])
  const empty = BASE_RULES.flatMap(({ id, broken: find }) => (find(crateGraph([])).length > 0 ? [id] : []))
  assert.deepEqual(empty, ["ro-crate/descriptor", "ro-crate/descriptor-version"])
})

test("a profile is named with its version, and described", () => {
  const rule = conformsRule("process")
  const isRight = (id: string, entities: readonly CrateEntity[]) =>
    rule.broken(graphOf(entities, { conformsTo: ref(id) })).length === 0
  const described = (id: string) => [entity(id, "CreativeWork")]
  assert.ok(isRight(PROCESS_PROFILE, described(PROCESS_PROFILE)))
  assert.ok(!isRight(PROCESS_PROFILE, []))
  assert.ok(!isRight(`${RUN_PROFILES}process/`, described(`${RUN_PROFILES}process/`)))
  assert.ok(isRight("https://example.org/other", []), "another profile is none of its business")
})

test("an action's status is one of two, as a text or as a reference, and only a failed one has an error", () => {
  const isRight = (more: Members) =>
    broken("process-run/action-status", [entity("#a", "CreateAction", more)]).length === 0
  for (const status of [
    { "@id": COMPLETED },
    { "@id": FAILED },
    COMPLETED,
    "FailedActionStatus",
    COMPLETED.replace("http:", "https:"),
  ])
    assert.ok(isRight({ actionStatus: status }), JSON.stringify(status))
  assert.ok(isRight({}))
  for (const status of ["done", { "@id": "#done" }, [COMPLETED, "done"], 1, {}])
    assert.ok(!isRight({ actionStatus: status }), JSON.stringify(status))
  assert.ok(isRight({ actionStatus: { "@id": FAILED }, error: "no room" }))
  assert.ok(!isRight({ actionStatus: { "@id": COMPLETED }, error: "no room" }))
  assert.ok(!isRight({ error: "no room" }))
})

test("executions of tools are what makes, sets off or changes something, and not what controls them", () => {
  const types = ["CreateAction", "ActivateAction", "UpdateAction", "ControlAction", "OrganizeAction", "Action"]
  const graph = graphOf(types.map((type) => entity(`#${type}`, ["Thing", type])))
  assert.deepEqual(
    toolActions(graph).map((action) => action["@id"]),
    ["#CreateAction", "#ActivateAction", "#UpdateAction"],
  )
})

test("an action names its tools, all of which are described", () => {
  const rule = (instrument: JsonValue) =>
    broken("process-run/instrument", [
      entity("#a", "CreateAction", { instrument }),
      entity("#t", "SoftwareApplication"),
    ])
  assert.deepEqual(rule(ref("#t")), [])
  for (const instrument of [ref("#t", "#u"), ref(), "convert"]) assert.deepEqual(rule(instrument), ["#a"])
})

test("the main workflow is the first that the root names, if it is there", () => {
  const flow = entity("flow", "ComputationalWorkflow")
  assert.equal(mainWorkflow(graphOf([flow], { mainEntity: ref("flow", "other") })), flow)
  assert.equal(mainWorkflow(graphOf([flow], { mainEntity: ref("gone") })), undefined)
  assert.equal(mainWorkflow(graphOf([flow])), undefined)
})

test("what goes into a run and comes out of it again may stand for an output", () => {
  const of = (more: Members) =>
    broken("workflow-run/example-of-work", [
      entity("flow", "ComputationalWorkflow", { input: ref("#in"), output: ref("#out") }),
      entity("f", "File", { exampleOfWork: ref("#out") }),
      entity("#run", "CreateAction", { instrument: ref("flow"), object: ref("f"), ...more }),
    ])
  assert.deepEqual(of({}), ["#run"])
  assert.deepEqual(of({ result: ref("f") }), [])
})

test("a step's position is a whole number, and larger than that of the steps that it reads of", () => {
  const steps = (first: JsonValue, second: JsonValue) =>
    broken("provenance-run/position", [
      entity("#a", "HowToStep", { position: first, workExample: ref("#tool-a") }),
      entity("#b", "HowToStep", { position: second, workExample: ref("#tool-b"), connection: ref("#wire") }),
      entity("#wire", "ParameterConnection", { sourceParameter: ref("#made") }),
      entity("#tool-a", "SoftwareApplication", { output: ref("#made") }),
      entity("#tool-b", "SoftwareApplication"),
    ])
  assert.deepEqual([steps(0, 1), steps("1", "2"), steps("9", "10")], [[], [], []])
  assert.deepEqual(steps(2, 1), ["#b"])
  assert.deepEqual(steps(1, 1), ["#b"])
  assert.deepEqual(steps("first", 1.5), ["#a", "#b"])
})

test("of two steps with one tool it cannot be told which one is read of, so that nothing is said", () => {
  const found = broken("provenance-run/position", [
    entity("#a", "HowToStep", { position: 5, workExample: ref("#tool") }),
    entity("#c", "HowToStep", { position: 6, workExample: ref("#tool") }),
    entity("#b", "HowToStep", { position: 1, connection: ref("#wire") }),
    entity("#wire", "ParameterConnection", { sourceParameter: ref("#made") }),
    entity("#tool", "SoftwareApplication", { output: ref("#made") }),
  ])
  assert.deepEqual(found, [])
})

test("executions of tools are told, unless the workflow failed before any", () => {
  const run = (status: string, ...others: readonly CrateEntity[]) =>
    broken(
      "provenance-run/tool-actions",
      [
        entity("flow", "ComputationalWorkflow"),
        entity("#run", "CreateAction", { instrument: ref("flow"), actionStatus: { "@id": status } }),
        ...others,
      ],
      { mainEntity: ref("flow") },
    )
  assert.deepEqual([run(COMPLETED), run(FAILED)], [["./"], []])
  assert.deepEqual(run(COMPLETED, entity("#tool-run", "CreateAction", { instrument: ref("#tool") })), [])
})

test("the engine may have been set up by files, and among what it organized there has to be an execution of a step", () => {
  const organized = (object: JsonValue) =>
    broken("provenance-run/organizeaction-object", [
      entity("#o", "OrganizeAction", { object }),
      entity("settings.yml", "File"),
      entity("#c", "ControlAction"),
    ])
  assert.deepEqual(organized(ref("settings.yml", "#c")), [])
  assert.deepEqual(organized(ref("settings.yml")), ["#o"])
  assert.deepEqual(organized(ref("#c", "#gone")), ["#o"])
})
