/** The fields that say how a meeting repeats; the sheet shows those that belong to the choice. */
import { write } from "../lib/dom.js";
import { ordinal } from "./words.js";

const WEEK = 7;
const ORDINALS = ["first", "second", "third", "fourth", "fifth"];

/**
 * The rule as a list of words, to be compared with what meetings/pages/planning.py says it was; empty for none.
 *
 * @param {FormData} data
 */
export function rule(data) {
  const repeats = String(data.get("repeats") ?? "");
  if (!repeats) return [];
  const days = data.getAll("days").map(String).sort().join(",");
  // The day of the date need not be chosen.
  const weekly = days === String(weekday(String(data.get("date")))) ? "" : days;
  const by = { weekly, monthly: String(data.get("monthly")) }[repeats] ?? "";
  const ends = String(data.get("ends"));
  return [
    repeats,
    String(Number(data.get("every"))),
    by,
    ends,
    String(data.get(ends === "count" ? "times" : "until")),
  ];
}

/**
 * 0 for Monday, as the server counts; NaN for no date.
 *
 * @param {string} date
 */
function weekday(date) {
  return (new Date(`${date}T12:00Z`).getUTCDay() + WEEK - 1) % WEEK;
}

/** Keeps the words of the sentence in line with the date and the number. */
export class Repeats {
  #form;
  /** @type {number | null} */
  #weekday = null;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form;
    this.update();
  }

  update() {
    const every = this.#field("every");
    for (const unit of this.#form.querySelectorAll(
      ".repeats .unit-daily, .repeats .unit-weekly, .repeats .unit-monthly, .repeats .unit-yearly",
    )) {
      if (unit.childElementCount) continue;
      const word = (unit.textContent ?? "").replace(/s$/u, "");
      write(unit, every?.value === "1" ? word : `${word}s`);
    }
    const written = this.#field("date")?.value ?? "";
    const date = new Date(`${written}T12:00Z`);
    if (Number.isNaN(date.getTime())) return;
    this.#follow(weekday(written));
    const day = date.getUTCDate();
    const name = date.toLocaleDateString("en-GB", { weekday: "long", timeZone: "UTC" });
    this.#call("date", `on the ${ordinal(day)}`);
    this.#call("weekday", `on the ${ORDINALS[Math.floor((day - 1) / WEEK)] ?? ""} ${name}`);
    this.#call("last", `on the last ${name}`);
  }

  /**
   * The one day that the date stands for goes with it; days that were chosen stay.
   *
   * @param {number} day
   */
  #follow(day) {
    const days = /** @type {HTMLInputElement[]} */ ([...this.#form.querySelectorAll("input[name=days]")]);
    const chosen = days.filter(({ checked }) => checked).map(({ value }) => value);
    if (
      day !== this.#weekday &&
      (!chosen.length || (chosen.length === 1 && chosen[0] === String(this.#weekday)))
    ) {
      for (const box of days) box.checked = box.value === String(day);
    }
    this.#weekday = day;
  }

  /**
   * @param {string} value
   * @param {string} words
   */
  #call(value, words) {
    const option = this.#form.querySelector(`select[name=monthly] option[value=${value}]`);
    if (option) write(option, words);
  }

  /** @param {string} name */
  #field(name) {
    const field = this.#form.elements.namedItem(name);
    return field instanceof HTMLInputElement ? field : null;
  }
}
