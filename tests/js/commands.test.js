import assert from "node:assert/strict";
import test from "node:test";
import { applying, commands, GROUPS } from "../../static/js/room/commands.js";
import { keyOf, meant, overlay, printed } from "../../static/js/room/keys.js";

const PAGE = { isFullScreen: false, isOnItsSide: false };
const ON = { on: true, trouble: "", pending: false };

/** What hosts decide about me. @param {Record<string, unknown>} [more] @param {Record<string, boolean>} [may] */
const hosting = (more = {}, may = {}) => ({
  isHost: false,
  muted: null,
  may: { share: true, chat: true, unmute: true, rename: true, ...may },
  ...more,
});

/** @param {Record<string, unknown>} [facts] @param {Record<string, unknown>} [mine] */
const state = (facts = {}, mine = {}) => ({
  panel: "",
  people: [{ id: "alice" }],
  knocks: [],
  chat: { unread: 0 },
  mine: { microphone: ON, camera: ON, screen: false, canShare: true, ...mine },
  hosting: hosting(),
  rules: { locked: false },
  ...facts,
});

/** A table that notes what is done. @param {import("../../static/js/room/commands.js").Command[]} [more] */
function begun(more = []) {
  const done = [];
  const deed = (name) => (what) => done.push(what === undefined ? name : `${name} ${what}`);
  const mine =
    "toggle talk share open close leave showPromises toggleFullScreen showSettings showKeys copyLink goOn";
  const ofHosts = "admit muteAll askAll lowerAll lock turnLobby end";
  const names = `${mine} ${ofHosts}`.split(" ");
  return {
    done,
    table: commands(Object.fromEntries(names.map((name) => [name, deed(name)])), more),
  };
}

const waves = {
  name: "waves",
  key: "B",
  group: "host",
  does: "Wave",
  look: ({ people }) =>
    people.length > 1 ? { label: "Wave", title: "Wave to all", icon: "hand", isOn: false } : null,
  act: () => {},
};

/** How the named command stands. */
const look = (name, now, page = PAGE) =>
  applying(begun().table, now, page).find(({ command }) => command.name === name)?.look;

/** A press of a key, on a keyboard of the United States unless it is said otherwise. */
const press = (key, more = {}) => ({
  key,
  code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : "",
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  isComposing: false,
  defaultPrevented: false,
  ...more,
});

/** The name of what is meant. */
const means = (event, circumstances = {}) => {
  const { now = state(), page = PAGE, isTaken = false, isCovered = false } = circumstances;
  const { singleKeys = true, more = [] } = circumstances;
  const found = meant(event, begun(more).table, { state: now, page, isTaken, isCovered, singleKeys });
  return found?.name ?? "";
};

test("no two commands have the same key or name, and each heading of the overlay is known", () => {
  const { table } = begun();
  for (const facts of [table.map(({ key }) => key).filter(Boolean), table.map(({ name }) => name)]) {
    assert.equal(new Set(facts).size, facts.length, facts.join());
  }
  assert.deepEqual(
    table.filter(({ group }) => !(group in GROUPS)),
    [],
  );
});

test("each key does what stands beside it", () => {
  const { table, done } = begun();
  for (const { act, hold = act } of table) hold();
  assert.deepEqual(done, [
    "toggle microphone",
    "talk",
    "toggle camera",
    "share",
    "leave",
    "toggleFullScreen",
    "showPromises",
    "showSettings",
    "open people",
    "open chat",
    "open connection",
    "open rules",
    "copyLink",
    "goOn false",
    "goOn true",
    "close",
    "showKeys",
    "admit",
    "muteAll",
    "askAll",
    "lowerAll",
    "lock",
    "turnLobby",
    "end",
  ]);
  assert.deepEqual(
    ["m", "v", "s", "p", "c", "f", "?", "Escape"].map((key) => means(press(key))),
    ["microphone", "camera", "share", "people", "chat", "fullscreen", "keys", "close"],
  );
});

