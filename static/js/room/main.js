import { announce, find, Panel } from "../lib/dom.js";
import { Later } from "../lib/later.js";
import { clock, frame, idle } from "../lib/timing.js";
import { Tabs } from "./browser.js";
import { Call } from "./call.js";
import { EarlyTalk } from "./chat/early.js";
import { Uplink } from "./media/budget.js";
import { certificate, devices, memory, opened, room } from "./first.js";
import { Levels } from "./media/levels.js";
import { Speakers } from "./media/speakers.js";
import { IceServers } from "./rtc/ice.js";
import { Mesh } from "./rtc/mesh.js";
import { warmUp } from "./rtc/peer.js";
import { Signaling } from "./signaling.js";
import { Controls } from "./views/controls.js";
import { News } from "./news.js";
import { restored } from "./views/mine.js";
import { changes, facts, mended, Notice, written } from "./views/notice.js";
import { Page } from "./views/page.js";
import { Prejoin } from "./views/prejoin.js";
import { Stage } from "./views/stage.js";

/**
 * @typedef {import("./messages.js").PeerMessage} PeerMessage
 * @typedef {import("./state.js").CallState} CallState
 * @typedef {import("./state.js").Pair} Pair
 * @typedef {import("./state.js").Person} Person
 */

// A page that was out of sight for longer may have slept (milliseconds).
const NAP = 10_000;
// Whoever goes straight in is there sooner, and the button has said so; else the page before the call is drawn.
const PASSING = 500;
// Faces come first; a moment later what fits them to the line is loaded (milliseconds).
const FACES_FIRST = 700;
// What a phone, or somebody who saves data, is trusted with until there are measurements (bits a second).
const NARROW_UPLINK = 1_200_000;
// That a pair hears each other again is not said for each time that it comes and goes (milliseconds).
const MENDED = 60_000;

const signaling = new Signaling(opened.socket.url, clock, opened);
const ice = new IceServers({ ask: () => signaling.send({ type: "ice" }), clock });
const { connection } = /** @type {{connection?: {saveData: boolean}}} */ (navigator);
const uplink = new Uplink({
  uplink: connection?.saveData || navigator.userAgent.includes("Mobi") ? NARROW_UPLINK : undefined,
  most: connection?.saveData ? NARROW_UPLINK : undefined,
  machine: { cores: navigator.hardwareConcurrency, prefersH264: navigator.vendor.startsWith("Apple") },
});
const mesh = new Mesh({ ice, clock, uplink, send: (signal) => signaling.send(signal) });
const early = new EarlyTalk();
const tabs = new Tabs(navigator.locks, `roundtable:${room.code}`, clock);
const call = new Call({
  signaling,
  mesh,
  ice,
  talk: early,
  devices,
  speakers: new Speakers(document.body),
  levels: new Levels(clock),
  uplink,
  tabs,
  memory,
  clock,
  frame,
  room,
});

const { title } = document;
const copyLink = () => navigator.clipboard.writeText(room.link);
const page = new Page(document.body, { startsAt: room.starts_at, endsAt: room.ends_at });
const prejoin = new Prejoin(find(document, "#prejoin"), {
  organizer: room.organizer,
  join: (name) => call.join(name),
  toggle: (kind) => kind !== "speaker" && call.toggle(kind),
  choose: (kind, id) => void call.choose(kind, id),
  askAgain: (kind) => kind !== "speaker" && call.askAgain(kind),
  leaveOff: (kind) => kind !== "speaker" && call.leaveOff(kind),
  testSpeaker: () => call.testSpeaker(),
});
const stage = new Stage(find(document, "#stage"), { copyLink });
const controls = new Controls(find(document, "#controls"), {
  toggle: (kind) => kind !== "speaker" && call.toggle(kind),
  leaveOff: (kind) => kind !== "speaker" && call.leaveOff(kind),
  choose: (kind, id) => void call.choose(kind, id),
  share: () => call.share(),
  hand: () => call.hand(),
  open: (panel) => call.open(panel),
  leave: () => call.leave(),
  copyLink,
});
const notice = new Notice(find(document, "#notice"), {
  act: () => call.act(),
  explain: (kind) => controls.explain(kind),
});
const news = new News({ clock, say: announce });
const close = () => call.open("");

