import assert from "node:assert/strict"
import { test } from "node:test"
import { checkPassword, hashPassword, USUAL_WORK } from "./password-hash.ts"

test("a password is known again by its hash, and no other is", async () => {
  const phc = await hashPassword("correct horse battery")
  assert.match(phc, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  assert.deepEqual(await checkPassword("correct horse battery", phc), { isRight: true, isOld: false })
  assert.deepEqual(await checkPassword("correct horse batterz", phc), { isRight: false, isOld: false })
  assert.notEqual(await hashPassword("correct horse battery"), phc)
})

test("a hash of the reference implementation is understood", async () => {
  // echo -n password | argon2 somesalt -id -t 2 -m 16 -p 4, of its README.
  const phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
  assert.deepEqual(await checkPassword("password", phc), { isRight: true, isOld: true })
})

test("a hash with other work than today's is old", async () => {
  const phc = await hashPassword("x", { ...USUAL_WORK, passes: 3 })
  assert.deepEqual(await checkPassword("x", phc), { isRight: true, isOld: true })
})

test("what is no such hash is a bug, and no wrong password", async () => {
  await assert.rejects(checkPassword("x", "$2b$10$abc"), TypeError)
})