test("what does not apply is nowhere: neither in a place nor by its key", () => {
  const without = { now: state({}, { canShare: false }), page: { ...PAGE, isFullScreen: null } };
  const names = applying(begun().table, without.now, without.page).map(({ command: { name } }) => name);
  assert.ok(!names.includes("share") && !names.includes("fullscreen"));
  assert.equal(means(press("s"), without), "");
  assert.equal(means(press("f"), without), "");
  const told = overlay(begun().table, without.now, without.page).flatMap(({ rows }) => rows);
  assert.ok(!told.some(({ does }) => /screen/i.test(does)));
});

test("a row of a capability has its key, its line in the overlay and its heading, as long as it applies", () => {
  const two = state({ people: [{ id: "bob" }, { id: "alice" }] });
  assert.equal(means(press("b"), { more: [waves], now: two }), "waves");
  assert.equal(means(press("b"), { more: [waves] }), "");
  const headings = (now) => overlay(begun([waves]).table, now, PAGE).map(({ heading }) => heading);
  assert.deepEqual(headings(two), ["Me", "What I see", "Panels", "As host"]);
  assert.deepEqual(headings(state()), ["Me", "What I see", "Panels"], "a heading over nothing is left out");
});

test("the overlay has each command that has a key, with what is printed on it", () => {
  const rows = overlay(begun().table, state(), PAGE).flatMap(({ rows }) => rows);
  const of = (does) => rows.find((row) => row.does === does)?.keys;
  assert.deepEqual(of("Mute, unmute"), ["M"]);
  assert.deepEqual(of("Leave"), ["Shift", "L"]);
  assert.deepEqual(of("Close what is open"), ["Esc"]);
  assert.deepEqual(printed("+"), ["+"]);
  assert.deepEqual(printed("Shift++"), ["Shift", "+"]);
});

test("a microphone and a camera say what a press would do, and that they are off", () => {
  const of = (microphone) => {
    const { label, icon, urgency, isBusy } = look("microphone", state({}, { microphone }));
    return [label, icon, urgency, isBusy];
  };
  assert.deepEqual(of(ON), ["Mute", "mic", "", false]);
  assert.deepEqual(of({ ...ON, on: false }), ["Unmute", "mic-off", "off", false]);
  assert.deepEqual(of({ ...ON, trouble: "busy" }), ["Unmute", "mic-off", "off", false]);
  assert.deepEqual(of({ on: false, trouble: "", pending: true }), ["Unmute", "mic", "", true]);
});

test("what is open or goes out says so, and offers its end", () => {
  const screen = look("share", state({}, { screen: true }));
  assert.deepEqual([screen.label, screen.isOn, screen.urgency], ["Stop sharing", true, "on"]);
  const chat = look("chat", state({ panel: "chat" }));
  assert.deepEqual([chat.title, chat.isOn, chat.urgency], ["Close the chat", true, "on"]);
  assert.equal(look("fullscreen", state(), { ...PAGE, isFullScreen: true }).title, "Leave full screen");
});

test("what waits is counted, and said to those who do not see the number", () => {
  const chat = look("chat", state({ chat: { unread: 3 } }));
  assert.deepEqual([chat.count, chat.spoken], [3, "Chat, 3 unread"]);
  assert.equal(look("chat", state()).spoken, undefined);
  const people = look("people", state({ knocks: [{ id: "1" }] }));
  assert.deepEqual([people.count, people.spoken, people.note], [1, "People, 1, 1 waiting", "1 waiting"]);
  assert.equal(look("people", state()).note, "1");
});

test("no key means anything while it goes elsewhere, is held down, or comes with Ctrl, Alt or the key of the system", () => {
  assert.equal(means(press("m")), "microphone");
  for (const more of ["ctrlKey", "altKey", "metaKey", "repeat", "isComposing", "defaultPrevented"]) {
    assert.equal(means(press("m", { [more]: true })), "", more);
  }
  for (const key of ["m", "?", "Escape", " "]) assert.equal(means(press(key), { isTaken: true }), "", key);
  for (const key of ["m", "?", "Escape", "F6"]) assert.equal(means(press(key), { isCovered: true }), "", key);
});

