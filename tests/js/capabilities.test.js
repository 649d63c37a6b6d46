import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import test from "node:test";
import { Capabilities } from "../../static/js/room/capabilities.js";
import { Intake, LIMITS } from "../../static/js/room/rtc/channel.js";
import { FakeClock } from "./fakes.js";

const ROOM = "static/js/room";
const MAIN = `${ROOM}/main.js`;
/** As main.js lists them: the name of a folder, and its line. */
const LISTED = [
  ...readFileSync(MAIN, "utf8").matchAll(
    /^ *\{\s*name: "([a-z]+)",[^{}]*import\("\.\/\1\/index\.js"\)[^{}]*\},?\n/gm,
  ),
];
const MODULES = globSync("static/js/**/*.js");

/** The modules that this one imports, at once or later, or has the address of. @param {string} name @param {string} text */
function imported(name, text) {
  const found = text
    .replaceAll(/\/\*[^]*?\*\//g, "")
    .matchAll(/(?:\bfrom|\bimport|\bimport\(|\bresolve\()\s*["'](\.[^"']+)["']/g);
  return [...found].map(([, target = ""]) => relative(".", join(dirname(name), target)));
}

for (const [line, name] of LISTED) {
  test(`without its folder and its line in main.js nothing is left of ${name}`, () => {
    const folder = `${ROOM}/${name}/`;
    assert.ok(
      MODULES.some((module) => module.startsWith(folder)),
      "there is a folder",
    );
    for (const module of MODULES.filter((module) => !module.startsWith(folder))) {
      const text = readFileSync(module, "utf8");
      const rest = module === MAIN ? text.replace(line, "") : text;
      assert.deepEqual(
        imported(module, rest).filter((target) => target.startsWith(folder)),
        [],
        module,
      );
      // Types neither: they would have no meaning any more.
      assert.ok(!rest.includes(`/${name}/`), `${module} names it`);
    }
  });

  test(`${name} knows of the room only what it is handed`, () => {
    const folder = `${ROOM}/${name}/`;
    for (const module of MODULES.filter((module) => module.startsWith(folder))) {
      const others = imported(module, readFileSync(module, "utf8")).filter(
        (target) => !target.startsWith(folder),
      );
      assert.deepEqual(
        others.filter((target) => !target.startsWith("static/js/lib/")),
        [],
        module,
      );
    }
  });
}

test("every capability has a line of its own", () => {
  assert.deepEqual(
    LISTED.map(([, name]) => name),
    ["hands", "reactions", "sounds", "files", "inviting"],
  );
});

/** A room in which a capability is begun that notes what it is told. */
function begun({ said = new Map(), type = "wave", ...more } = {}) {
  const told = [];
  const aloud = [];
  const clock = new FakeClock();
  const room = { clock, gather: (kind, count, words) => aloud.push([kind, words(count)]) };
  const capabilities = new Capabilities({ room, said: () => said });
  let changes = 0;
  capabilities.on("change", () => (changes += 1));
  const begin = () =>
    capabilities.begin("waves", {
      messages: {
        [type]: {
          limit: { bytes: 64, burst: 2, perSecond: 1 },
          read: ({ how }) => (typeof how === "string" ? { how } : null),
        },
      },
      begin: (inside) => ({
        receive: (id, message) => told.push([id, message]),
        hear: (id, state, at) => told.push([id, state, at]),
        marks: (people) => new Map(people.map(({ id }) => [id, [{ name: "wave", text: id }]])),
        changes: () => ["somebody waves"],
        press: () => inside.gather(1, (count) => `${count} wave`),
        close: () => told.push("closed"),
        ...more,
      }),
    });
  return { capabilities, begin, told, aloud, clock, changes: () => changes };
}

test("a message goes to the capability whose it is, as far as it can be understood", () => {
  const { capabilities, begin, told } = begun();
  begin();
  capabilities.receive("bob", { type: "wave", how: "high" });
  capabilities.receive("bob", { type: "wave", how: 3 });
  capabilities.receive("bob", { type: "whatever", how: "high" });
  capabilities.receive("bob", { type: "__proto__" });
  assert.deepEqual(told, [["bob", { how: "high" }]]);
});

test("what comes for one that is still on its way waits for it a while: no more of each of them than can be meant", () => {
  const { capabilities, begin, told, clock } = begun();
  capabilities.receive("carol", { type: "wave", how: "long ago" });
  clock.pass(4_000);
  capabilities.receive("dave", { type: "nod" });
  capabilities.receive("carol", { type: "wave", how: "low" });
  for (let count = 0; count < 100; count += 1) capabilities.receive("bob", { type: "wave", how: `${count}` });
  clock.pass(1_500);
  assert.deepEqual(told, []);
  begin();
  assert.deepEqual(told[0], ["carol", { how: "low" }]);
  assert.deepEqual(
    told.slice(1),
    Array.from({ length: 16 }, (_, count) => ["bob", { how: `${count}` }]),
  );
});

test("what one has said in vain takes no room from what they say later, whatever others say meanwhile", () => {
  const { capabilities, begin, told, clock } = begun();
  for (let count = 0; count < 16; count += 1) capabilities.receive("bob", { type: "nod" });
  for (let second = 0; second < 6; second += 1) {
    clock.pass(1_000);
    capabilities.receive("carol", { type: "nod" });
  }
  capabilities.receive("bob", { type: "wave", how: "high" });
  begin();
  assert.deepEqual(told, [["bob", { how: "high" }]]);
});

test("what nobody comes for is forgotten", () => {
  const { capabilities, begin, told, clock } = begun();
  capabilities.receive("bob", { type: "wave", how: "high" });
  clock.pass(5_000);
  begin();
  assert.deepEqual(told, []);
});

test("what is said before it has come is told when it comes, with the time at which it was said", () => {
  const { capabilities, begin, told } = begun({ said: new Map([["bob", { state: { hand: true }, at: 7 }]]) });
  begin();
  capabilities.hear("carol", { hand: false }, 9);
  assert.deepEqual(told, [
    ["bob", { hand: true }, 7],
    ["carol", { hand: false }, 9],
  ]);
});

test("once it has come, its messages are bounded as it says; the room's own are bounded as ever", () => {
  const intake = () => {
    const fresh = new Intake(() => 0);
    return (type, bytes = 10) => fresh.judge(type, bytes);
  };
  const before = intake();
  for (let i = 0; i < 100; i += 1) assert.equal(before("nod"), "take", "an unknown one is");
  begun({ type: "nod" }).begin();
  const after = intake();
  assert.deepEqual(
    [after("nod"), after("nod", 65), after("nod"), after("nod")],
    ["take", "drop", "take", "flood"],
  );
  const { capabilities } = begun();
  capabilities.begin("thief", {
    messages: { state: { limit: { bytes: 1, burst: 1, perSecond: 1 }, read: () => null } },
    begin: () => ({}),
  });
  const own = intake();
  for (let i = 0; i < LIMITS.state.burst; i += 1) assert.equal(own("state", 1_000), "take");
});

test("its marks stand at people, after those of others; who has none has an empty list", () => {
  const { capabilities, begin, changes } = begun({
    marks: (people) => new Map([[people[0].id, [{ name: "wave" }]]]),
  });
  const people = [{ id: "bob" }, { id: "alice" }];
  assert.deepEqual(
    capabilities.mark(people).map(({ marks }) => marks),
    [[], []],
  );
  begin();
  assert.deepEqual(
    capabilities.mark(people).map(({ marks }) => marks),
    [[{ name: "wave" }], []],
  );
  assert.equal(changes(), 1, "there is something new to draw");
});

test("what many do is gathered under its name, and leaving ends it", () => {
  const { capabilities, begin, told, aloud } = begun();
  const part = begin();
  part.press();
  assert.deepEqual(aloud, [["waves", "1 wave"]]);
  assert.deepEqual(capabilities.changes([], []), ["somebody waves"]);
  capabilities.close();
  assert.deepEqual(told, ["closed"]);
});
