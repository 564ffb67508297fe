import assert from "node:assert/strict"
import { test } from "node:test"
import { environmentOf, execWords, readDockerfile } from "./read-dockerfile.ts"

test("instructions are found with their lines, comments and continued lines or not", () => {
  const text = [
    "# syntax=docker/dockerfile:1",
    "from debian:12 AS base",
    "",
    "RUN apt-get update \\",
    "  # a comment in between",
    "",
    "  && apt-get install -y python3",
    "COPY <<EOF /etc/motd",
    "ENTRYPOINT no instruction",
    "EOF",
    'ENTRYPOINT ["a"]',
    "nonsense",
  ]
  assert.deepEqual(readDockerfile(text.join("\r\n")), [
    { name: "FROM", rest: "debian:12 AS base", line: 2 },
    { name: "RUN", rest: "apt-get update && apt-get install -y python3", line: 4 },
    { name: "COPY", rest: "<<EOF /etc/motd", line: 8 },
    { name: "ENTRYPOINT", rest: '["a"]', line: 11 },
  ])
})

test("another character can continue lines, and the end of the file ends everything", () => {
  assert.deepEqual(readDockerfile("# escape=`\nRUN a `\n b\\\nENV A 1 `"), [
    { name: "RUN", rest: "a b\\", line: 2 },
    { name: "ENV", rest: "A 1", line: 4 },
  ])
  assert.deepEqual(readDockerfile("RUN cat <<EOF\nnever ends"), [{ name: "RUN", rest: "cat <<EOF", line: 1 }])
  assert.deepEqual(readDockerfile(""), [])
})

test("words in exec form are JSON, and everything else is for the shell", () => {
  assert.deepEqual(execWords('["python", "run.py"]'), ["python", "run.py"])
  for (const shell of ["python run.py", "['python']", '["a", 1]', "[ -e x ] && y"])
    assert.equal(execWords(shell), undefined)
})

test("variables are read in both forms", () => {
  assert.deepEqual(environmentOf("FLYWHEEL /flywheel/v0"), ["FLYWHEEL=/flywheel/v0"])
  assert.deepEqual(environmentOf("A=1 B=\"two words\" C='x' D="), ["A=1", "B=two words", "C=x", "D="])
})
