// Long, since the parts of the room are joined here and nowhere else.
import { announce, find, mark, TROUBLES } from "../lib/dom.js";
import { Emitter } from "../lib/events.js";
import { Later } from "../lib/later.js";
import { Menu } from "../lib/menu.js";
import { idle } from "../lib/timing.js";
import { Capabilities } from "./capabilities.js";
import { Inside } from "./inside.js";
import { Screen } from "./media/screen.js";
import { News } from "./news.js";
import { Operating } from "./operating.js";
import { Panels } from "./panels.js";
import { Extra } from "./views/extra.js";
import { Notice } from "./views/notice.js";
import { showPromises, toggleFullScreen } from "./views/page.js";
import { Stage } from "./views/stage.js";
import { changes, facts, restored } from "./words/news.js";
import { mended } from "./words/pairs.js";

/**
 * @import { CallState, ChatLine, Mine, Pair, Person } from "./state.js"
 * @import { Listed, Part } from "./capabilities.js"
 */

// That a pair hears each other again is not said for each time that it comes and goes (milliseconds).
const MENDED = 60_000;

/**
 * The room as whoever is inside sees and hears it: stage, controls, the line above it, and what is said to those who do not
 * see. Loaded once the page before the call stands, or at the click.
 *
 * @extends {Emitter<import("./panels.js").PanelsEvents>}
 */
export class Room extends Emitter {
  #stage;
  #operating;
  #notice;
  #news;
  #capabilities;
  /** What else can be done here. @type {Later<Part>[]} */
  #parts;
  /** The same with files in the chat, once there are any. @type {Later<Part> | null} */
  #attachments;
  #chatSeen = -1;
  /** Those who were drawn last. @type {Person[]} */
  #seen = [];
  /** @type {Pair[]} */
  #pairs = [];
  /** @type {Mine | null} */
  #mine = null;
  #panels;
  #inside;
  #personMenu;
  /** Whom its lines are about. */
  #subject = "";
  #leaveButton;
  #hasWays = false;
  #isPressed = false;
  #isShown = false;
  /** What is said of what is written. */
  #written;
  /** What is written beside a talk is said between its words: the first at once, and what follows soon together. @type {ChatLine[]} */
  #unheard = [];