// What nobody needs before the click, or at it.
const quality = new Later(import.meta.resolve("./quality.js"), async () => {
  const { Quality } = await import("./quality.js");
  return new Quality({ call, mesh, uplink, stage, clock });
}, clock);
quality.onchange = () => {
  if (phase === "ended") quality.part?.stop();
  if (quality.part) quality.part.onlook = renderConnection;
  redraw();
};

const ended = new Later(import.meta.resolve("./views/ended.js"), async () => {
  const { Ended } = await import("./views/ended.js");
  return new Ended(find(document, "#ended"), { again: () => location.reload() });
}, clock);

// Only where the door is shut.
const doorstep = new Later(import.meta.resolve("./views/doorstep.js"), async () => {
  const { Doorstep } = await import("./views/doorstep.js");
  const { organizer } = room;
  return new Doorstep(find(document, '#prejoin [data-part="door"]'), { organizer, title, stop: () => call.stopWaiting() });
}, clock);

// Only for hosts, once somebody waits.
const lobby = new Later(import.meta.resolve("./views/lobby.js"), async () => {
  const { Lobby } = await import("./views/lobby.js");
  return new Lobby(document, {
    title,
    clock,
    answer: (type, knocks) => call.answer(type, knocks),
    ring: () => call.ring(),
    open: () => call.open("people"),
  });
}, clock);

const talk = new Later(import.meta.resolve("./chat/talk.js"), async () => {
  const { Talk } = await import("./chat/talk.js");
  const send = (/** @type {string | null} */ id, /** @type {PeerMessage} */ message) =>
    void (id === null ? mesh.broadcast(message) : mesh.send(id, message));
  const here = new Talk({ send, clock });
  early.arrive(here);
  return here;
}, clock);

const chatView = new Later(import.meta.resolve("./views/chat.js"), async () => {
  const { ChatPanel } = await import("./views/chat.js");
  // Without it nothing is there to read, and nobody takes what is written.
  await talk.load();
  return new ChatPanel(find(document, "#chat"), { send: (text) => call.say(text) });
}, clock);
const chat = new Panel(find(document, "#chat"), { close, view: chatView, first: find(document, "#chat textarea") });

const peopleView = new Later(import.meta.resolve("./views/people.js"), async () => {
  const { PeoplePanel } = await import("./views/people.js");
  return new PeoplePanel(find(document, "#people"), {
    remove: (id) => call.remove(id),
    setLobby: (on) => call.setLobby(on),
    copyLink,
  });
}, clock);
const people = new Panel(find(document, "#people"), { close, view: peopleView });

const connectionView = new Later(import.meta.resolve("./views/connection.js"), async () => {
  const { ConnectionPanel } = await import("./views/connection.js");
  // Whose numbers it shows.
  await quality.load();
  return new ConnectionPanel(find(document, "#connection"));
}, clock);
const numbers = new Panel(find(document, "#connection"), { close, view: connectionView });

for (const part of [doorstep, lobby, chatView, peopleView, connectionView]) part.onchange = redraw;
let isWarm = false;
let isPassing = Boolean(opened.clicked);

/** So that a panel opens at once, and the last page is here when a network is gone. None waits for another. */
async function loadRest() {
  isWarm = true;
  await new Promise((resolve) => clock.after(FACES_FIRST, () => resolve(undefined)));
  void talk.load();
  void ended.load();
  void quality.load();
  for (const part of [chatView, peopleView, connectionView]) {
    await idle();
    void part.load();
  }
}

/** @type {CallState | null} */
let shown = null;
/** @type {CallState["phase"] | ""} */
let phase = "";
/** @type {Person[]} */
let seen = [];
/** @type {Pair[]} */
let pairs = [];
/** @type {CallState["mine"] | null} */
let mine = null;

/** @param {CallState} state */
function render(state) {
  const isNew = state.phase !== phase;
  phase = state.phase;
  shown = state;
  document.documentElement.dataset.phase = phase;
  const part = phase === "joined" ? "room" : phase === "ended" ? "ended" : "prejoin";
  page.render({ part, since: state.since, people: state.people });
  if (part !== "room" && seen.length > 0) clearRoom(state);
  if (part === "prejoin") renderPrejoin(state);
  if (part === "room") renderRoom(state);
  page.drawn();
  doorstep.part?.render(state.door);
  lobby.part?.render(state);
  if (part === "ended" && isNew) {
    quality.part?.stop();
    void ended.load().then((view) => view.render({ reason: state.reason }));
  }
}

