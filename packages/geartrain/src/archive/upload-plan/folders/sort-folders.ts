import type { PlaceDraft, PlanBook } from "../book/plan-book.ts"
import { ZipGroups } from "../book/zip-groups.ts"
import { type Found, stepsOf } from "../folder/found-file.ts"
import { matchTemplate, type PathTemplate, type TemplateMatch } from "./path-template.ts"

/** What a session is called where folders tell none and an acquisition needs one. */
const ONLY_SESSION = "ses-01"

/**
 * Sorts by where files lie, as a template says. A file belongs to the lowest place that the folders above it name; a folder deeper than the template
 * becomes one zip, since places have no folders in them.
 */
export async function sortFolders(found: AsyncIterable<Found>, book: PlanBook, template: PathTemplate): Promise<void> {
  const zips = new ZipGroups()
  for await (const each of found) {
    if (each.is === "left-out") {
      book.leftOut.push(each.item)
      continue
    }
    const { source, sizeBytes } = each.file
    const { folders, name } = stepsOf(each.file)
    const match = matchTemplate(template, folders)
    if (typeof match === "string") {
      book.leaveOut(source.path, `lies in a folder that is not as "${match}" of the template`)
      continue
    }
    const place = placeOf(match, book)
    const [folder] = match.rest
    if (folder === undefined) book.add(place, { name, sizeBytes, content: source })
    else {
      const key = folders.slice(0, template.length + 1).join("/")
      zips.take(each.file, { place, name: `${folder}.zip`, key, steps: [...match.rest, name] })
    }
  }
  zips.addTo(book)
}

function placeOf({ levels }: TemplateMatch, book: PlanBook): PlaceDraft {
  const [subject, session, acquisition] = [levels.get("subject"), levels.get("session"), levels.get("acquisition")]
  if (subject === undefined) return book.project
  const subjectPlace = book.below(book.project, subject)
  if (session === undefined && acquisition === undefined) return subjectPlace
  const sessionPlace = book.below(subjectPlace, session ?? ONLY_SESSION)
  return acquisition === undefined ? sessionPlace : book.below(sessionPlace, acquisition)
}
