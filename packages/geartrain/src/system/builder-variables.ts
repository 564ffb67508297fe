/**
 * What a builder is told of the user's environment: where it keeps its images, and how the network is reached. No step of a build sees the
 * first; the second it may need.
 *
 * @see docker(1), containers.conf(5), containers-storage.conf(5)
 */
const NAMES = [
  "DOCKER_HOST",
  "DOCKER_CONTEXT",
  "DOCKER_CONFIG",
  "DOCKER_CERT_PATH",
  "DOCKER_TLS_VERIFY",
  "DOCKER_BUILDKIT",
  "CONTAINERS_CONF",
  "CONTAINERS_REGISTRIES_CONF",
  "CONTAINERS_STORAGE_CONF",
  "STORAGE_DRIVER",
  "XDG_RUNTIME_DIR",
  "XDG_DATA_HOME",
  "XDG_CONFIG_HOME",
  "TMPDIR",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
]

export function builderVariables(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = process.env[name]
      return value === undefined || value === "" ? [] : [[name, value]]
    }),
  )
}
