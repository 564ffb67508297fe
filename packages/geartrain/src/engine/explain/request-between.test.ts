import assert from "node:assert/strict"
import { test } from "node:test"
import type { JobDifference } from "../../provenance/diff-invocations.ts"
import type { JobRequest } from "../job-request.ts"
import { changesOf, requestBetween } from "./request-between.ts"

function request(members: Partial<JobRequest>): JobRequest {
  return { gear: { id: "a" } as unknown as JobRequest["gear"], config: {}, files: {}, ...members }
}

const of = (part: JobDifference["part"], name = ""): JobDifference => ({ part, name })

test("only what is named becomes as it is in the other request", () => {
  const a = request({ config: { x: 1, y: 1, z: 1 } })
  const b = request({ config: { x: 2, y: 2 }, network: "outbound" })
  assert.deepEqual(requestBetween(a, b, [of("config", "x"), of("config", "z")]).config, { x: 2, y: 1 })
  assert.equal(requestBetween(a, b, []), a)
  assert.equal(requestBetween(a, b, [of("network")]).network, "outbound")
  assert.equal(requestBetween(b, a, [of("network")]).network, "none")
})

test("an input goes with all that is said of it, and nothing of the others", () => {
  const a = request({
    files: { scan: "/a", mask: "/m" },
    fileNames: { scan: "a.nii", mask: "m.nii" },
    fileObjects: { scan: { type: "nifti" } },
    contexts: { notes: 1 },
  })
  const b = request({ files: { scan: "/b", mask: "/n" }, fileNames: { mask: "n.nii" }, contexts: { notes: 2 } })
  const between = requestBetween(a, b, [of("input", "scan")])
  assert.deepEqual(between.files, { scan: "/b", mask: "/m" })
  assert.deepEqual(between.fileNames, { mask: "m.nii" })
  assert.deepEqual(between.fileObjects, {})
  assert.deepEqual(between.contexts, { notes: 1 })
  assert.deepEqual(requestBetween(a, b, [of("input", "notes")]).contexts, { notes: 2 })
})

test("a destination that the other has not goes", () => {
  const a = request({ destination: { type: "session", id: "1" } })
  assert.ok(!("destination" in requestBetween(a, request({}), [of("destination")])))
  assert.deepEqual(requestBetween(request({}), a, [of("destination")]).destination, { type: "session", id: "1" })
})

test("with all changes it is the other request, as far as an invocation tells", () => {
  const a = request({ config: { x: 1 }, files: { scan: "/a" } })
  const b = request({ config: { y: 2 }, files: { more: "/b" }, gear: { id: "b" } as unknown as JobRequest["gear"] })
  const all = [of("gear"), of("config", "x"), of("config", "y"), of("input", "scan"), of("input", "more")]
  const { gear, config, files } = requestBetween(a, b, all)
  assert.deepEqual({ gear, config, files }, { gear: b.gear, config: b.config, files: b.files })
})

test("what follows from other parts cannot be changed by itself", () => {
  const differences = [of("environment", "HOME"), of("config", "x"), of("host", "kernel"), of("provider")]
  assert.deepEqual(changesOf(differences), [of("config", "x")])
  assert.throws(() => requestBetween(request({}), request({}), [of("environment", "HOME")]), TypeError)
})
