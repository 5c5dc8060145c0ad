// @ts-check
// Times as people say them: 14:02, yesterday, Wednesday, 11/22. By Intl in the language of the page and the zone of
// the device; the present is handed in, so tests can hold it still.

const DAY = 86_400_000;

/**
 * @typedef {object} Calendar
 * @property {() => number} now
 * @property {(at: number) => string} time  Hour and minute.
 * @property {(at: number) => string} listTime  As short as a list wants it.
 * @property {(at: number) => string} day  For a line between days.
 * @property {(at: number) => string} moment  Hour and minute, with its day unless that is today.
 * @property {(at: number) => string} full  With everything, for a title.
 * @property {(at: number) => string} dayKey  Equal for two times of one day.
 */

/**
 * @param {string} tag  A BCP 47 language.
 * @param {() => number} now  Milliseconds since 1970.
 * @returns {Calendar}
 */
export function createCalendar(tag, now) {
  const formats = formatsOf(tag);
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: "auto" });
  /** @param {number} days */
  const nearDay = (days) => capitalised(relative.format(days, "day"), tag);
  /** @param {number} at */
  const age = (at) => daysBetween(at, now());

  return {
    now,
    time: (at) => formats.time.format(at),
    listTime(at) {
      const days = age(at);
      if (days === 0) {
        return formats.time.format(at);
      }
      if (days === 1) {
        return nearDay(-1);
      }
      if (days > 1 && days < 7) {
        return formats.weekday.format(at);
      }
      return sameYear(at, now()) ? formats.monthDay.format(at) : formats.date.format(at);
    },
    day(at) {
      const days = age(at);
      if (days === 0 || days === 1) {
        return nearDay(-days);
      }
      return (sameYear(at, now()) ? formats.longDay : formats.longDate).format(at);
    },
    moment(at) {
      const format = age(at) === 0 ? formats.time : sameYear(at, now()) ? formats.dayTime : formats.dateTime;
      return format.format(at);
    },
    full: (at) => formats.full.format(at),
    dayKey,
  };
}

/** @param {string} tag */
function formatsOf(tag) {
  /** @param {Intl.DateTimeFormatOptions} options */
  const format = (options) => new Intl.DateTimeFormat(tag, options);
  return {
    time: format({ hour: hoursOf(tag), minute: "2-digit" }),
    weekday: format({ weekday: "long" }),
    monthDay: format({ month: "numeric", day: "numeric" }),
    date: format({ year: "numeric", month: "numeric", day: "numeric" }),
    longDay: format({ weekday: "long", month: "long", day: "numeric" }),
    longDate: format({ year: "numeric", month: "long", day: "numeric", weekday: "long" }),
    dayTime: format({ month: "long", day: "numeric", hour: hoursOf(tag), minute: "2-digit" }),
    dateTime: format({ dateStyle: "long", timeStyle: "short" }),
    full: format({ dateStyle: "full", timeStyle: "medium" }),
  };
}

/**
 * 09:05 where a day has 24 hours, 9:05 AM where it has twice 12.
 *
 * @param {string} tag
 */
function hoursOf(tag) {
  const { hour12 } = new Intl.DateTimeFormat(tag, { hour: "numeric" }).resolvedOptions();
  return hour12 ? "numeric" : "2-digit";
}

/** @param {number} at */
export function dayKey(at) {
  const day = new Date(at);
  return `${day.getFullYear()}-${day.getMonth() + 1}-${day.getDate()}`;
}

/**
 * Calendar days, not spans of 24 hours: a day with a clock change has 23 or 25 of those.
 *
 * @param {number} from
 * @param {number} to
 */
export function daysBetween(from, to) {
  return Math.round((midnight(to) - midnight(from)) / DAY);
}

/** @param {number} at */
function midnight(at) {
  return new Date(at).setHours(0, 0, 0, 0);
}

/**
 * @param {number} a
 * @param {number} b
 */
function sameYear(a, b) {
  return new Date(a).getFullYear() === new Date(b).getFullYear();
}

/**
 * @param {string} text
 * @param {string} tag
 */
function capitalised(text, tag) {
  return text.charAt(0).toLocaleUpperCase(tag) + text.slice(1);
}
