import { find } from "../lib/dom.js";
import { clock, frame, insist } from "../lib/timing.js";
import { Tabs } from "./browser.js";
import { Call } from "./call.js";
import { Talk } from "./chat/talk.js";
import { Uplink } from "./media/budget.js";
import { address, click, devices, memory, opened, room } from "./first.js";
import { Levels } from "./media/levels.js";
import { Speakers } from "./media/speakers.js";
import { IceServers } from "./rtc/ice.js";
import { Mesh } from "./rtc/mesh.js";
import { warmUp } from "./rtc/peer.js";
import { Signaling } from "./signaling.js";
import { announce, changes, mended } from "./views/announce.js";
import { ChatPanel } from "./views/chat.js";
import { Controls } from "./views/controls.js";
import { apart, Notice } from "./views/notice.js";
import { Page } from "./views/page.js";
import { PeoplePanel } from "./views/people.js";
import { Prejoin } from "./views/prejoin.js";
import { Stage } from "./views/stage.js";

/**
 * @typedef {import("./state.js").CallState} CallState
 * @typedef {import("./state.js").Pair} Pair
 * @typedef {import("./state.js").Person} Person
 */

// A page that was out of sight for longer may have slept (milliseconds).
const NAP = 10_000;
// Faces come first; a moment later what fits them to the line is loaded (milliseconds).
const FACES_FIRST = 700;
// What a phone, or somebody who saves data, is trusted with until there are measurements (bits a second).
const NARROW_UPLINK = 1_200_000;

/** @type {EcKeyGenParams} */
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
// Takes a few milliseconds, in which the rest is put together.
const certificate = RTCPeerConnection.generateCertificate(CURVE);

const signaling = new Signaling(address, clock, opened);
const ice = new IceServers({ ask: () => signaling.send({ type: "ice" }), clock });
const { connection } = /** @type {{connection?: {saveData: boolean}}} */ (navigator);
const uplink = new Uplink({
  uplink: connection?.saveData || navigator.userAgent.includes("Mobi") ? NARROW_UPLINK : undefined,
  most: connection?.saveData ? NARROW_UPLINK : undefined,
  machine: { cores: navigator.hardwareConcurrency, prefersH264: navigator.vendor.startsWith("Apple") },
});
const mesh = new Mesh({ ice, clock, uplink, send: (signal) => signaling.send(signal) });
const talk = new Talk({
  send: (id, message) => void (id === null ? mesh.broadcast(message) : mesh.send(id, message)),
  clock,
});
const call = new Call({
  signaling,
  mesh,
  ice,
  talk,
  devices,
  speakers: new Speakers(document.body),
  levels: new Levels(clock),
  uplink,
  tabs: new Tabs(navigator.locks, `roundtable:${room.code}`, clock),
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
  testSpeaker: () => call.testSpeaker(),
});
const stage = new Stage(find(document, "#stage"), { copyLink });
const controls = new Controls(find(document, "#controls"), {
  toggle: (kind) => kind !== "speaker" && call.toggle(kind),
  choose: (kind, id) => void call.choose(kind, id),
  share: () => call.share(),
  hand: () => call.hand(),
  open: (panel) => call.open(panel),
  leave: () => call.leave(),
  copyLink,
});
const chat = new ChatPanel(find(document, "#chat"), { send: (text) => call.say(text), close: () => call.open("") });
const people = new PeoplePanel(find(document, "#people"), {
  remove: (id) => call.remove(id),
  close: () => call.open(""),
  copyLink,
});
const notice = new Notice(find(document, "#notice"), { act: () => call.act() });

/** @type {Promise<import("./views/ended.js").Ended> | null} */
let ended = null;

/** Nobody needs the last page first; it is here before a network can be gone. */
async function loadEnded() {
  const { Ended } = await insist(() => import("./views/ended.js"), clock);
  return new Ended(find(document, "#ended"), { again: () => location.reload() });
}

/** @type {Promise<import("./views/doorstep.js").Doorstep> | null} */
let doorstep = null;

