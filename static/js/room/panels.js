// Long, since each panel, and what is behind it, is loaded by a few lines here and nowhere else.
import { find, Panel } from "../lib/dom.js";
import { Emitter } from "../lib/events.js";
import { Later } from "../lib/later.js";
import { addSheet } from "../lib/sheet.js";
import { tabStore } from "../lib/storage.js";
import { idle } from "../lib/timing.js";
import { Title } from "./views/parts/title.js";

/**
 * @typedef {import("./messages.js").PeerMessage} PeerMessage
 * @typedef {import("./state.js").CallState} CallState
 *
 * @typedef {object} PanelsEvents
 * @property {[]} change  something has come with which to draw what was so before
 */

/**
 * What opens beside the stage or over it, and what is behind it: each comes when it is needed, or when there is time, and
 * none waits for another. Comes with the room.
 *
 * @extends {Emitter<PanelsEvents>}
 */
export class Panels extends Emitter {
  #parts;
  #inside;
  #talk;
  #quality;
  #lobby;
  #attachments;
  #more;
  #chat;
  #peek;
  #people;
  #rules;
  #connection;
  /** Where somebody is invited, if that can be done. */
  #invite;
  /** What hosts ask, and what they say to all. */
  hosting;
  /** @type {Promise<void> | null} */
  #dressed = null;
  /** @type {CallState | null} */
  #state = null;
  #isOver = false;
  #title;
  #code;