test("F6 leads out of where one types as well, whether single keys are on or not", () => {
  assert.equal(means(press("F6"), { isTaken: true, singleKeys: false }), "next-place");
  assert.equal(means(press("F6", { shiftKey: true }), { isTaken: true }), "place-before");
});

test("every command has a key", () => {
  const without = begun().table.filter(({ key }) => !key);
  assert.deepEqual(without, []);
});

/** A host's room: Bob can be heard and Carol's hand is up. */
const ruled = (more = {}) =>
  state({
    hosting: hosting({ isHost: true }),
    people: [
      { id: "bob", role: "participant", microphone: true, hand: false },
      { id: "carol", role: "participant", microphone: false, hand: true },
      { id: "alice", role: "host", self: true, microphone: true, hand: false },
    ],
    knocks: [{ id: "dave" }],
    ...more,
  });

test("hosts have keys for what is about all and for the door, as far as there is something to do, and nobody else has", () => {
  const pressed = ["a", "Shift+m", "Shift+u", "Shift+h", "k", "Shift+k", "Shift+e"].map((key) =>
    press(key.at(-1), { shiftKey: key.startsWith("Shift") }),
  );
  const meanings = (now) => pressed.map((event) => means(event, { now }));
  assert.deepEqual(meanings(ruled()), ["admit", "mute-all", "", "lower-all", "lock", "lobby", "end"]);
  const quiet = ruled({
    knocks: [],
    people: [
      { id: "bob", role: "participant", microphone: false, hand: false },
      { id: "alice", role: "host", self: true, microphone: true, hand: true },
    ],
  });
  assert.deepEqual(meanings(quiet), ["", "", "ask-all", "", "lock", "lobby", "end"]);
  assert.deepEqual(meanings(ruled({ hosting: hosting() })), Array(7).fill(""));
  const listed = (now) => overlay(begun().table, now, PAGE).find(({ heading }) => heading === "As host");
  assert.equal(listed(ruled())?.rows.length, 6);
  assert.equal(listed(ruled({ hosting: hosting() })), undefined);
  assert.deepEqual(
    [look("lock", ruled()).title, look("lock", ruled({ rules: { locked: true } })).title],
    ["Lock the room", "Unlock the room"],
  );
});

test("what the rules do not let me do stays in its place and says why, and is not among the keys", () => {
  const barred = state({
    hosting: hosting({ muted: { by: "Alice", byMe: false, at: 0 } }, { share: false, unmute: false }),
  });
  assert.deepEqual(look("share", barred).why, "Only hosts may share their screens now.");
  assert.match(look("microphone", barred).why, /^Alice muted you\. Raise your hand/);
  const told = overlay(begun().table, barred, PAGE).flatMap(({ rows }) => rows.map(({ does }) => does));
  assert.ok(!told.includes("Share the screen") && !told.includes("Mute, unmute"));
  // Whoever presses it all the same is told why.
  assert.equal(means(press("s"), { now: barred }), "share");
  // What is shared already can be ended.
  const sharing = state({ hosting: hosting({}, { share: false }) }, { screen: true });
  assert.equal(look("share", sharing).why, undefined);
  const free = state({ hosting: hosting({ muted: { by: "Alice", byMe: false, at: 0 } }) });
  assert.deepEqual([look("microphone", free).why, look("share", free).why], [undefined, undefined]);
});

