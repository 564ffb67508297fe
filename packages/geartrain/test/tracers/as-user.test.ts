import { test } from "node:test"
import { nobodyMissing, testsAsNobody } from "../programs/tests-as-nobody.ts"

test("an ordinary user's gears can be watched, and see nothing of it", { skip: nobodyMissing() ?? false }, async () => {
  await testsAsNobody(new URL("./observed.test.ts", import.meta.url))
})