  /**
   * @param {object} options
   * @param {import("./call.js").Call} options.call
   * @param {import("./call.js").Parts} options.parts
   * @param {import("./inside.js").Inside} options.inside
   * @param {import("./views/stage.js").Stage} options.stage
   * @param {string} options.title  of the page
   * @param {string} options.code  of the meeting
   * @param {() => Promise<void>} options.copyLink
   * @param {Later<import("./capabilities.js").Part> | null} options.attachments  what can be done with files in the chat
   * @param {Later<import("./capabilities.js").Part> | null} options.inviting
   * @param {(id: string, button: HTMLElement, click: Event) => void} options.more  what can be done about somebody
   */
  constructor({ call, parts, inside, stage, title, code, copyLink, attachments, inviting, more }) {
    super();
    this.#more = more;
    this.#attachments = attachments;
    this.#parts = parts;
    this.#inside = inside;
    this.#title = new Title(title);
    this.#code = code;
    this.#talk = this.#loadTalk();
    const watch = () => this.#watch(this.#talk.part);
    inside.on("open", watch);
    document.addEventListener("visibilitychange", watch);
    this.#quality = this.#loadQuality(call, stage);
    this.#lobby = this.#loadLobby();
    this.#chat = this.#panel("chat", this.#loadChat(), "textarea");
    this.#peek = this.#loadPeek();
    this.#people = this.#panel("people", this.#loadPeople(copyLink));
    this.#rules = this.#panel("rules", this.#loadRules());
    this.#connection = this.#panel("connection", this.#loadConnection());
    this.#invite = inviting && this.#panel("invite", inviting);
    this.#leadToInvite();
    this.hosting = this.#loadHosting(call, stage);
    const views = [this.#chat, this.#people, this.#rules, this.#connection].map(({ view }) => view);
    for (const part of [this.#quality, this.#lobby, this.hosting, ...views, inviting]) {
      part?.on("change", () => this.emit("change"));
    }
  }

  /** From the list of people, and back to it. */
  #leadToInvite() {
    const button = find(document, '#people [data-part="invite"]');
    button.hidden = !this.#invite;
    button.addEventListener("click", () => this.#inside.open("invite"));
    find(document, '#invite [data-part="back"]').addEventListener("click", () => this.#inside.open("people"));
  }

  /** So that a panel opens at once. */
  async loadRest() {
    void this.#talk.load();
    void this.#quality.load();
    for (const { view } of [this.#chat, this.#people, this.#connection]) {
      await idle();
      void view.load();
    }
    void this.#peek.load();
    await idle();
    void this.hosting.load();
  }

  /** Somebody has written, and nobody looks. @param {import("./state.js").ChatLine} line */
  async peek(line) {
    const peek = await this.#peek.load();
    if (this.#state && this.#state.panel !== "chat") peek.show(line);
  }

  /** @param {CallState} state  of somebody inside */
  render(state) {
    this.#state = state;
    const { panel } = state;
    this.#quality.part?.render(state);
    if (state.knocks.length > 0) void this.#lobby.load();
    this.#lobby.part?.render(state);
    this.#title.put("unread", state.chat.unread > 0 ? `(${state.chat.unread})` : "");
    if (panel === "chat") this.#peek.part?.hide();
    this.#chat.panel.render(panel === "chat", (view, opened) => view.render(state, opened));
    for (const { name, panel: one } of [
      { name: "people", panel: this.#people.panel },
      { name: "rules", panel: this.#rules.panel },
    ]) {
      const open = panel === name;
      one.render(open, (view) => view.render({ ...state, open }));
    }
    this.#invite?.panel.render(panel === "invite", (part, opened) =>
      part.show?.(find(document, "#invite .scroll"), state, opened),
    );
    const { hosting, rules } = state;
    if (hosting.asked || hosting.ending || rules.locked) void this.hosting.load();
    this.hosting.part?.render(state);
    this.#renderConnection();
  }

  /** Nobody looks at the chat of a tab that is not before them. @param {import("./chat/talk.js").Talk | null} talk */
  #watch(talk) {
    talk?.watch(this.#inside.panel === "chat" && document.visibilityState === "visible");
  }

  /** @param {CallState} state  of somebody who is not inside, or not any more */
  clear(state) {
    this.#state = null;
    this.hosting.part?.clear();
    this.#peek.part?.hide();
    this.#title.put("unread", "");
    this.#quality.part?.render(state);
    this.#lobby.part?.render(state);
    if (state.phase !== "ended") return;
    this.#isOver = true;
    this.#quality.part?.stop();
  }

  #renderConnection() {
    const open = this.#state?.panel === "connection";
    const { part } = this.#quality;
    this.#connection.panel.render(open, (view) => open && part && view.render(part.numbers));
  }

  /**
   * @template V
   * @param {Exclude<CallState["panel"], "">} name
   * @param {Later<V>} view
   * @param {string} [first]  what has the focus first
   */
  #panel(name, view, first) {
    const root = find(document, `#${name}`);
    const close = () => this.#inside.open("");
    return { view, panel: new Panel(root, { close, view, ...(first && { first: find(root, first) }) }) };
  }

  #loadTalk() {
    const { mesh, talk: early, clock } = this.#parts;
    const load = async () => {
      const { Talk } = await import("./chat/talk.js");
      const send = (/** @type {string | null} */ id, /** @type {PeerMessage} */ message) =>
        void (id === null ? mesh.broadcast(message) : mesh.send(id, message));
      const here = new Talk({ send, clock });
      early.arrive(here);
      this.#watch(here);
      return here;
    };
    return new Later(import.meta.resolve("./chat/talk.js"), load, clock);
  }

  /** @param {import("./call.js").Call} call @param {import("./views/stage.js").Stage} stage */
  #loadQuality({ participants }, stage) {
    const { mesh, uplink, signaling, clock, passage } = this.#parts;
    const load = async () => {
      const { Quality } = await import("./quality.js");
      const doubt = () => signaling.check();
      const quality = new Quality({ participants, mesh, uplink, stage, clock, passage, doubt });
      quality.on("look", () => this.#renderConnection());
      if (this.#isOver) quality.stop();
      return quality;
    };
    return new Later(import.meta.resolve("./quality.js"), load, clock);
  }

  /** Only for hosts, once somebody waits. */
  #loadLobby() {
    const { clock } = this.#parts;
    const load = async () => {
      const { Lobby } = await import("./views/lobby.js");
      await this.#dress();
      return new Lobby(document, {
        clock,
        entitle: (words) => this.#title.put("knocks", words),
        answer: (type, knocks) => this.#inside.orders.answer(type, knocks),
        open: () => this.#inside.open("people"),
      });
    };
    return new Later(import.meta.resolve("./views/lobby.js"), load, clock);
  }

  #loadChat() {
    const { clock } = this.#parts;
    const load = async () => {
      const { ChatPanel, dress } = await import("./views/chat.js");
      // Without it nothing is there to read, and nobody takes what is written.
      const [actions] = await Promise.all([this.#talk.load(), dress()]);
      const title = find(document, ".room-top h1").textContent ?? "";
      return new ChatPanel(find(document, "#chat"), actions, this.#attachments, title);
    };
    return new Later(import.meta.resolve("./views/chat.js"), load, clock);
  }

  #loadPeek() {
    const { clock } = this.#parts;
    const load = async () => {
      const { Peek } = await import("./views/peek.js");
      const [actions] = await Promise.all([this.#talk.load(), this.#chat.view.load()]);
      const open = (/** @type {string} */ conversation) => {
        actions.show(conversation);
        this.#inside.open("chat");
      };
      return new Peek(find(document, "#controls"), { clock, open });
    };
    return new Later(import.meta.resolve("./views/peek.js"), load, clock);
  }

  /** @param {() => Promise<void>} copyLink */
  #loadPeople(copyLink) {
    const load = async () => {
      const { PeoplePanel } = await import("./views/people.js");
      await this.#dress();
      return new PeoplePanel(find(document, "#people"), {
        orders: this.#inside.orders,
        more: this.#more,
        openRules: () => this.#inside.open("rules"),
        copyLink,
      });
    };
    return new Later(import.meta.resolve("./views/people.js"), load, this.#parts.clock);
  }

  #loadRules() {
    const load = async () => {
      const { RulesPanel } = await import("./views/rules.js");
      await this.#dress();
      return new RulesPanel(find(document, "#rules"), {
        orders: this.#inside.orders,
        back: () => this.#inside.open("people"),
      });
    };
    return new Later(import.meta.resolve("./views/rules.js"), load, this.#parts.clock);
  }

  /** @param {import("./call.js").Call} call @param {import("./views/stage.js").Stage} stage */
  #loadHosting(call, stage) {
    const load = async () => {
      const [{ HostingView }, { Loudness }] = await Promise.all([
        import("./views/hosting.js"),
        import("./loudness.js"),
      ]);
      await this.#dress();
      return new HostingView(find(document, "#hosting"), {
        orders: this.#inside.orders,
        unmute: () => this.#inside.toggle("microphone"),
        stayMuted: () => this.#inside.stayMuted(),
        leave: () => call.leave(),
        pinOf: (id) => stage.pinOf(id),
        loudness: new Loudness(call.participants, tabStore, this.#code),
        sampleOf: (id) => this.#quality.part?.numbers.samples.get(id) ?? null,
      });
    };
    return new Later(import.meta.resolve("./views/hosting.js"), load, this.#parts.clock);
  }

  #dress() {
    return (this.#dressed ??= addSheet(import.meta.resolve("./hosting/hosting.css")));
  }

  #loadConnection() {
    const load = async () => {
      const { ConnectionPanel } = await import("./views/connection.js");
      // Whose numbers it shows.
      await Promise.all([this.#quality.load(), addSheet(import.meta.resolve("../../css/connection.css"))]);
      return new ConnectionPanel(find(document, "#connection"));
    };
    return new Later(import.meta.resolve("./views/connection.js"), load, this.#parts.clock);
  }
}
