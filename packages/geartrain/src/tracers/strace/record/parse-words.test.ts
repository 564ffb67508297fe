import assert from "node:assert/strict"
import { test } from "node:test"
import { addressesOf, descriptorOf, socketPathOf, splitWords, textOf } from "./parse-words.ts"

test("arguments are split at the commas between them, and at none within brackets of any kind", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["", []],
    ["1", ["1"]],
    ["1, 2", ["1", "2"]],
    ["{a=[1, 2], b=f(3, 4)}, 5", ["{a=[1, 2], b=f(3, 4)}", "5"]],
    [
      "[{iov_base=0x1, iov_len=2}, {iov_base=0x3, iov_len=4}], 2",
      ["[{iov_base=0x1, iov_len=2}, {iov_base=0x3, iov_len=4}]", "2"],
    ],
    ["1, ", ["1", ""]],
  ]
  for (const [text, words] of cases) assert.deepEqual(splitWords(text), words, text)
})

test("a text is read from its digits; what is cut off by strace is read as far as it goes", () => {
  assert.equal(textOf('"\\x2f\\x61"'), "/a")
  assert.equal(textOf('"\\x2f"...'), "/")
  assert.equal(textOf('""'), "")
})

test("what is no text in quotes is none", () => {
  for (const word of [undefined, "", "0x7ffe", "NULL", '"/a"', '"\\x2F"', '"\\x2f', '\\x2f"', '"\\x2f" "\\x61"'])
    assert.equal(textOf(word), undefined, String(word))
})

test("a name that is no UTF-8 is told as one that no file of a gear can have", () => {
  assert.equal(textOf('"\\xff"'), "\ufffd")
})

test("a descriptor leads to a path only where it is open and of a file", () => {
  assert.deepEqual(descriptorOf("3<\\x2f\\x61>"), { path: "/a" })
  assert.deepEqual(descriptorOf("AT_FDCWD<\\x2f>"), { path: "/" })
  // A pipe, a closed one, a text, and nothing.
  for (const word of ["3<\\x70\\x69\\x70\\x65>", "7", "-1", "AT_FDCWD", '"\\x2f"', "", undefined])
    assert.deepEqual(descriptorOf(word), {}, String(word))
})

test("addresses of both families are told with their ports, and several of one call all", () => {
  const four = '{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("\\x31\\x2e\\x32\\x2e\\x33\\x2e\\x34")}'
  const six =
    '{sa_family=AF_INET6, sin6_port=htons(53), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "\\x3a\\x3a\\x31", &sin6_addr), sin6_scope_id=0}'
  assert.deepEqual(addressesOf(four), ["1.2.3.4:80"])
  assert.deepEqual(addressesOf(six), ["[::1]:53"])
  assert.deepEqual(addressesOf(`[{msg_name=${four}}, {msg_name=${six}}]`), ["1.2.3.4:80", "[::1]:53"])
  assert.deepEqual(addressesOf("NULL"), [])
  assert.deepEqual(addressesOf(undefined), [])
})

test("the socket of a Unix address is its path; other families have none", () => {
  assert.equal(socketPathOf('{sa_family=AF_UNIX, sun_path="\\x2f\\x73"}'), "/s")
  assert.equal(socketPathOf('{sa_family=AF_UNIX, sun_path=""}'), "")
  assert.equal(socketPathOf("{sa_family=AF_UNIX}"), undefined)
  assert.equal(socketPathOf("{sa_family=AF_NETLINK, nl_pid=0}"), undefined)
})