/** Only where the door is shut. */
async function loadDoorstep() {
  const { Doorstep } = await insist(() => import("./views/doorstep.js"), clock);
  const { organizer } = room;
  return new Doorstep(find(document, '#prejoin [data-part="door"]'), { organizer, title, stop: () => call.stopWaiting() });
}

/** @type {Promise<import("./views/lobby.js").Lobby> | null} */
let lobby = null;

/** Only for hosts, once somebody waits. */
async function loadLobby() {
  const { Lobby } = await insist(() => import("./views/lobby.js"), clock);
  return new Lobby(document, {
    title,
    answer: (type, knocks) => call.answer(type, knocks),
    ring: () => call.ring(),
    open: () => call.open("people"),
  });
}

/** @type {import("./quality.js").Quality | null} */
let quality = null;
let isFitting = false;

async function loadQuality() {
  isFitting = true;
  await new Promise((resolve) => clock.after(FACES_FIRST, () => resolve(undefined)));
  const { Quality } = await insist(() => import("./quality.js"), clock);
  quality = new Quality({ call, mesh, uplink, stage, clock });
  if (shown) quality.render(shown);
}

/** @type {CallState | null} */
let shown = null;
/** @type {CallState["phase"] | ""} */
let phase = "";
/** @type {Person[]} */
let seen = [];
/** @type {Pair[]} */
let pairs = [];

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
  // What is shown once they are loaded may be newer.
  void doorstep?.then((view) => shown && view.render(shown.door));
  if (part !== "prejoin") ended ??= loadEnded();
  if (part === "room") renderRoom(state);
  void lobby?.then((view) => shown && view.render(shown));
  if (part === "ended" && isNew) {
    quality?.stop();
    void ended?.then((view) => view.render({ reason: state.reason, home: room.home }));
  }
}

/** @param {CallState} state */
function renderPrejoin(state) {
  const opened = state.ready ? "ready" : "opening";
  prejoin.render({ ...state, phase: state.phase === "joining" ? "joining" : opened });
  prejoin.picture(state.picture);
  if (state.door.kind !== "open" || state.door.waits) doorstep ??= loadDoorstep();
}

/** Out of the room, for good or to wait at its door again. @param {CallState} state */
function clearRoom(state) {
  stage.render({ people: [], me: "" });
  quality?.render(state);
  seen = [];
  pairs = [];
}

/** @param {CallState} state */
function renderRoom(state) {
  prejoin.picture(null);
  if (!isFitting) void loadQuality();
  stage.render(state);
  quality?.render(state);
  controls.render(state);
  if (state.knocks.length > 0) lobby ??= loadLobby();
  chat.render({ ...state, open: state.panel === "chat" });
  people.render({
    open: state.panel === "people",
    people: state.people,
    visitors: state.visitors,
    pairs: state.pairs,
    host: state.people.some(({ self, role }) => self && role === "host"),
  });
  notice.render(state.notice, state.pairs);
  if (seen.length > 0) for (const text of changes(seen, state.people)) announce(text);
  announcePairs(state);
  seen = state.people;
  pairs = state.pairs;
}

/** @param {CallState} state */
function announcePairs({ pairs: now, people: everybody, notice: { kind } }) {
  const known = apart(pairs, seen);
  const news = apart(now, everybody).filter((line) => !known.includes(line));
  // What stands over the room is read from there.
  if (kind !== "apart") for (const line of news) announce(line);
  for (const line of mended(pairs, now, everybody)) announce(line);
}

/** @param {number} level */
function renderLevel(level) {
  if (phase === "joined") controls.level(level);
  else prejoin.level(level);
}

ice.certify(await certificate);
call.onchange = render;
call.onlevel = renderLevel;
call.start();
if (click.isKept) /** @type {HTMLFormElement} */ (find(document, "form.entrance")).requestSubmit();
void warmUp();

const [navigation] = performance.getEntriesByType("navigation");
const isReload = navigation instanceof PerformanceNavigationTiming && navigation.type === "reload";
// Whoever reloads in the middle of a call wants to be back in it, not at its door.
if (isReload && memory.visit) call.join(memory.visit.name);

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
