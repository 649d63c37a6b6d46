import { t } from "../lib/i18n.js";
import { find } from "../lib/dom.js";
import { Later } from "../lib/later.js";
import { clock, frame, idle } from "../lib/timing.js";
import { Tabs } from "./browser.js";
import { Call } from "./call.js";
import { EarlyTalk } from "./chat/early.js";
import { Uplink } from "./media/budget.js";
import { certificate, devices, memory, opened, room } from "./start/first.js";
import { Levels } from "./media/levels.js";
import { Speakers } from "./media/speakers.js";
import { browserPassage, Passage } from "./media/sender.js";
import { IceServers } from "./rtc/ice.js";
import { Mesh } from "./rtc/mesh.js";
import { warmUp } from "./rtc/peer.js";
import { Signaling } from "./signaling.js";
import { Page } from "./views/page.js";
import { Prejoin } from "./views/prejoin.js";

/**
 * @typedef {import("./state.js").CallState} CallState
 */

// A page that was out of sight for longer may have slept (milliseconds).
const NAP = 10_000;
// Whoever goes straight in is there sooner, and the button has said so; else the page before the call is drawn.
const PASSING = 500;
// Faces come first; a moment later what fits them to the line is loaded (milliseconds).
const FACES_FIRST = 700;
// What a phone, or somebody who saves data, is trusted with until there are measurements (bits a second).
const NARROW_UPLINK = 1_200_000;
// The camera comes first; a moment later what the click needs. Whoever is still being asked gets it all the same (milliseconds).
const CAMERA_FIRST = 300;
const UNANSWERED = 4_000;

const signaling = new Signaling(opened.socket.url, clock, opened);
const ice = new IceServers({ ask: () => signaling.send({ type: "ice" }), clock });
const { connection } = /** @type {{connection?: {saveData: boolean}}} */ (navigator);
const uplink = new Uplink({
  uplink: connection?.saveData || navigator.userAgent.includes("Mobi") ? NARROW_UPLINK : undefined,
  most: connection?.saveData ? NARROW_UPLINK : undefined,
  machine: { cores: navigator.hardwareConcurrency, prefersH264: navigator.vendor.startsWith("Apple") },
});
const passage = new Passage({ world: browserPassage(), clock });
const mesh = new Mesh({ ice, clock, uplink, passage, send: (signal) => signaling.send(signal) });
const early = new EarlyTalk();
const tabs = new Tabs(navigator.locks, `roundtable:${room.code}`, clock);
const speakers = new Speakers(document.body);
const parts = {
  signaling,
  mesh,
  passage,
  ice,
  talk: early,
  devices,
  speakers,
  levels: new Levels(clock),
  uplink,
  tabs,
  memory,
  clock,
  frame,
  room,
};
const call = new Call(parts);

const { title } = document;
const copyLink = () => navigator.clipboard.writeText(room.link);
/** @param {string} name */
const join = (name) => {
  // While the seat is asked for.
  void roomView.load();
  call.join(name);
};
const page = new Page(document.body, { startsAt: room.starts_at, endsAt: room.ends_at });
const prejoin = new Prejoin(find(document, "#prejoin"), {
  organizer: room.organizer,
  join,
  reload: () => location.reload(),
  toggle: (kind) => kind !== "speaker" && call.myself.toggle(kind),
  choose: (kind, id) => void call.myself.choose(kind, id),
  askAgain: (kind) => kind !== "speaker" && call.myself.askAgain(kind),
  leaveOff: (kind) => kind !== "speaker" && call.myself.leaveOff(kind),
  testSpeaker: () => call.myself.testSpeaker(),
});

/** What a room can do besides: a folder each, and its line here. @type {import("./capabilities.js").Listed[]} */
const capabilities = [
  { name: "hands", button: t("Hand"), icon: "hand", key: "H", load: () => import("./hands/index.js") },
  {
    name: "reactions",
    menu: t("React"),
    icon: "smile",
    key: "E",
    numbers: t("React at once"),
    entries: 6,
    load: () => import("./reactions/index.js"),
  },
  { name: "sounds", load: () => import("./sounds/index.js") },
  { name: "files", isForChat: true, load: () => import("./files/index.js") },
  {
    name: "inviting",
    panel: "invite",
    icon: "person-add",
    key: "Shift+P",
    does: t("Invite people"),
    load: () => import("./inviting/index.js"),
  },
];

// What nobody needs before the click, and everybody just after it.
const roomView = new Later(
  import.meta.resolve("./room.js"),
  async () => {
    const { Room } = await import("./room.js");
    return new Room({ call, parts, info: room, title, copyLink, capabilities });
  },
  clock,
  atClick(),
);

roomView.on("change", () => {
  roomView.part?.on("change", redraw);
  redraw();
});

