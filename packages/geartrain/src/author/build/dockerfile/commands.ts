/** Programs that build Dockerfiles, in the order in which they are tried. */
export const BUILDER_NAMES = ["docker", "podman", "buildah"] as const

export type BuilderName = (typeof BUILDER_NAMES)[number]

/** What a build of a Dockerfile is asked for. */
export interface DockerfileJob {
  /** Absolute. */
  readonly dockerfile: string
  /** Absolute; the steps may copy what lies in it. */
  readonly folder: string
  /** What the builder keeps the image as. */
  readonly image: string
  readonly network: "none" | "outbound"
  readonly fresh: boolean
  /** An OCI runtime that works here: for podman, and for buildah where network is "none". */
  readonly runtime?: string
}

/** Tells the version, and whether the builder does more than exist: a docker client without its daemon builds nothing. */
export function probeCommand(builder: BuilderName): readonly string[] {
  switch (builder) {
    case "docker":
      return ["docker", "version", "--format", "{{.Server.Version}}"]
    case "podman":
      return ["podman", "info", "--format", "{{.Version.Version}}"]
    case "buildah":
      return ["buildah", "--version"]
  }
}

/**
 * Builds. No build argument and no secret is given: what was built is the same for everybody who has the folder.
 *
 * Without the network, podman and buildah never pull, and docker gives the steps none, though it may still pull what FROM names.
 *
 * @see docker-build(1), podman-build(1), buildah-build(1)
 * @example
 *   buildCommand("docker", { dockerfile: "/g/Dockerfile", folder: "/g", image: "localhost/x", network: "none", fresh: false })
 *   // => ["docker", "build", "--network=none", "--tag=localhost/x", "--file=/g/Dockerfile", "/g"]
 */
export function buildCommand(builder: BuilderName, job: DockerfileJob): readonly string[] {
  const sealed = job.network === "none"
  const common = [`--tag=${job.image}`, `--file=${job.dockerfile}`, job.folder]
  const fresh = job.fresh ? ["--no-cache"] : []
  if (builder === "docker") return ["docker", "build", ...(sealed ? ["--network=none"] : []), ...fresh, ...common]
  // Of docker's image format, which is what every Dockerfile was written for: SHELL and HEALTHCHECK are not in OCI's.
  const shared = ["--format=docker", ...(sealed ? ["--network=none", "--pull-never"] : ["--network=host"]), ...fresh]
  return [builder, "build", ...(job.fresh ? [] : ["--layers"]), ...isolationOf(builder, job), ...shared, ...common]
}

/**
 * `chroot` needs the least of the machine: no user namespace and no cgroup; but it has no network of its own that could be none. The steps are those of
 * an image that the user trusts enough to build it; what is sealed is the gear that comes of it.
 *
 * @see buildah-build(1), --isolation
 */
function isolationOf(builder: BuilderName, job: DockerfileJob): readonly string[] {
  if (builder === "podman") return job.runtime === undefined ? [] : [`--runtime=${job.runtime}`]
  if (job.network === "outbound") return ["--isolation=chroot"]
  return ["--isolation=oci", ...(job.runtime === undefined ? [] : [`--runtime=${job.runtime}`])]
}

/** Writes the image into a file. */
export function saveCommand(builder: BuilderName, image: string, target: string): readonly string[] {
  switch (builder) {
    case "docker":
      return ["docker", "save", `--output=${target}`, image]
    case "podman":
      return ["podman", "save", "--quiet", "--format=docker-archive", `--output=${target}`, image]
    case "buildah":
      return ["buildah", "push", "--quiet", image, `docker-archive:${target}:${image}`]
  }
}

/** Writes a file of an image to standard output, in a container that is removed again. */
export function catCommand(builder: BuilderName, image: string, path: string): readonly string[] {
  if (builder !== "buildah") return [builder, "run", "--rm", "--network=none", image, "cat", path]
  const script =
    'c=$(buildah from --pull-never "$0") && buildah run --isolation=chroot "$c" cat "$1"; r=$?; buildah rm "$c" >&2; exit $r'
  return ["sh", "-c", script, image, path]
}

/** How each is installed on Debian. */
export const BUILDER_PACKAGES: Readonly<Record<BuilderName, string>> = {
  docker: "docker.io",
  podman: "podman",
  buildah: "buildah",
}

export function isBuilderName(name: string): name is BuilderName {
  return BUILDER_NAMES.some((builder) => builder === name)
}
