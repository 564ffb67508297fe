import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { checkNewPassword } from "./check-account.ts"

test("passwords that would be guessed are refused, and all others taken", () => {
  const names = ["ada.lovelace", "ada@lab.example", undefined, ""]
  for (const password of ["correct horse", `${"ä".repeat(4)}bcdefghi`, "Ada Lovelace 1842"])
    checkNewPassword(password, names)
  for (const password of ["", "short", "a".repeat(40), "Ada.Lovelace", "x1y2".repeat(70)])
    assert.throws(
      () => checkNewPassword(password, names),
      (error) => isGeartrainError(error, "PASSWORD_UNFIT"),
      password,
    )
})
