import { t } from "../lib/i18n.js";
import { changeIcon, fill, find, make, mark, write } from "../lib/dom.js";
import { clock } from "../lib/timing.js";
import { Devices } from "../room/media/devices.js";
import { Levels } from "../room/media/levels.js";
import { Speakers } from "../room/media/speakers.js";
import { choices, refusal, trouble } from "../room/words/sources.js";
import { CHECKS, judge, overall } from "./verdicts.js";
import { askServer, connectToMyself } from "./ways.js";

/**
 * The page on which somebody tries camera, microphone, speaker and network before a meeting.
 *
 * @typedef {import("./verdicts.js").Check} Check
 * @typedef {import("./verdicts.js").Found} Found
 * @typedef {import("./verdicts.js").Verdict} Verdict
 * @typedef {import("../room/state.js").Kind} Kind
 */

// Whoever has not said anything by then needs advice.
const PATIENCE = 10_000;
const BARS = 20;
const ICONS = { idle: "info", running: "refresh", good: "check", fair: "warning", bad: "close" };
const STATES = {
  idle: t("Not tried yet"),
  running: t("Being tried"),
  good: t("Works"),
  fair: t("Works, with a limit"),
  bad: t("Does not work"),
};
const WORDS = {
  good: [t("You are ready"), t("Everything works.")],
  fair: [t("You are ready"), t("A call works from here, with the limits named above.")],
  bad: [
    t("Something needs a look"),
    t("The lines marked above say what you can do. What you put right is tried again at once."),
  ],
};

