import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse, written } from "../../../static/js/meetings/addresses.js";

const cases = JSON.parse(
  readFileSync(new URL("../../meetings/forms/addresses.json", import.meta.url), "utf8"),
);

/** @param {import("../../../static/js/meetings/addresses.js").Address} address */
function seen({ email, name, optional, cohost }) {
  return [email, name, ...(optional ? ["optional"] : []), ...(cohost ? ["host"] : [])];
}

for (const { text, addresses, wrong } of cases) {
  test(`it reads ${JSON.stringify(text)} as the server does`, () => {
    const found = parse(text);
    assert.deepEqual(found.addresses.map(seen), addresses);
    assert.deepEqual(
      found.wrong.map(({ text: words, reason }) => [words, reason]),
      wrong,
    );
  });
}

test("what is written is read as the same", () => {
  const people = [
    { email: "bob@northline.example", name: "Bob Lindqvist" },
    { email: "j@d.example", name: "Doe, Jane" },
    { email: "q@d.example", name: 'Jane "JD" Doe' },
    { email: "k@d.example", name: "" },
    { email: "o@d.example", name: "Olga", optional: true },
    { email: "h@d.example", name: "", optional: true, cohost: true },
  ];
  assert.deepEqual(parse(people.map(written).join("\n")).addresses, people);
});

const long = [
  "x".repeat(40_000) + "><a@b.example",
  "@".repeat(40_000),
  "a@b.example" + " ".repeat(40_000) + "(",
  '"<'.repeat(20_000),
  "<" + ":".repeat(40_000) + "a>",
  ":".repeat(40_000) + "x <a@b.example>",
];
for (const text of long) {
  test(`${JSON.stringify(text.slice(0, 6))} ${text.length} characters on keep no page busy`, () => {
    const begun = process.cpuUsage();
    parse(text);
    const { user, system } = process.cpuUsage(begun);
    // Of the processor's time, in microseconds.
    assert.ok(user + system < 2e6);
  });
}
