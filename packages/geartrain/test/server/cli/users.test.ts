import assert from "node:assert/strict"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import { openTestLab } from "./gear-user.ts"

test("an admin makes accounts, gives and takes rights, ends keys and keeps people out", async (context) => {
  const { admin, newcomer, lab, folder } = await openTestLab(context)
  const made = await admin.gear("users", "add", "ada", "--name", "Ada Lovelace", "--json")
  assert.match(String(made.data["password"]), /^[0-9a-f]{24}$/)
  const file = join(folder, "password")
  await writeFile(file, "a long password of hers\n")
  const told = await admin.gear("users", "add", "grace", "--email", "grace@lab.example", "--password-file", file)
  assert.doesNotMatch(told.out, /password/)
  assert.equal((await admin.gear("users", "add", "ADA", "--json")).errorCode, "USER_EXISTS")

  const user = await newcomer()
  const sees = async (): Promise<string | undefined> =>
    (await user.gear("ls", "lab/Study", "--server", "--json")).errorCode
  assert.equal(await sees(), "PLACE_NOT_FOUND")
  assert.equal((await user.gear("users", "ls", "--json")).errorCode, "NOT_PERMITTED")
  assert.equal((await user.gear("users", "grant", "ada", "lab", "admin", "--json")).errorCode, "PLACE_NOT_FOUND")
  assert.equal((await admin.gear("users", "grant", "newcomer", "lab/Study", "read")).code, 0)
  assert.equal(await sees(), undefined)
  assert.equal((await admin.gear("users", "grant", "newcomer", "lab/Study", "none")).code, 0)
  assert.equal(await sees(), "PLACE_NOT_FOUND")
  assert.equal((await admin.gear("users", "grant", "NewComer", "lab", "write")).code, 0)
  assert.equal(await sees(), undefined)
  assert.equal((await admin.gear("users", "grant", "newcomer", "site", "read", "--json")).errorCode, "USAGE")
  assert.equal((await admin.gear("users", "grant", "admin", "site", "none", "--json")).errorCode, "LAST_ADMIN")

  assert.equal((await admin.gear("users", "disable", "newcomer")).code, 0)
  assert.equal(await sees(), "NOT_AUTHENTICATED")
  const listed = await admin.gear("users", "ls")
  assert.match(listed.out, /newcomer +Newcomer +disabled/)
  assert.match(listed.out, /grace +grace +grace@lab\.example/)
  assert.equal((await admin.gear("users", "disable", "newcomer", "--undo")).code, 0)
  assert.equal(await sees(), undefined)

  assert.match((await admin.gear("users", "keys", "newcomer")).out, /gear +all +\d{4}-\d\d-\d\d .*127\.0\.0\.1 +counts/)
  assert.equal(
    (await admin.gear("users", "keys", "newcomer", "--revoke", "none", "--json")).errorCode,
    "TOKEN_NOT_FOUND",
  )
  assert.match((await admin.gear("users", "keys", "newcomer", "--revoke", "all")).out, /^ended [0-9a-f]{24} {2}gear\n$/)
  assert.equal(await sees(), "NOT_AUTHENTICATED")
  assert.match((await admin.gear("users", "keys", "newcomer")).out, /ended/)
  const anew = await admin.gear("users", "password", "newcomer", "--json")
  const login = { login: "newcomer", password: String(anew.data["password"]) }
  const { user: id } = await lab.ask<{ readonly user: string }>("POST", "/login", login)
  assert.equal(id, anew.data["id"])
  assert.equal((await admin.gear("users", "password", "nobody", "--json")).errorCode, "USER_NOT_FOUND")
  const spaced = await admin.gear("users", "add", "ada l", "--elsewhere")
  assert.match(spaced.err, /^→ gear users grant 'ada l' GROUP\/PROJECT run$/m)
  assert.equal(
    (await admin.gear("users", "add", "x", "--elsewhere", "--password-file", file, "--json")).errorCode,
    "USAGE",
  )
  assert.match(
    (await admin.gear("users", "add", "x", "--password-file", folder)).err,
    /^error SECRET_UNREADABLE: Cannot read the password from .*\n→ Write it .*: --password-file PATH$/m,
  )
  const { items } = await lab.ask<{ readonly items: readonly { readonly action: string }[] }>(
    "GET",
    "/audit?limit=1000",
  )
  for (const action of ["user.create", "user.change", "user.password", "user.list", "key.list", "key.revoke"])
    assert.ok(
      items.some((entry) => entry.action === action),
      action,
    )
})

