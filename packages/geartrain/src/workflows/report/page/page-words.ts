import { type Html, html } from "../../../provenance/page/html.ts"

/**
 * A time of a record for a page that is read anywhere.
 *
 * @example
 *   timeText("2026-01-02T03:04:05.678Z") // => "2026-01-02 03:04:05 UTC"
 */
export function timeText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
}

/** The column titles of a table: those that begin with `#` are of numbers. */
export function tableHead(titles: readonly string[]): Html {
  return html`<thead><tr>${titles.map((title) => (title.startsWith("#") ? html`<th scope="col" class="number">${title.slice(1)}</th>` : html`<th scope="col">${title}</th>`))}</tr></thead>`
}

/** Says what a list leaves out, and where it is whole. */
export function restLine(left: number, where: string): Html {
  return left <= 0 ? html`` : html`<p>And ${left.toLocaleString("en")} more: <code>${where}</code></p>\n`
}
