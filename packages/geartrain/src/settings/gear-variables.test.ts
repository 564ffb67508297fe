import assert from "node:assert/strict"
import { test } from "node:test"
import { gearEnvironment } from "./gear-variables.ts"

test("another gear sees our settings, empty ones too, and nothing else of the environment", () => {
  const environment = {
    ...{ GEARTRAIN_HOME: "/home/gears", GEARTRAIN_PROVIDER: "", GEARTRAIN_SERVER: undefined },
    ...{ GEARTRAIN_UNKNOWN: "x", AWS_SECRET_ACCESS_KEY: "secret", PATH: "/bin" },
  }
  assert.deepEqual(gearEnvironment(environment), { GEARTRAIN_HOME: "/home/gears", GEARTRAIN_PROVIDER: "" })
  assert.deepEqual(gearEnvironment({}), {})
})