test("to talk while muted the space bar is held, where a voice could be heard", () => {
  assert.equal(means(press(" ")), "talk");
  for (const more of [{ isTaken: true }, { singleKeys: false }]) assert.equal(means(press(" "), more), "");
  assert.equal(means(press(" ", { shiftKey: true })), "");
  assert.equal(means(press(" "), { now: state({ hosting: hosting({}, { unmute: false }) }) }), "");
  assert.equal(means(press(" "), { now: state({}, { microphone: { ...ON, trouble: "denied" } }) }), "");
  const rows = overlay(begun().table, state(), PAGE).flatMap(({ rows }) => rows);
  const { keys, isHeld } = rows.find(({ does }) => does === "Talk while muted");
  assert.deepEqual([keys, isHeld], [["Space"], true]);
});

test("a command may have several keys in a row, which are one line of the overlay", () => {
  const pick = { ...waves, name: "pick", key: "1", also: ["2", "3"], group: "me", does: "Pick" };
  const now = state({ people: [{ id: "bob" }, { id: "alice" }] });
  for (const key of ["1", "3"]) assert.equal(means(press(key), { now, more: [pick] }), "pick");
  assert.equal(means(press("4"), { now, more: [pick] }), "");
  // Of another script, at the place of the 2.
  assert.equal(means(press("٢", { code: "Digit2" }), { now, more: [pick] }), "pick");
  const rows = overlay(begun([pick]).table, now, PAGE).flatMap(({ rows }) => rows);
  const { keys, to } = rows.find(({ does }) => does === "Pick");
  assert.deepEqual([keys, to], [["1"], "3"]);
});

test("Shift makes another key of a letter, and Caps Lock does not", () => {
  assert.equal(means(press("M")), "microphone");
  assert.equal(means(press("M", { shiftKey: true })), "");
  assert.equal(means(press("L", { shiftKey: true })), "leave");
  assert.equal(means(press("l")), "");
  assert.equal(means(press("l", { shiftKey: true })), "leave", "with Caps Lock the letter is small");
});

test("without single keys only Escape is left, since the question mark is one as well", () => {
  for (const key of ["m", "c", "?"]) assert.equal(means(press(key), { singleKeys: false }), "", key);
  assert.equal(means(press("L", { shiftKey: true }), { singleKeys: false }), "");
  assert.equal(means(press("Escape"), { singleKeys: false }), "close");
});

test("keys go by what is printed on them, also where it stands elsewhere", () => {
  // France: M is to the right of L. Germany: ö is where the semicolon is.
  assert.equal(keyOf(press("m", { code: "Semicolon" })), "M");
  assert.equal(keyOf(press(",", { code: "KeyM" })), ",");
  assert.equal(keyOf(press("ö", { code: "Semicolon" })), "ö");
  assert.equal(keyOf(press("é", { code: "KeyM" })), "é", "a letter of the same script is not another one");
  // The question mark, wherever it is, with Shift or without.
  assert.equal(keyOf(press("?", { code: "Minus", shiftKey: true })), "?");
  assert.equal(keyOf(press("?", { code: "KeyQ" })), "?");
});

test("on a keyboard of another script keys go by their place", () => {
  // Russian, Greek, Hebrew, Arabic, Thai, Georgian and Korean; each at the place of M.
  for (const key of ["ь", "μ", "צ", "ة", "ท", "მ", "ㅡ"]) {
    assert.equal(keyOf(press(key, { code: "KeyM" })), "M", key);
  }
  assert.equal(keyOf(press("Д", { code: "KeyL", shiftKey: true })), "Shift+L");
  assert.equal(keyOf(press("؟", { code: "Slash", shiftKey: true })), "?");
  assert.equal(keyOf(press("ж", { code: "Semicolon" })), "");
  // As wide as the signs of East Asia.
  assert.equal(keyOf(press("ｍ", { code: "KeyM" })), "M");
  assert.equal(keyOf(press("？", { code: "Slash", shiftKey: true })), "?");
});

test("keys that write nothing are none of ours", () => {
  for (const key of ["Enter", "Tab", "F5", "Dead", "Process", "Unidentified", ""]) {
    assert.equal(means(press(key, { code: "KeyM" })), "", key);
  }
});
