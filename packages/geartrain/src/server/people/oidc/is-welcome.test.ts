import assert from "node:assert/strict"
import { test } from "node:test"
import { whyUnwelcome } from "./is-welcome.ts"
import type { Claims } from "./log-in-elsewhere.ts"
import { readClaims } from "./open-oidc.ts"

const ADA: Claims = { subject: "1", email: "ada@lab.example", emailVerified: true, groups: ["imaging"] }

test("without a list everybody is welcome whom the issuer names", () => {
  assert.equal(whyUnwelcome(ADA, {}), undefined)
  assert.match(whyUnwelcome({ ...ADA, subject: "" }, {}) ?? "", /who you are/)
})

test("a domain counts only for a verified address, and as a whole", () => {
  const settings = { emailDomains: ["Lab.example"] }
  assert.equal(whyUnwelcome(ADA, settings), undefined)
  for (const other of [
    { emailVerified: false },
    { email: undefined },
    { email: "ada@evil-lab.example" },
    { email: "ada@lab.example@evil.example" },
  ])
    assert.match(whyUnwelcome({ ...ADA, ...other }, settings) ?? "", /domain/)
})

test("one group of the list is enough", () => {
  assert.equal(whyUnwelcome(ADA, { groups: ["staff", "imaging"] }), undefined)
  assert.match(whyUnwelcome(ADA, { groups: ["staff"] }) ?? "", /group/)
})

test("claims of the wrong kind do not count", () => {
  assert.deepEqual(readClaims({ sub: 7, email: {}, email_verified: "true", groups: "admins", name: "" }, {}), {
    subject: "",
    email: undefined,
    emailVerified: false,
    name: undefined,
    username: undefined,
    groups: [],
  })
  assert.deepEqual(readClaims({ sub: "1", roles: ["a", 2] }, { groupsClaim: "roles" }).groups, ["a"])
})