/** Something is here with which to draw what was so before. */
function redraw() {
  if (shown) render(shown);
}

/** @param {CallState} state */
function renderPrejoin(state) {
  const { mine, door, problem } = state;
  const isWrong = Boolean(problem || mine.camera.trouble || mine.microphone.trouble);
  isPassing &&= state.phase === "joining" && !door.waits && !isWrong;
  if (!isPassing) {
    const before = state.ready ? "ready" : "opening";
    prejoin.render({ ...state, phase: state.phase === "joining" ? "joining" : before });
    prejoin.picture(state.picture);
  }
  if (state.door.kind !== "open" || state.door.waits) void doorstep.load();
}

/** Out of the room, for good or to wait at its door again. @param {CallState} state */
function clearRoom(state) {
  stage.render({ people: [], me: "" });
  quality.part?.render(state);
  news.stop();
  seen = [];
  pairs = [];
  mine = null;
  unheard = [];
}

/** @param {CallState} state */
function renderRoom(state) {
  prejoin.picture(null);
  if (!isWarm) void loadRest();
  stage.render(state);
  quality.part?.render(state);
  controls.render(state);
  if (state.knocks.length > 0) void lobby.load();
  chat.render(state.panel === "chat", (view, opened) => view.render(state, opened));
  const open = state.panel === "people";
  people.render(open, (view) => view.render({ ...state, open }));
  renderConnection();
  notice.render(state.notice, state.pairs, state.mine);
  if (seen.length > 0) for (const text of changes(seen, state.people)) news.tell(text);
  if (mine) for (const text of restored(mine, state.mine)) news.tell(text);
  mine = state.mine;
  for (const line of mended(pairs, state.pairs, state.people)) news.tell(line, MENDED);
  news.keep(facts(state));
  seen = state.people;
  pairs = state.pairs;
}

function renderConnection() {
  const open = shown?.phase === "joined" && shown.panel === "connection";
  numbers.render(open, (view) => open && quality.part && view.render(quality.part.numbers));
}

/** What is written beside a talk is said between its words: the first at once, and what follows soon together. @type {import("./state.js").ChatLine[]} */
let unheard = [];

/** @param {import("./state.js").ChatLine} line */
function announceWritten(line) {
  unheard.push(line);
  news.gather("chat", 1, () => {
    // While the panel is open, its log is read out by itself.
    const words = shown?.panel === "chat" ? "" : written(unheard);
    unheard = [];
    return words;
  });
}

/** @param {number} level */
function renderLevel(level) {
  if (phase === "joined") controls.level(level);
  else prejoin.level(level);
}

ice.certify(await certificate);
call.onchange = render;
call.onlevel = renderLevel;
call.onwritten = announceWritten;
if (opened.clicked !== null) {
  // Under the name of the click, whatever has been typed since; without one, there may be one by now.
  const field = /** @type {HTMLInputElement} */ (find(document, "#name"));
  if (opened.clicked) field.value = opened.clicked;
  if (opened.clicked || !field.value) field.form?.requestSubmit();
}
call.start();
if (isPassing) {
  clock.after(PASSING, () => {
    isPassing = false;
    redraw();
  });
} else {
  void warmUp();
}

addEventListener("online", () => call.check());
// Another network, though there was no moment without one. Only some browsers tell.
/** @type {{connection?: EventTarget}} */ (navigator).connection?.addEventListener("change", () => call.check());
let hiddenAt = Infinity;
document.addEventListener("visibilitychange", () => {
  const wasAsleep = document.visibilityState === "visible" && performance.now() - hiddenAt > NAP;
  hiddenAt = document.visibilityState === "hidden" ? performance.now() : Infinity;
  if (wasAsleep) call.check();
});
for (const sign of ["pointermove", "keydown", "focus"]) addEventListener(sign, () => call.stir(), { passive: true });
addEventListener("pagehide", () => call.vanish());
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) location.reload();
});
// From here on the page is ours; until then trouble.js says what is wrong.
opened.hasBegun = true;

const [navigation] = performance.getEntriesByType("navigation");
const way = navigation instanceof PerformanceNavigationTiming ? navigation.type : "";
// Whoever reloads in the middle of a call, or left its page and comes back, wants to be in it, not at its door. A copy of
// the tab says that it came back, too, while the first goes on.
if (memory.visit && (way === "reload" || (way === "back_forward" && !(await tabs.isTaken())))) call.join(memory.visit.name);
