import assert from "node:assert/strict"
import { test } from "node:test"
import { LOOKS } from "./state-looks.ts"

/** How much lighter one color is than another, from 1 to 21. @see WCAG 2.2, "contrast ratio" and "relative luminance" */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(color: string): number {
  assert.match(color, /^#[0-9a-f]{6}$/)
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

test("the word of each state can be read on its color, by day and in the dark, and its line be seen", () => {
  for (const [state, look] of Object.entries(LOOKS)) {
    for (const { fill, line, ink } of [look, look.dark]) {
      assert.ok(contrast(ink, fill) >= 4.5, `${state}: ${ink} on ${fill} is ${contrast(ink, fill)}`)
      assert.ok(contrast(line, fill) >= 3, `${state}: ${line} at ${fill} is ${contrast(line, fill)}`)
    }
  }
})

test("each state has a word of its own, since colors are shared and not everybody sees them", () => {
  const words = Object.values(LOOKS).map(({ says }) => says)
  assert.equal(new Set(words).size, words.length)
})

test("what failed looks like nothing else", () => {
  const { fill, line, ink, dark } = LOOKS.failed
  for (const [state, look] of Object.entries(LOOKS)) {
    if (state === "failed") continue
    for (const [own, other] of [
      [fill, look.fill],
      [line, look.line],
      [ink, look.ink],
      [dark.fill, look.dark.fill],
    ])
      assert.notEqual(own, other, state)
  }
})
