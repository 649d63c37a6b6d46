import assert from "node:assert/strict";
import { test } from "node:test";
import { moment } from "../../../static/js/meetings/moment.js";

/** @type {[string, string, string, string][]} */
const moments = [
  ["2030-11-25", "14:00", "Europe/Berlin", "2030-11-25T13:00:00Z"],
  ["2030-11-25", "13:00", "UTC", "2030-11-25T13:00:00Z"],
  ["2030-11-25", "00:15", "Pacific/Kiritimati", "2030-11-24T10:15:00Z"],
  ["2030-07-01", "23:59", "America/St_Johns", "2030-07-02T02:29:00Z"],
  // On the days when the clocks change, before and after.
  ["2031-03-30", "01:59", "Europe/Berlin", "2031-03-30T00:59:00Z"],
  ["2031-03-30", "03:00", "Europe/Berlin", "2031-03-30T01:00:00Z"],
  ["2030-10-27", "03:00", "Europe/Berlin", "2030-10-27T02:00:00Z"],
];
for (const [date, time, zone, expected] of moments) {
  test(`${date} ${time} in ${zone} is ${expected}`, () => {
    assert.equal(moment(date, time, zone), Date.parse(expected));
  });
}

test("of a time that comes twice it is the first", () => {
  assert.equal(moment("2030-10-27", "02:30", "Europe/Berlin"), Date.parse("2030-10-27T00:30:00Z"));
});

test("a time that the clocks skip, half a date and a zone that nobody knows are no moment", () => {
  assert.ok(Number.isNaN(moment("2031-03-30", "02:30", "Europe/Berlin")));
  assert.ok(Number.isNaN(moment("", "14:00", "Europe/Berlin")));
  assert.ok(Number.isNaN(moment("2030-11-25", "14:00", "Mars/Olympus")));
});
