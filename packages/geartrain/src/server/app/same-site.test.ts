import assert from "node:assert/strict"
import { test } from "node:test"
import type { FastifyRequest } from "../http/api-app.ts"
import { CSRF_HEADER } from "../people/sessions/session-cookie.ts"
import type { AppSettings } from "./app-settings.ts"
import { refuseOtherSites } from "./same-site.ts"

const SETTINGS = { corsOrigins: ["https://notebook.example"] } as unknown as AppSettings

function ask(headers: Readonly<Record<string, string>>, method = "POST", settings = SETTINGS): void {
  refuseOtherSites({ method, headers, protocol: "https", host: "gear.example" } as unknown as FastifyRequest, settings)
}

function isRefused(headers: Readonly<Record<string, string>>, settings = SETTINGS): boolean {
  try {
    ask(headers, "POST", settings)
    return false
  } catch (error) {
    assert.equal((error as { code?: string }).code, "CSRF_REFUSED")
    return true
  }
}

test("what changes nothing is let through from anywhere", () => {
  for (const method of ["GET", "HEAD", "OPTIONS"]) ask({ origin: "https://evil.example" }, method)
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "get"])
    assert.throws(() => ask({ origin: "https://evil.example" }, method), { code: "CSRF_REFUSED" }, method)
})

test("what the browser says of where a request comes from decides, before anything that a page may set", () => {
  assert.ok(!isRefused({ "sec-fetch-site": "same-origin" }))
  for (const site of ["cross-site", "same-site", "none", ""])
    assert.ok(isRefused({ "sec-fetch-site": site, origin: "https://gear.example", [CSRF_HEADER]: "1" }), site)
})

test("without that the origin has to be the server's own, by the address that it is known under", () => {
  assert.ok(!isRefused({ origin: "https://gear.example" }))
  for (const origin of ["http://gear.example", "https://gear.example.evil.example", "null", "https://gear.example:1"])
    assert.ok(isRefused({ origin, [CSRF_HEADER]: "1" }), origin)
  const behind = { ...SETTINGS, publicUrl: "https://public.example/gear/" } as AppSettings
  assert.ok(!isRefused({ origin: "https://public.example" }, behind))
  assert.ok(isRefused({ origin: "https://gear.example" }, behind))
})

test("a site that the admin let in is let in", () => {
  assert.ok(!isRefused({ origin: "https://notebook.example", "sec-fetch-site": "cross-site" }))
})

test("a program that is no browser shows it by a header that no form can send", () => {
  assert.ok(!isRefused({ [CSRF_HEADER]: "1" }))
  assert.ok(isRefused({}))
})
