import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { readServerSettings, type SettingsSource, serverEnvironment } from "./server-settings.ts"

const HOME = "/home/me/geartrain"

function flags(values: SettingsSource["values"]): SettingsSource {
  return { values, nameOf: (name) => `--${name}` }
}

test("without any settings a server listens on this machine alone, and keeps all in one folder", () => {
  assert.deepEqual(readServerSettings([], HOME), {
    ...{ host: "127.0.0.1", port: 8080, onStop: "release" },
    data: "/home/me/geartrain/server",
  })
})

test("a flag goes over the environment, and that over a file; an empty variable is none", () => {
  const environment = serverEnvironment({
    GEARTRAIN_SERVER_PORT: "1",
    GEARTRAIN_SERVER_HOST: "a",
    GEARTRAIN_SERVER_ON_STOP: "",
    OTHER: "x",
  })
  const file = flags({
    ...{ host: "b", slots: 3, "trusted-proxies": ["10.0.0.1"], lease: "30s", "on-stop": "drain", attempts: 5 },
  })
  const settings = readServerSettings([flags({ port: "2" }), environment, file], HOME)
  assert.deepEqual(
    [
      settings.port,
      settings.host,
      settings.slots,
      settings.trustedProxies,
      settings.leaseMs,
      settings.onStop,
      settings.attempts,
    ],
    [2, "a", 3, ["10.0.0.1"], 30_000, "drain", 5],
  )
})

test("proxies are believed by their addresses and networks, and by no name, nor all of the world", () => {
  const read = (written: unknown) => readServerSettings([flags({ "trusted-proxies": written })], HOME).trustedProxies
  assert.deepEqual(read("127.0.0.1, ::1"), ["127.0.0.1", "::1"])
  assert.deepEqual(read(["10.0.0.0/8", "fd00::/8"]), ["10.0.0.0/8", "fd00::/8"])
  const wrong = [
    "localhost",
    "10.0.0.0/33",
    "10.0.0.0/",
    "fd00::/129",
    "0.0.0.0/0",
    "::/0",
    "fe80::1%eth0",
    "127.1",
    "",
  ]
  for (const one of wrong)
    assert.throws(
      () => read(`127.0.0.1,${one}`),
      (error) => isGeartrainError(error, "SETTINGS_INVALID") && error.message.includes("no names"),
      one,
    )
})

test("all faults are told at once, and no value of them, which may hold a password", () => {
  assert.throws(
    () =>
      readServerSettings(
        [
          flags({
            port: "x",
            slots: "-1",
            database: "mysql://root:secret@host",
            colour: "red",
            "oidc-issuer": "https://a",
          }),
        ],
        HOME,
      ),
    (error) => {
      assert.ok(isGeartrainError(error, "SETTINGS_INVALID"))
      for (const part of [
        "there is no setting --colour",
        "--port has to be a whole number from 0 to 65535",
        "--slots has to be",
        "--database has to be an address such as",
        "oidc-issuer needs oidc-client-id",
        "oidc-issuer needs public-url",
      ])
        assert.ok(error.message.includes(part), part)
      assert.ok(!error.message.includes("secret"))
      return true
    },
  )
})
