import assert from "node:assert/strict"
import { test } from "node:test"
import { person } from "../../../../test/server/open-access.ts"
import { peopleBench } from "../../../../test/server/people/people-bench.ts"
import { listUsers } from "./list-users.ts"
import { readUser } from "./read-user.ts"
import { findUser, findUserByName, nameKey } from "./user.ts"

test("names that people take for the same have one key, and others do not", () => {
  for (const [one, other] of [
    ["Ada", "aDA"],
    ["e\u0301va", "\u00c9VA"],
    ["\uff21\uff44\uff41", "ada"],
    ["\ufb01n", "fin"],
  ] as const)
    assert.equal(nameKey(one), nameKey(other), `${one} ${other}`)
  assert.notEqual(nameKey("ada"), nameKey("adá"))
  assert.notEqual(nameKey("ada"), nameKey("ada "))
})

test("an account is found by what it logs in with before whose address that is, in any case", async (context) => {
  const { ports, user } = await peopleBench(context)
  const owner = await user("owner", { email: "Ada@Lab.example" })
  const read = ports.database.read
  assert.equal((await findUserByName(read, "ADA@lab.EXAMPLE"))?.id, owner.id)
  const namesake = await user("ada@lab.example")
  assert.equal((await findUserByName(read, "Ada@lab.example"))?.id, namesake.id)
  assert.deepEqual(await findUser(read, owner.id), owner)
  for (const unknown of ["", "own", "owner ", "OWNER\0", owner.id]) {
    assert.equal(await findUserByName(read, unknown), undefined, unknown)
    assert.equal(await findUser(read, unknown.slice(0, 5)), undefined)
  }
})

test("accounts are listed by their names in pages, and none twice", async (context) => {
  const { ports, admin, user } = await peopleBench(context)
  for (const login of ["Bob", "ada", "Zoë", "bo", "bo\u{10fffe}"]) await user(login)
  const logins = async (query: { prefix?: string; after?: string; limit: number }) =>
    (await listUsers(ports, admin, query)).map(({ login }) => login)
  assert.deepEqual(await logins({ limit: 10 }), ["ada", "admin", "bo", "Bob", "bo\u{10fffe}", "Zoë"])
  assert.deepEqual(await logins({ limit: 2 }), ["ada", "admin"])
  assert.deepEqual(await logins({ limit: 2, after: "admin" }), ["bo", "Bob"])
  assert.deepEqual(await logins({ limit: 10, prefix: "BO" }), ["bo", "Bob", "bo\u{10fffe}"])
  assert.deepEqual(await logins({ limit: 10, prefix: "bo", after: "bo" }), ["Bob", "bo\u{10fffe}"])
  assert.deepEqual(await logins({ limit: 10, prefix: "%" }), [])
})

test("only an admin of the site lists accounts, and reads another's than their own", async (context) => {
  const bench = await peopleBench(context)
  const { ports, admin } = bench
  const [ada, bob] = [await bench.user("ada"), await bench.user("bob")]
  assert.equal((await readUser(ports, person(ada.id), ada.id)).login, "ada")
  assert.equal((await readUser(ports, admin, bob.id)).login, "bob")
  await assert.rejects(readUser(ports, admin, "0".repeat(24)), { code: "USER_NOT_FOUND" })
  for (const id of [bob.id, "0".repeat(24)])
    await assert.rejects(readUser(ports, person(ada.id), id), { code: "NOT_PERMITTED" })
  // The id of a runner's token is in the place of a user's id, and is none.
  await assert.rejects(readUser(ports, { ...person(ada.id), kind: "runner" }, ada.id), { code: "NOT_PERMITTED" })
  await assert.rejects(listUsers(ports, person(ada.id), { limit: 1 }), { code: "NOT_PERMITTED" })
  const scoped = { ...admin, scopes: [{ right: "admin" as const }] }
  await assert.rejects(listUsers(ports, scoped, { limit: 1 }), { code: "NOT_PERMITTED" })
})
