import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse, written } from "../../../static/js/meetings/addresses.js";

const cases = JSON.parse(readFileSync(new URL("../../meetings/addresses.json", import.meta.url), "utf8"));

for (const { text, addresses, wrong } of cases) {
  test(`it reads ${JSON.stringify(text)} as the server does`, () => {
    const found = parse(text);
    assert.deepEqual(found.addresses.map(({ email, name }) => [email, name]), addresses);
    assert.deepEqual(found.wrong.map(({ text: words, reason }) => [words, reason]), wrong);
  });
}

test("what is written is read as the same", () => {
  const people = [
    { email: "bob@northline.example", name: "Bob Lindqvist" },
    { email: "j@d.example", name: "Doe, Jane" },
    { email: "q@d.example", name: 'Jane "JD" Doe' },
    { email: "k@d.example", name: "" },
  ];
  assert.deepEqual(parse(people.map(written).join("\n")).addresses, people);
});
