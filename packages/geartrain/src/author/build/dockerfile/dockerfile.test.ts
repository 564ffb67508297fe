import assert from "node:assert/strict"
import { test } from "node:test"
import { buildCommand, type DockerfileJob, saveCommand } from "./commands.ts"
import { readFailedStep, readStep, readVersion } from "./replies.ts"

const JOB: DockerfileJob = {
  dockerfile: "/g/Dockerfile",
  folder: "/g",
  image: "localhost/x",
  network: "outbound",
  fresh: false,
}

test("each builder is asked for the same in its own words", () => {
  assert.deepEqual(buildCommand("docker", JOB), ["docker", "build", "--tag=localhost/x", "--file=/g/Dockerfile", "/g"])
  assert.ok(buildCommand("podman", JOB).includes("--network=host"))
  assert.ok(buildCommand("buildah", JOB).includes("--isolation=chroot"))
})

test("without the network a step has none, and podman and buildah pull nothing", () => {
  const sealed = { ...JOB, network: "none", runtime: "runc" } as const
  for (const builder of ["docker", "podman", "buildah"] as const) {
    assert.ok(buildCommand(builder, sealed).includes("--network=none"), builder)
  }
  assert.ok(buildCommand("podman", sealed).includes("--pull-never"))
  // Of the isolations of buildah, chroot has no network of its own that could be none.
  assert.ok(buildCommand("buildah", sealed).includes("--isolation=oci"))
  assert.ok(buildCommand("buildah", sealed).includes("--runtime=runc"))
})

test("a fresh build uses nothing that was kept", () => {
  for (const builder of ["docker", "podman", "buildah"] as const) {
    const command = buildCommand(builder, { ...JOB, fresh: true })
    assert.ok(command.includes("--no-cache") && !command.includes("--layers"), builder)
    assert.ok(saveCommand(builder, "localhost/x", "/t.tar").some((word) => word.includes("/t.tar")))
  }
})

// As buildah 1.28.2 printed it here; as docker, with BuildKit and without, is documented to.
test("the failed step and its last lines are found in what buildah writes", () => {
  const lines = [
    "STEP 1/2: FROM localhost/base",
    'STEP 2/2: RUN echo "a"; exit 3',
    "a",
    "subprocess exited with status 3",
    'Error: building at STEP "RUN echo "a"; exit 3": exit status 3',
  ]
  assert.deepEqual(readFailedStep(lines), { step: 'RUN echo "a"; exit 3', exitCode: 3, tail: ["a"] })
})

test("and in what docker writes, with and without BuildKit", () => {
  const classic = [
    "Step 1/2 : FROM base",
    " ---> 1234",
    "Step 2/2 : RUN make",
    " ---> Running in abc",
    "make: *** No rule",
    "The command '/bin/sh -c make' returned a non-zero code: 2",
  ]
  assert.deepEqual(readFailedStep(classic), { step: "RUN make", exitCode: 2, tail: ["make: *** No rule"] })
  const buildKit = [
    "#1 [internal] load build definition",
    "#5 [1/2] FROM base",
    "#6 [2/2] RUN make",
    "#6 0.143 make: *** No rule",
    '#6 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2',
    "------",
  ]
  assert.deepEqual(readFailedStep(buildKit), { step: "RUN make", exitCode: 2, tail: ["make: *** No rule"] })
})

test("a builder that fails before any step has its own last words told", () => {
  const lines = ["Error: error creating build container: no such image"]
  assert.deepEqual(readFailedStep(lines), { tail: lines })
})

test("steps and versions are read in every builder's words", () => {
  assert.equal(readStep("STEP 3/4: RUN x"), "3/4 RUN x")
  assert.equal(readStep("Step 3/4 : RUN x"), "3/4 RUN x")
  assert.equal(readStep("#7 [build 3/4] RUN x"), "3/4 RUN x")
  assert.equal(readStep("a line"), undefined)
  assert.equal(readVersion("buildah version 1.28.2 (image-spec 1.1.0)"), "1.28.2")
  assert.equal(readVersion("none"), undefined)
})

test("the colours that docker gives to what a step wrote to stderr are no part of it", () => {
  // As docker 20.10.24 prints it.
  const lines = [
    "Step 2/3 : RUN echo oops >&2; exit 7",
    " ---> Running in 0123456789ab",
    "\u001b[91moops",
    "\u001b[0m",
    "The command '/bin/sh -c echo oops >&2; exit 7' returned a non-zero code: 7",
  ]
  assert.deepEqual(readFailedStep(lines), { step: "RUN echo oops >&2; exit 7", exitCode: 7, tail: ["oops"] })
})
