/** A time as a scanner wrote it, perhaps without its zone. */
export interface DicomTime {
  /** ISO 8601 to the second or finer, without a zone. */
  readonly local: string
  /** Such as `+01:00`. */
  readonly offset: string | undefined
}

/**
 * Reads date and time, of DA and TM or of one DT.
 *
 * @returns undefined where there is no date, or one that no calendar has. Without a time of day there is no time either: midnight would be a guess.
 * @see DICOM PS3.5, section 6.2; the form with dots and colons is of ACR-NEMA
 * @example
 *   readDicomTime({ date: "20200131", time: "120005.5" }).local // => "2020-01-31T12:00:05.5"
 *   readDicomTime({ date: "20200230", time: "12" }) // => undefined
 */
export function readDicomTime(of: {
  readonly date: string
  readonly time: string
  /** (0008,0201), such as `+0100`. */
  readonly offset?: string
}): DicomTime | undefined {
  const date = readDicomDate(of.date)
  const parts = /^(\d{2}):?(\d{2})?:?(\d{2})?(?:\.(\d{1,6}))?$/.exec(of.time.trim())
  if (date === undefined || parts === null) return undefined
  const [, hours = "", minutes = "00", seconds = "00", fraction = ""] = parts
  // A leap second is the last one of its minute to most calendars.
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return undefined
  const part = fraction.replace(/0+$/, "")
  const second = seconds === "60" ? "59" : seconds
  return {
    local: `${date}T${hours}:${minutes}:${second}${part === "" ? "" : `.${part}`}`,
    offset: readOffset(of.offset ?? ""),
  }
}

/** One text with date, time and perhaps a zone, as (0008,002A) has it. */
export function readDateTime(text: string, offset: string): DicomTime | undefined {
  const parts = /^(\d{8})(\d{2,6}(?:\.\d{1,6})?)([+-]\d{4})?$/.exec(text.trim())
  if (parts === null) return undefined
  const [, date = "", time = "", own] = parts
  return readDicomTime({ date, time, offset: own ?? offset })
}

/** `2020-01-31`, or undefined where there is no day. */
export function readDicomDate(text: string): string | undefined {
  const parts = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(text.trim())
  if (parts === null) return undefined
  const [, year, month, day] = parts
  const date = `${year}-${month}-${day}`
  const time = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(date) ? date : undefined
}

/** The time with its zone, as metadata has it; undefined when the zone is not known: any guess would be wrong for somebody. */
export function toTimestamp({ local, offset }: DicomTime): string | undefined {
  return offset === undefined ? undefined : `${local}${offset}`
}

/** UTC-12 to UTC+14 are in use. */
function readOffset(text: string): string | undefined {
  const parts = /^([+-])(\d{2})(\d{2})$/.exec(text.trim())
  if (parts === null || Number(parts[2]) > 14 || Number(parts[3]) > 59) return undefined
  return `${parts[1]}${parts[2]}:${parts[3]}`
}

/** 365.25 days, as archives count ages. */
const YEAR_SECONDS = 31_557_600
const DAY_SECONDS = 86_400
const AGE_UNITS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    D: DAY_SECONDS,
    W: 7 * DAY_SECONDS,
    M: YEAR_SECONDS / 12,
    Y: YEAR_SECONDS,
  }),
)

/**
 * Age in seconds, from PatientAge, or from the date of birth: then in whole years from two years on, since the seconds would tell the birthday.
 *
 * @example
 *   readAge({ age: "018M", born: "", on: "" }) // => 47336400
 *   readAge({ age: "", born: "19800615", on: "20200131" }) // => 1230746400
 */
export function readAge(of: { readonly age: string; readonly born: string; readonly on: string }): number | undefined {
  const parts = /^(\d{1,3})([DWMY])$/.exec(of.age.trim().toUpperCase())
  if (parts !== null) return Math.round(Number(parts[1]) * (AGE_UNITS.get(parts[2] ?? "") ?? 0))
  const [born, on] = [readDicomDate(of.born), readDicomDate(of.on)]
  if (born === undefined || on === undefined || on < born) return undefined
  const years = Number(on.slice(0, 4)) - Number(born.slice(0, 4)) - (on.slice(5) < born.slice(5) ? 1 : 0)
  if (years > 150) return undefined
  return years >= 2 ? years * YEAR_SECONDS : (Date.parse(on) - Date.parse(born)) / 1000
}