class SetUp {
  #root;
  #devices = new Devices(navigator.mediaDevices, navigator.permissions, { page: document });
  #levels = new Levels(clock);
  #speakers;
  #speaker = "";
  #picture;
  /** @type {Omit<Found, "camera" | "microphone">} */
  #found = {
    // What extensions put in its place is no constructor.
    webrtc: typeof window.RTCPeerConnection === "function",
    secure: window.isSecureContext,
    picture: false,
    loudest: 0,
    patient: false,
    speaker: "",
    server: null,
    direct: null,
    relay: null,
  };
  #begun = false;
  #isNoted = false;
  #outcome = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#speakers = new Speakers(root);
    this.#picture = /** @type {HTMLVideoElement} */ (find(root, "video"));
    find(root, '[data-part="begin"]').addEventListener("click", () => void this.#begin());
    find(root, '[data-part="play"]').addEventListener("click", () => void this.#play());
    find(root, '[data-part="heard"]').addEventListener("click", () => this.#hear("heard"));
    find(root, '[data-part="silent"]').addEventListener("click", () => this.#hear("silent"));
    find(root, '[data-part="again"]').addEventListener("click", () => void this.#tryNetwork());
    for (const button of root.querySelectorAll("[data-ask]")) {
      const kind = /** @type {"camera" | "microphone"} */ (button.getAttribute("data-ask"));
      button.addEventListener("click", () => void this.#devices.turn(kind, true));
    }
    for (const select of root.querySelectorAll("select")) {
      const kind = /** @type {Kind} */ (select.closest("[data-device]")?.getAttribute("data-device"));
      select.addEventListener("change", () => void this.#choose(kind, select.value));
    }
    this.#buildMeter();
    this.#listen();
    find(root, '[data-part="begin"]').removeAttribute("disabled");
  }

  async #begin() {
    this.#begun = true;
    find(this.#root, '[data-part="intro"]').hidden = true;
    const checks = find(this.#root, ".checks");
    checks.hidden = false;
    // The button that had the focus is gone.
    find(checks, "h2").focus();
    this.#levels.wake();
    setTimeout(() => this.#learn({ patient: true }), PATIENCE);
    this.#render();
    void this.#tryNetwork();
    await this.#devices.start({ microphone: { on: true, device: "" }, camera: { on: true, device: "" } });
  }

  #listen() {
    this.#devices.on("change", () => this.#render());
    this.#devices.on("track", (slot, track) => {
      if (slot === "microphone") {
        this.#levels.listen(track);
        this.#levels.wake();
      }
      if (slot !== "camera") return;
      this.#found.picture = false;
      this.#picture.srcObject = track && new MediaStream([track]);
    });
    this.#picture.addEventListener("timeupdate", () => this.#found.picture || this.#learn({ picture: true }));
    this.#levels.on("level", (level) => this.#level(level));
  }

  /** @param {number} level  0 to 1 */
  #level(level) {
    const meter = find(this.#root, ".meter");
    const lit = Math.round(level * BARS);
    mark(meter, "aria-valuenow", String(lit));
    [...meter.children].forEach((bar, i) => bar.classList.toggle("lit", i < lit));
    if (level > this.#found.loudest) this.#learn({ loudest: level });
  }

  /** @param {Kind} kind @param {string} id */
  async #choose(kind, id) {
    if (kind === "microphone") this.#learn({ loudest: 0 });
    if (kind !== "speaker") return this.#devices.choose(kind, id);
    this.#speaker = id;
    await this.#speakers.choose(id);
    await this.#play();
  }

  async #play() {
    const hadFocus = find(this.#root, '[data-part="play"]') === document.activeElement;
    this.#learn({ speaker: "playing" });
    if (hadFocus) find(this.#root, '[data-part="heard"]').focus();
    await this.#speakers.test();
    if (this.#found.speaker === "playing") this.#learn({ speaker: "played" });
  }

  /** @param {"heard" | "silent"} speaker */
  #hear(speaker) {
    this.#learn({ speaker });
    if (speaker === "silent") find(this.#root, '[data-part="play"]').focus();
    // The buttons that had the focus are gone.
    else find(this.#root, '[data-check="speaker"] h2').focus();
  }

  async #tryNetwork() {
    this.#learn({ server: null, direct: null, relay: null });
    const { server, iceServers } = await askServer(addressOf(this.#root.dataset.socket ?? ""));
    this.#learn({ server });
    if (!server.open || !this.#found.webrtc) return this.#learn({ direct: { open: false }, relay: "none" });
    const hasRelay = iceServers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/.test(url)));
    const [direct, relay] = await Promise.all([
      connectToMyself([], "all"),
      hasRelay ? connectToMyself(iceServers, "relay") : /** @type {const} */ ("none"),
    ]);
    this.#learn({ direct, relay });
  }

  /** @param {Partial<Found>} news */
  #learn(news) {
    Object.assign(this.#found, news);
    this.#render();
  }

  #render() {
    if (!this.#begun) return;
    const camera = this.#devices.source("camera");
    const microphone = this.#devices.source("microphone");
    const mine = {
      camera,
      microphone,
      speakers: this.#devices.speakers,
      speaker: this.#speaker,
      screen: false,
      sharesSound: false,
      canShare: false,
      hand: false,
    };
    const verdicts = judge(
      { ...this.#found, camera, microphone },
      (kind) => trouble(mine, [kind]) ?? { title: "", text: "" },
      (kind) => refusal(mine, kind),
    );
    for (const check of CHECKS) this.#renderCheck(check, verdicts[check]);
    for (const kind of /** @type {Kind[]} */ (["camera", "microphone", "speaker"])) {
      fill(
        /** @type {HTMLSelectElement} */ (find(this.#root, `[data-device="${kind}"] select`)),
        choices(mine, kind),
      );
    }
    for (const kind of /** @type {const} */ (["camera", "microphone"])) {
      const { trouble: wrong } = mine[kind];
      this.#hide(
        find(this.#root, `[data-ask="${kind}"]`),
        ["", "insecure", "forbidden", "muted"].includes(wrong),
      );
    }
    find(this.#root, ".preview").hidden = !camera.on;
    const { speaker } = this.#found;
    find(this.#root, '[data-part="play"]').hidden = speaker === "playing" || speaker === "played";
    write(find(this.#root, '[data-part="play"]'), speaker ? t("Play them again") : t("Play two notes"));
    find(this.#root, '[data-part="answers"]').hidden = speaker !== "playing" && speaker !== "played";
    const isBad = verdicts.server.state === "bad" || verdicts.network.state === "bad";
    this.#hide(find(this.#root, '[data-part="again"]'), !isBad);
    this.#renderOutcome(overall(verdicts));
  }

  /** Whoever pressed what is gone now finds themselves at the heading of its check. @param {HTMLElement} button @param {boolean} isHidden */
  #hide(button, isHidden) {
    const hadFocus = isHidden && button === document.activeElement;
    button.hidden = isHidden;
    const check = button.closest("[data-check]");
    if (hadFocus && check) find(check, "h2").focus();
  }

  /** @param {Check} check @param {Verdict} verdict */
  #renderCheck(check, { state, title, advice = "" }) {
    const item = find(this.#root, `[data-check="${check}"]`);
    mark(item, "data-state", state);
    changeIcon(find(item, ".state .icon"), ICONS[state]);
    write(find(item, ".state .visually-hidden"), STATES[state]);
    write(find(item, ".found"), title);
    write(find(item, ".advice"), advice);
  }

  /** @param {"open" | "good" | "fair" | "bad"} outcome */
  #renderOutcome(outcome) {
    if (outcome === this.#outcome) return;
    this.#outcome = outcome;
    const box = find(this.#root, '[data-part="outcome"]');
    box.hidden = outcome === "open";
    if (outcome === "open") return;
    const [title, text] = WORDS[outcome];
    box.className = `banner ${outcome === "bad" ? "banner-warn" : "banner-good"}`;
    changeIcon(find(box, ".icon"), outcome === "bad" ? "warning" : "check");
    find(box, "div").replaceChildren(make("h2", {}, title ?? ""), make("p", {}, text ?? ""));
    if (outcome !== "bad") void this.#note();
  }

  /** Has the organizer see that it went well. */
  async #note() {
    if (this.#isNoted) return;
    this.#isNoted = true;
    const form = /** @type {HTMLFormElement} */ (find(this.#root, '[data-part="note"]'));
    try {
      const { ok } = await fetch(form.action, { method: "POST", body: new FormData(form) });
      if (ok) find(this.#root, '[data-part="told"]').hidden = false;
      else this.#isNoted = false;
    } catch (error) {
      // The network went away in between; the next success is noted.
      if (!(error instanceof TypeError)) throw error;
      this.#isNoted = false;
    }
  }

  #buildMeter() {
    const meter = find(this.#root, ".meter");
    for (let i = 0; i < BARS; i += 1) {
      const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [key, value] of Object.entries({ x: i * 5, y: 0, width: 3.6, height: 6 })) {
        bar.setAttribute(key, String(value));
      }
      meter.append(bar);
    }
  }
}

/** @param {string} path */
function addressOf(path) {
  const url = new URL(path, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

new SetUp(find(document, "#set-up"));
