/** A file that `gear init` writes. */
export interface StarterFile {
  readonly text: string
  readonly executable?: true
}

/** The beginnings of a gear in one language: all of them do the same. */
export interface Template {
  /** What the program is written in, as people call it. */
  readonly language: string
  /** Packages of Debian that it needs. */
  readonly packages: readonly string[]
  /** The program. Nobody names it: what is called `run` is what a gear starts. */
  readonly run: string
  /** Variables of the manifest. */
  readonly environment?: Readonly<Record<string, string>>
  /** Files beside the program. */
  readonly more?: () => Promise<Readonly<Record<string, string>>>
}
