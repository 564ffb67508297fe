import assert from "node:assert/strict"
import { test } from "node:test"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import { parseSetting } from "./parse-setting.ts"

const CONFIG: JsonObject = {
  text: { type: "string" },
  count: { type: "integer" },
  ratio: { type: "number" },
  flag: { type: "boolean" },
  names: { type: "array", items: { type: "string" } },
  sizes: { type: "array", items: { type: "integer" } },
  free: { type: "array" },
  table: { type: "object" },
  either: { type: ["string", "integer", "null"] },
  choice: { enum: ["a", 1, true] },
  digits: { type: "string", enum: ["1", "2"] },
  open: {},
}
const MANIFEST = { config: CONFIG } as unknown as GearManifest

function told(setting: string): JsonValue {
  const result = parseSetting(MANIFEST, setting)
  return result.ok ? { [result.name]: result.value } : `${result.fault.problem} | ${result.fault.fix}`
}

const SETTINGS: readonly (readonly [setting: string, told: JsonValue])[] = [
  ["text=a b", { text: "a b" }],
  ["text=", { text: "" }],
  ["text=a=b", { text: "a=b" }],
  ["text=5", { text: "5" }],
  ["count=5", { count: 5 }],
  ["count=-3", { count: -3 }],
  ["count=+3 ", { count: 3 }],
  ["count=1.0", 'config "count": found "1.0", wanted an integer | Write an integer, such as count=3'],
  ["count=", 'config "count": found "", wanted an integer | Write an integer, such as count=3'],
  [
    "count=9007199254740993",
    'config "count": found "9007199254740993", wanted an integer | Write an integer, such as count=3',
  ],
  ["count=9007199254740992", { count: 9007199254740992 }],
  ["ratio=.5", { ratio: 0.5 }],
  ["ratio=1e-3", { ratio: 0.001 }],
  ["ratio=3", { ratio: 3 }],
  ["ratio=0x10", 'config "ratio": found "0x10", wanted a number | Write a number, such as ratio=0.5'],
  ["ratio=NaN", 'config "ratio": found "NaN", wanted a number | Write a number, such as ratio=0.5'],
  ["ratio=1e999", 'config "ratio": found "1e999", wanted a number | Write a number, such as ratio=0.5'],
  ["flag=true", { flag: true }],
  ["flag=No", { flag: false }],
  ["flag=ON", { flag: true }],
  ["flag=0", { flag: false }],
  ["flag", { flag: true }],
  ["flag=maybe", 'config "flag": found "maybe", wanted true or false | Write flag=true or flag=false'],
  ["names=a, b,c", { names: ["a", "b", "c"] }],
  ["names=", { names: [] }],
  ['names=["a,b"]', { names: ["a,b"] }],
  ["names=[a", 'config "names": found "[a", wanted a list, such as a,b | Write it in JSON'],
  ["sizes=1,2", { sizes: [1, 2] }],
  ["sizes=1,x", 'config "sizes": found "1,x", wanted a list, such as a,b | Write it in JSON'],
  ["free=1,x", { free: ["1", "x"] }],
  ['table={"a": 1}', { table: { a: 1 } }],
  ["table=1", 'config "table": found "1", wanted an object in JSON | Write it in JSON'],
  ["either=5", { either: 5 }],
  ["either=null", { either: null }],
  ["either=five", { either: "five" }],
  ["choice=a", { choice: "a" }],
  ["choice=1", { choice: 1 }],
  ["choice=true", { choice: true }],
  ["digits=1", { digits: "1" }],
  ["open=[1]", { open: [1] }],
  ["open=plain text", { open: "plain text" }],
  ["count", 'config "count" is named without a value | Write count=VALUE'],
  ["cuont=1", 'config "cuont" is not known | Did you mean "count"?'],
  [
    "__proto__=1",
    'config "__proto__" is not known | Set one of "text", "count", "ratio", "flag", "names", "sizes", "free", "table", "either", "choice" and 2 more',
  ],
]

for (const [setting, expected] of SETTINGS) {
  test(`${setting} is ${JSON.stringify(expected)}`, () => {
    // An object from outside has no prototype, and is compared by its text.
    assert.equal(JSON.stringify(told(setting)), JSON.stringify(expected))
  })
}

test("a gear without config says so", () => {
  const result = parseSetting({ config: {} } as unknown as GearManifest, "a=1")
  assert.equal(result.ok ? "" : result.fault.fix, "The gear has no config")
})
