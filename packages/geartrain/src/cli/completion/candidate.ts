/** A word that a shell can offer, with what it is for. */
export interface Candidate {
  readonly word: string
  readonly says: string
}
