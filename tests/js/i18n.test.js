import assert from "node:assert/strict";
import { test } from "node:test";

// As language/catalogs.py writes it for a language with more plurals than English has; before the module is read.
globalThis.words = {
  "{name} waits outside.": "{name} čeká venku.",
  "{count} waits.": { one: "Čeká {count}.", few: "Čekají {count}.", other: "Čeká jich {count}." },
};
globalThis.document = /** @type {any} */ ({ documentElement: { dataset: { formats: "cs" } } });
const { listed, t, tn, woven } = await import("../../static/js/lib/i18n.js");

test("a sentence is said in the language of the page, with what varies in its place", () => {
  assert.equal(t("{name} waits outside.", { name: "Ada" }), "Ada čeká venku.");
});

test("what has no translation is said in English", () => {
  assert.equal(t("{name} left.", { name: "Ada" }), "Ada left.");
  assert.equal(tn("{count} letter", "{count} letters", 1), "1 letter");
  assert.equal(tn("{count} letter", "{count} letters", 2), "2 letters");
});

test("a number chooses the form that the language has for it", () => {
  const said = [1, 3, 5].map((count) => tn("{count} waits.", "{count} wait.", count));
  assert.deepEqual(said, ["Čeká 1.", "Čekají 3.", "Čeká jich 5."]);
});

test("names that look like places are left as they are", () => {
  assert.equal(t("{name} left.", { name: "{name}" }), "{name} left.");
});

test("elements stand where their names are in the sentence", () => {
  const host = /** @type {any} */ ({ is: "an element" });
  assert.deepEqual(woven("Waiting for {host} to let you in", { host }), [
    "Waiting for ",
    host,
    " to let you in",
  ]);
});

test("a list is written as the language does", () => {
  assert.equal(listed(["Ada", "Bob", "Carol"]).replace("\u00a0", " "), "Ada, Bob a Carol");
});
