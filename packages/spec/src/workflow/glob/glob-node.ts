import type { CharacterSet } from "../../pattern/pattern-node.ts"

/** How often the alternatives of a group may follow each other; `not`: anything within a name but one of them. */
export type GroupKind = "one" | "any-number" | "some" | "optional" | "not"

/** A glob as a tree. */
export type GlobNode =
  | { readonly kind: "text"; readonly text: string }
  /** One character of a set. */
  | { readonly kind: "set"; readonly matches: CharacterSet }
  /** As many characters as fit: of a name, or, where it crosses, of the path. */
  | { readonly kind: "star"; readonly crosses: boolean }
  | { readonly kind: "sequence"; readonly parts: readonly GlobNode[] }
  /** `{a,b}`: nothing of it is captured. */
  | { readonly kind: "choice"; readonly branches: readonly GlobNode[] }
  /** `(a|b)` and its kin. Groups count from 1, by where they open. */
  | {
      readonly kind: "group"
      readonly group: number
      readonly how: GroupKind
      readonly branches: readonly GlobNode[]
    }

/** Why a text is no glob. */
export interface GlobFault {
  /** Where, in characters from 0. */
  readonly at: number
  /** What is the case, as a sentence that begins with "it". */
  readonly problem: string
  /** What to do, as an imperative sentence. */
  readonly hint: string
}