  /**
   * @param {object} options
   * @param {import("./call.js").Call} options.call
   * @param {import("./call.js").Parts} options.parts
   * @param {import("./state.js").RoomInfo} options.info
   * @param {string} options.title  of the page
   * @param {() => Promise<void>} options.copyLink
   * @param {Listed[]} options.capabilities
   */
  constructor({ call, parts, info, title, copyLink, capabilities }) {
    super();
    const { devices, mesh, speakers, uplink, clock } = parts;
    /** @type {MediaDevices | undefined} */
    const media = navigator.mediaDevices;
    // Phones show no screen.
    if (media && "getDisplayMedia" in media) devices.takeScreen(new Screen(media));
    const news = new News({ clock, say: announce });
    this.#news = news;
    const room = {
      clock,
      info,
      myself: call.myself,
      // What capabilities say to each other has a type of theirs.
      send: (/** @type {any} */ message) => mesh.broadcast(message),
      sendTo: (/** @type {string} */ id, /** @type {any} */ message) => void mesh.send(id, message),
      bulk: (/** @type {string} */ id) => mesh.connection(id)?.bulk ?? null,
      left: () => uplink.left,
      play: (/** @type {readonly import("./capabilities.js").Note[]} */ notes) => void speakers.sound(notes),
      tell: (/** @type {string} */ text) => news.tell(text),
      gather: news.gather.bind(news),
    };
    this.#capabilities = new Capabilities({ room, said: () => call.participants.presence.heard });
    const inside = new Inside(call, parts, this.#capabilities);
    this.#inside = inside;
    this.#written = new Later(
      import.meta.resolve("./words/written.js"),
      () => import("./words/written.js"),
      clock,
    );
    const isLookedAt = () => document.visibilityState === "visible";
    inside.on("written", (line, isSeen) => void this.#hear(line, isSeen && isLookedAt()));
    inside.on("ordered", (text) => news.gather("orders", 1, () => text));
    const forChat = capabilities.find(({ isForChat }) => isForChat);
    this.#attachments = forChat ? this.#later(forChat, clock) : null;
    const forPanel = capabilities.find(({ panel }) => panel);
    const inviting = forPanel ? this.#later(forPanel, clock) : null;
    const shown = capabilities.filter((listed) => listed !== forChat && listed !== forPanel);
    this.#parts = shown.map((listed) => this.#later(listed, clock));
    const bar = find(document, "#controls");
    const extras = shown.flatMap((listed, i) =>
      listed.icon ? [new Extra(listed, /** @type {Later<Part>} */ (this.#parts[i]), bar)] : [],
    );
    const more = (
      /** @type {string} */ id,
      /** @type {HTMLElement} */ button,
      /** @type {Event} */ click,
    ) => {
      this.#subject = id;
      this.#personMenu.aim(button, click);
    };
    this.#personMenu = new Menu(null, find(document, "#person-menu"), () => this.#personLines());
    this.#leaveButton = find(bar, '[data-control="leave"]');
    // A button that opens a menu does so by itself; a key presses it. While a press is under way the bar knows, before and after the button.
    for (const isBefore of [true, false]) {
      bar.addEventListener("click", () => (this.#isPressed = isBefore), { capture: isBefore });
    }
    new Menu(this.#leaveButton, find(document, "#leave-menu"), () => this.#hosting?.leaveLines() ?? []);
    this.#stage = new Stage(find(document, "#stage"), {
      copyLink,
      more,
      ...(inviting && { invite: () => inside.open("invite") }),
    });
    this.#operating = new Operating({
      call,
      inside,
      // Who has several ways to is shown them by the button.
      leave: () => {
        if (!this.#hasWays) call.leave();
        else if (!this.#isPressed) this.#leaveButton.click();
      },
      extras,
      rows: forPanel ? [this.#panelRow(forPanel)] : [],
      clock,
      showPromises,
      toggleFullScreen,
      copyLink,
      settings: () => this.#capabilities.settings,
    });
    for (const part of this.#parts) part.on("change", () => this.#operating.renew());
    this.#notice = new Notice(find(document, "#notice"), {
      act: () => inside.act(),
      explain: (kind) => this.#operating.explain(kind),
    });
    const attachments = this.#attachments;
    this.#panels = new Panels({
      call,
      parts,
      inside,
      stage: this.#stage,
      title,
      code: info.code,
      copyLink,
      attachments,
      inviting,
      more,
    });
    this.#panels.on("change", () => this.emit("change"));
    this.#panels.hosting.on("change", () => this.#personMenu.renew());
  }

  /** Once it is here. */
  get #hosting() {
    return this.#panels.hosting.part;
  }

  #personLines() {
    const { hosting } = this.#panels;
    if (hosting.part) return hosting.part.personLines(this.#subject);
    void hosting.load();
    return [{ heading: hosting.trouble ? TROUBLES[hosting.trouble] : "…" }];
  }

  /** A host who leaves others behind has several ways to. @param {CallState} state */
  #renderLeave({ hosting, people }) {
    this.#hasWays = hosting.isHost && people.length > 1 && this.#hosting !== null;
    mark(this.#leaveButton, "popovertarget", this.#hasWays ? "leave-menu" : null);
    mark(this.#leaveButton, "aria-haspopup", this.#hasWays ? "menu" : null);
  }

  /** @param {CallState} state */
  render(state) {
    this.#isShown = true;
    this.#stage.render(state);
    this.#operating.render(state);
    this.#notice.render(state.notice, state.pairs, state.mine);
    this.#panels.render(state);
    this.#renderLeave(state);
    this.#meetFiles(state.chat);
    this.#capabilities.see(state);
    this.#tell(state);
  }

  /** The first file that somebody offers brings what takes it. @param {CallState["chat"]} chat */
  #meetFiles({ revision, conversations }) {
    const later = this.#attachments;
    if (!later || later.part || revision === this.#chatSeen) return;
    this.#chatSeen = revision;
    if (conversations.some(({ lines }) => lines.some(({ file }) => file))) void later.load();
  }

  /** The panels, and then what can be done here besides, one after the other: none is needed at once. */
  async loadRest() {
    await this.#panels.loadRest();
    for (const part of this.#parts) {
      await idle();
      void part.load();
    }
    await idle();
    void this.#written.load();
    void this.#operating.loadRest();
  }

  /** Outside: before, at its door again, or for good. @param {CallState} state */
  clear(state) {
    this.#panels.clear(state);
    this.#operating.clear();
    if (!this.#isShown) return;
    this.#isShown = false;
    this.#stage.render({ people: [], me: "" });
    this.#news.stop();
    this.#seen = [];
    this.#pairs = [];
    this.#mine = null;
    this.#unheard = [];
  }

  /** How loud I am. @param {number} level  from 0 to 1 */
  level(level) {
    this.#operating.level(level);
  }

  /** Somebody has written. @param {ChatLine} line @param {boolean} isSeen */
  async #hear(line, isSeen) {
    if (!isSeen) this.#capabilities.wrote(line);
    if (this.#inside.panel !== "chat") void this.#panels.peek(line);
    this.#unheard.push(line);
    const { read, written } = await this.#written.load();
    // Whoever has left meanwhile hears nothing more.
    if (this.#unheard.length === 0) return;
    this.#news.gather("chat", 1, () => {
      // Whoever has it before them is told all of it, and no more often.
      const words = isSeen ? read(this.#unheard) : written(this.#unheard);
      this.#unheard = [];
      return words;
    });
  }

  /** The row in the table of commands of what has a panel. @param {Listed} listed @returns {import("./commands.js").Command} */
  #panelRow({ panel = "invite", key = "", does = "", icon = "" }) {
    return {
      name: panel,
      key,
      group: "panels",
      does,
      look: (state) => ({ label: does, title: does, icon, isOn: state.panel === panel }),
      act: () => this.#inside.open(this.#inside.panel === panel ? "" : panel),
    };
  }

  /** @param {Listed} listed @param {import("../lib/timing.js").Clock} clock */
  #later({ name, load }, clock) {
    return new Later(
      import.meta.resolve(`./${name}/index.js`),
      async () => {
        const { capability } = await load();
        await capability.dress?.();
        return this.#capabilities.begin(name, capability);
      },
      clock,
    );
  }

  /** To those who do not see it. @param {CallState} state */
  #tell(state) {
    const { people, pairs, mine } = state;
    const heard =
      this.#seen.length > 0
        ? [
            ...changes(this.#seen, people, (name) => this.#inside.knows(name)),
            ...this.#capabilities.changes(this.#seen, people),
          ]
        : [];
    for (const text of heard) this.#news.tell(text);
    if (this.#mine) for (const text of restored(this.#mine, mine)) this.#news.tell(text);
    for (const line of mended(this.#pairs, pairs, people)) this.#news.tell(line, MENDED);
    this.#news.keep(facts(state));
    this.#seen = people;
    this.#pairs = pairs;
    this.#mine = mine;
  }
}
