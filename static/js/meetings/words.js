const NUMBERS = [
  "no",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
];

/**
 * In letters up to twelve, as meetings/words.py says it: "five", "13". Knows no page.
 *
 * @param {number} n
 */
export function number(n) {
  return NUMBERS[n] ?? n.toLocaleString("en-GB");
}

/**
 * 1st, 2nd, 3rd, 11th.
 *
 * @param {number} n
 */
export function ordinal(n) {
  const ending = Math.trunc(n / 10) % 10 === 1 ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[n % 10] ?? "th");
  return `${n}${ending}`;
}

/**
 * What to call somebody who has only an address, as the meeting's page does (Attendee.display_name).
 *
 * @param {string} email
 */
export function nickname(email) {
  const at = email.indexOf("@");
  return at < 0 ? email : email.slice(0, at);
}
