export type ProviderName = "crun" | "bubblewrap" | "runc"

/** Providers that come with the program, the fastest first: this is the order in which they are chosen. */
export const PROVIDERS: readonly { readonly name: ProviderName; readonly program: string }[] = [
  { name: "crun", program: "crun" },
  { name: "bubblewrap", program: "bwrap" },
  { name: "runc", program: "runc" },
]

export function providerNames(): readonly ProviderName[] {
  return PROVIDERS.map(({ name }) => name)
}

export function isProviderName(name: string): name is ProviderName {
  return PROVIDERS.some((provider) => provider.name === name)
}