test("a word that is wrong is told by the name that it has on the command line, with what is wrong", async (context) => {
  const { admin } = await openTestLab(context)
  for (const [words, says] of [
    [["users", "add", ""], "Cannot run gear users add: LOGIN is empty"],
    [["users", "add", " x", "--elsewhere"], 'Cannot take LOGIN " x": it is empty, or has a space at one of its ends'],
    [
      ["users", "add", "x", "--email", "nonsense", "--elsewhere"],
      'Cannot take --email "nonsense": it is no e-mail address',
    ],
    [["users", "add", "x", "--name", "", "--elsewhere"], 'Cannot take --name "": it is empty'],
    [["users", "add", "x".repeat(129), "--elsewhere"], "it has more than 128 characters"],
    [["users", "grant", "admin", "", "read"], "PLACE is empty"],
    [["rules", "ls", ""], "PROJECT is empty"],
    [["batch", "run", "lab/Study", ""], "GEAR is empty"],
    [["batch", "show", "x"], 'Cannot find batch "x": a batch goes by its id'],
    [["batch", "retry", "x"], 'Cannot find batch "x"'],
    [["batch", "cancel", "x"], 'Cannot find batch "x"'],
  ] as const) {
    const { code, err } = await admin.gear(...words)
    assert.notEqual(code, 0, words.join(" "))
    assert.ok(err.includes(says), `${words.join(" ")}: ${err}`)
    assert.doesNotMatch(err, /body\.|params\.|querystring|openapi|pattern/, words.join(" "))
    assert.match(err, /^→ /m)
  }
})

test("an admin of a project alone gives rights in it, by login or address, and can list nobody", async (context) => {
  const { admin, newcomer } = await openTestLab(context)
  const user = await newcomer()
  assert.equal((await admin.gear("users", "add", "ada", "--email", "ada@lab.example", "--elsewhere")).code, 0)
  assert.equal((await admin.gear("users", "grant", "newcomer", "lab/Study", "admin")).code, 0)
  const grant = (...words: readonly string[]) => user.gear("users", "grant", ...words, "--json")
  const given = await grant("ADA@lab.example", "lab/Study", "run")
  assert.deepEqual([given.code, given.data["login"]], [0, "ada"], given.out)
  assert.match(
    (await user.gear("users", "grant", "ada", "lab/Study", "none")).out,
    /^ada has no right of their own in lab\/Study$/m,
  )
  assert.equal((await grant("ada", "lab/Study", "none")).errorCode, "USER_NOT_FOUND")
  const unknown = await user.gear("users", "grant", "ad", "lab/Study", "read")
  assert.match(unknown.err, /^error USER_NOT_FOUND: Cannot change the rights of "ad".*\n→ Write the whole name/m)
  for (const [words, code] of [
    [["..", "lab/Study", "none"], "USER_NOT_FOUND"],
    [["", "lab/Study", "read"], "USAGE"],
    [["ada", "lab", "read"], "NOT_PERMITTED"],
    [["ada", "site", "admin"], "NOT_PERMITTED"],
  ] as const)
    assert.equal((await grant(...words)).errorCode, code, words.join(" "))
  assert.equal((await user.gear("users", "ls", "--json")).errorCode, "NOT_PERMITTED")
  assert.equal((await user.gear("ls", "lab/Study", "--server", "--json")).errorCode, undefined)
})

test("everybody changes their own password with the present one, and nobody without", async (context) => {
  const { admin, newcomer, lab, folder } = await openTestLab(context)
  const user = await newcomer()
  const [present, wrong, fresh] = [join(folder, "present"), join(folder, "wrong"), join(folder, "fresh")]
  await writeFile(present, "a long password of theirs\n")
  await writeFile(wrong, "another long password\n")
  await writeFile(fresh, "a fresh password of theirs\n")
  const change = (...flags: readonly string[]) => user.gear("users", "password", ...flags, "--json")
  assert.equal((await change("--password-file", fresh)).errorCode, "LOGIN_FAILED")
  assert.equal((await change("--password-file", fresh, "--present-file", wrong)).errorCode, "LOGIN_FAILED")
  const refused = await admin.gear("users", "password", "admin")
  assert.match(refused.err, /^error LOGIN_FAILED: Cannot change your own password: .*\n→ .*--present-file PATH$/m)
  const changed = await change("--password-file", fresh, "--present-file", present)
  assert.deepEqual(changed.data, { id: user.id, login: "newcomer" })
  const login = { login: "newcomer", password: "a fresh password of theirs" }
  assert.equal((await lab.ask<{ readonly user: string }>("POST", "/login", login)).user, user.id)
})