// What nobody needs before the click, or at it.
const ended = new Later(
  import.meta.resolve("./views/ended.js"),
  async () => {
    const { Ended } = await import("./views/ended.js");
    return new Ended(find(document, "#ended"), { again: () => location.reload() });
  },
  clock,
);

// Only where the door is shut.
const waiting = new Later(
  import.meta.resolve("./views/waiting.js"),
  async () => {
    const { Waiting } = await import("./views/waiting.js");
    const { organizer } = room;
    return new Waiting(find(document, '#prejoin [data-part="door"]'), {
      organizer,
      title,
      stop: () => call.stopWaiting(),
    });
  },
  clock,
);

waiting.on("change", redraw);

let isWarm = false;
let isPassing = Boolean(opened.clicked);

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => clock.after(ms, () => resolve(undefined)));
}

/** So that the click finds it here; whoever clicks sooner loads it by that. @param {Promise<void>} settled */
async function loadRoom(settled) {
  await Promise.race([settled, pause(UNANSWERED)]);
  await pause(CAMERA_FIRST);
  await idle();
  void roomView.load();
}

/** So that a panel opens at once, and the last page is here when a network is gone. None waits for another. */
async function loadRest() {
  isWarm = true;
  await pause(FACES_FIRST);
  void ended.load();
  void roomView.part?.loadRest();
}

/** @type {CallState | null} */
let shown = null;
/** @type {CallState["phase"] | ""} */
let phase = "";

/** @param {CallState} state */
function render(state) {
  shown = state;
  // Whoever is inside comes to see it once there is something to show it with.
  const now = state.phase === "joined" && !roomView.part ? "joining" : state.phase;
  const before = phase;
  phase = now;
  document.documentElement.dataset.phase = phase;
  const part = phase === "joined" ? "room" : phase === "ended" ? "ended" : "prejoin";
  page.render({ part, since: state.since, people: state.people });
  if (part === "room") renderRoom(state);
  else roomView.part?.clear(state);
  if (part === "prejoin") renderPrejoin(state);
  page.drawn();
  waiting.part?.render(state.door);
  if (part === "ended" && before !== "ended") {
    void ended.load().then((view) => view.render(state));
  }
}

/** Something is here with which to draw what was so before. */
function redraw() {
  if (shown) render(shown);
}

/** @param {CallState} state */
function renderPrejoin(state) {
  const { mine, door, problem } = state;
  const isWrong = Boolean(problem || roomView.trouble || mine.camera.trouble || mine.microphone.trouble);
  isPassing &&= phase === "joining" && !door.waits && !isWrong;
  if (!isPassing) {
    const before = state.ready ? "ready" : "opening";
    prejoin.render({
      ...state,
      phase: phase === "joining" ? "joining" : before,
      room: { trouble: roomView.trouble, isInside: state.phase === "joined" },
    });
    prejoin.picture(state.picture);
  }
  if (state.door.kind !== "open" || state.door.waits) void waiting.load();
}

/** @param {CallState} state */
function renderRoom(state) {
  prejoin.picture(null);
  if (!isWarm) void loadRest();
  roomView.part?.render(state);
}

/** What the page knows of the modules that the click needs: nothing where it is served as it is written. */
function atClick() {
  const template = document.querySelector("#at-click");
  if (!(template instanceof HTMLTemplateElement)) return [];
  const links = [...template.content.querySelectorAll("link")];
  return links.map((link) => new URL(link.getAttribute("href") ?? "", location.href).href);
}

/** @param {number} level */
function renderLevel(level) {
  if (phase === "joined") roomView.part?.level(level);
  else prejoin.level(level);
}

ice.certify(await certificate);
call.on("change", render);
call.on("level", renderLevel);
if (opened.clicked !== null) {
  // Under the name of the click, whatever has been typed since; without one, there may be one by now.
  const field = /** @type {HTMLInputElement} */ (find(document, "#name"));
  if (opened.clicked) field.value = opened.clicked;
  if (opened.clicked || !field.value) field.form?.requestSubmit();
}
void loadRoom(call.start());
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
/** @type {{connection?: EventTarget}} */ (navigator).connection?.addEventListener("change", () =>
  call.check(),
);
let hiddenAt = Infinity;
document.addEventListener("visibilitychange", () => {
  const wasAsleep = document.visibilityState === "visible" && performance.now() - hiddenAt > NAP;
  hiddenAt = document.visibilityState === "hidden" ? performance.now() : Infinity;
  if (wasAsleep) call.check();
});
for (const sign of ["pointermove", "keydown", "focus"]) {
  addEventListener(sign, () => mesh.stir(), { passive: true });
}
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
if (memory.visit && (way === "reload" || (way === "back_forward" && !(await tabs.isTaken())))) {
  join(memory.visit.name);
}
