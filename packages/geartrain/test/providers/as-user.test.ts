import { test } from "node:test"
import { nobodyMissing, testsAsNobody } from "../programs/tests-as-nobody.ts"

const skip = nobodyMissing() ?? false

for (const file of ["laws", "seals", "limits", "paths", "death"]) {
  test(`an ordinary user passes the tests of ${file}`, { skip }, async () => {
    await testsAsNobody(new URL(`./${file}.test.ts`, import.meta.url))
  })
}
