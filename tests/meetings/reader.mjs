// Reads calendar files with ical.js: one JSON string a line comes in, one JSON object a line goes out.
// Written for the tests, which compare it with what other parsers read.

import { createInterface } from "node:readline";

import ICAL from "ical.js";

const MOST = 2000;

/** @param {ICAL.Time} time */
function moment(time) {
  // By way of the zone that the file defines, never one that ical.js brings along.
  return new Date(time.toUnixTime() * 1000).toISOString();
}

/** @param {ICAL.Component} vevent */
function describe(vevent) {
  // Occurrences that are told by themselves are ours to put in their place.
  const event = new ICAL.Event(vevent, { exceptions: [] });
  const rule = vevent.getFirstPropertyValue("rrule");
  return {
    uid: event.uid,
    sequence: event.sequence,
    recurrence_id: event.recurrenceId ? moment(event.recurrenceId) : "",
    starts_at: moment(event.startDate),
    ends_at: moment(event.endDate),
    zone: event.startDate.zone.tzid,
    summary: event.summary,
    status: vevent.getFirstPropertyValue("status"),
    rule: rule ? String(rule) : "",
    organizer: vevent.getFirstPropertyValue("organizer"),
    attendees: vevent.getAllProperties("attendee").map((attendee) => ({
      address: attendee.getFirstValue(),
      partstat: attendee.getParameter("partstat"),
      role: attendee.getParameter("role"),
    })),
    occurrences: event.recurrenceId ? [] : expand(event),
  };
}

/** @param {ICAL.Event} event */
function expand(event) {
  if (!event.isRecurring()) return [[moment(event.startDate), moment(event.endDate)]];
  const found = [];
  const times = event.iterator();
  for (let time = times.next(); time && found.length < MOST; time = times.next()) {
    const { startDate, endDate } = event.getOccurrenceDetails(time);
    found.push([moment(startDate), moment(endDate)]);
  }
  return found;
}

/** @param {string} text */
function read(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const vtimezone of calendar.getAllSubcomponents("vtimezone")) {
    const zone = new ICAL.Timezone(vtimezone);
    ICAL.TimezoneService.remove(zone.tzid);
    ICAL.TimezoneService.register(zone);
  }
  return {
    method: calendar.getFirstPropertyValue("method"),
    events: calendar.getAllSubcomponents("vevent").map(describe),
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(read(JSON.parse(line))) + "\n");
}
