const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/**
 * In letters up to twelve, as meetings/words.py says it: "five", "13". Knows no page.
 *
 * @param {number} n
 */
export function number(n) {
  return NUMBERS[n] ?? String(n);
}
