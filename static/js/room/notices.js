import { Emitter, Latest } from "../lib/events.js";
import { Timer } from "../lib/timing.js";
import { Flooding } from "./flooding.js";
import { Audience } from "./media/audience.js";
import { isApart } from "./audibility.js";

/**
 * @typedef {import("./state.js").CallState} CallState
 * @typedef {import("./state.js").NoticeKind} NoticeKind
 * @typedef {CallState["notice"]} Notice
 * @typedef {Omit<CallState, "notice">} Drawn  all that is drawn beside it
 * @typedef {import("./flooding.js").Inside} Inside
 *
 * @typedef {object} Circumstances  what is not drawn otherwise
 * @property {boolean} isBlocked    the browser holds the sound back
 * @property {boolean} isDuplicate  another page of this browser was in the call first
 * @property {Inside} inside
 * @property {import("./state.js").Told | null} [told]  what hosts have done just now
 *
 * @typedef {object} NoticesEvents
 * @property {[]} change  time alone has changed what is to be said
 */

// A shorter silence of the server is nobody's business.
const SILENCE = 4_000;
const REMINDER = 6_000;
// That another device is used than the chosen one stands over the room for so long, and in the lists for good.
const INSTEAD = 12_000;

/**
 * What is said over the room of all that concerns the whole of it: one thing at a time, and first what keeps me from
 * being heard. Comes with the room.
 *
 * @extends {Emitter<NoticesEvents>}
 */
export class Notices extends Emitter {
  #uplink;
  #audience;
  #flooding = new Flooding();
  #silence;
  #isSilent = false;
  #reminder;
  #isMutedTalking = false;
  #instead;
  #refused = new Latest();
  /** Which broken pairs were shown in the list of people: nobody needs to be told of them again. */
  #pairsSeen = new Latest();

  /**
   * @param {object} options
   * @param {import("../lib/timing.js").Clock} options.clock
   * @param {Pick<import("./media/budget.js").Uplink, "held" | "hasScreen" | "hasRoomForScreen">} options.uplink
   */
  constructor({ clock, uplink }) {
    super();
    this.#uplink = uplink;
    this.#audience = new Audience(clock);
    this.#audience.on("change", () => this.emit("change"));
    this.#silence = new Timer(clock);
    this.#reminder = new Timer(clock);
    this.#instead = new Timer(clock);
  }

  /**
   * What is to be said now.
   *
   * @param {Drawn} state
   * @param {Circumstances} circumstances
   * @returns {Notice}
   */
  look(state, circumstances) {
    const { phase, people, me } = state;
    if (phase !== "ended") {
      this.#noteServer(state.ready);
      this.#noteRefusals(state.mine);
    }
    this.#audience.wait(phase === "joined" ? this.#whoLacksScreen(state) : []);
    const unseen = this.#unseen(people);
    const kind = phase === "joined" ? this.#kind(state, circumstances, unseen.names.length > 0) : "";
    return {
      kind,
      people,
      unseen,
      told: kind === "told" ? (circumstances.told ?? null) : null,
      flood: kind === "flood" ? this.#flooding.latest(me, circumstances.inside) : null,
    };
  }

  /** I talk, and am muted. */
  remind() {
    this.#isMutedTalking = true;
    this.#reminder.plan(REMINDER, () => {
      this.#isMutedTalking = false;
      this.emit("change");
    });
  }

  /** I know it now. */
  calm() {
    this.#isMutedTalking = false;
  }

  /** Somebody sends more than can be meant. @param {import("./flooding.js").Cut} cut @param {Inside} inside */
  flood(cut, inside) {
    this.#flooding.note(cut, inside);
    this.emit("change");
  }

  /** That of this flood has been read. @param {string} id */
  putAway(id) {
    this.#flooding.putAway(id);
  }

  /** I am outside. */
  forget() {
    this.#flooding.clear();
  }

  close() {
    this.#audience.wait([]);
    for (const timer of [this.#silence, this.#reminder, this.#instead]) timer.cancel();
  }

  /**
   * @param {Drawn} state
   * @param {Circumstances} circumstances
   * @param {boolean} isUnseen
   * @returns {NoticeKind}
   */
  #kind({ mine, pairs, panel, hosting }, { isBlocked, isDuplicate, told }, isUnseen) {
    const held = mine.camera.on ? this.#uplink.held : "";
    /** @type {[boolean, NoticeKind][]} */
    const kinds = [
      [told?.isMine === true, "told"],
      [mine.microphone.lost, "unheard"],
      [this.#isSilent, "reconnecting"],
      [isBlocked, "sound-blocked"],
      [isDuplicate, "duplicate"],
      [mine.camera.lost, "unseen"],
      [this.#instead.pending, "refused"],
      [this.#flooding.size > 0, "flood"],
      [this.#isMutedTalking, hosting.may.unmute ? "muted-talking" : "held-talking"],
      [Boolean(told), "told"],
      [this.#isNews(pairs, panel), "apart"],
      [isUnseen, "unseen-screen"],
      [held === "device", "slow-device"],
      [held === "line", "thin-line"],
    ];
    return kinds.find(([applies]) => applies)?.[1] ?? "";
  }

  /** @param {boolean} isReached */
  #noteServer(isReached) {
    if (isReached) {
      this.#silence.cancel();
      this.#isSilent = false;
    } else if (!this.#silence.pending && !this.#isSilent) {
      this.#silence.plan(SILENCE, () => {
        this.#isSilent = true;
        this.emit("change");
      });
    }
  }

  /** @param {import("./state.js").Mine} mine */
  #noteRefusals({ camera, microphone }) {
    if (!this.#refused.isNew([camera.refused, microphone.refused])) return;
    this.#instead.cancel();
    if (camera.refused || microphone.refused) this.#instead.plan(INSTEAD, () => this.emit("change"));
  }

  /** Whether there is news of pairs that do not hear each other. @param {Drawn["pairs"]} pairs @param {Drawn["panel"]} panel */
  #isNews(pairs, panel) {
    const apart = pairs.filter(isApart);
    if (panel === "people" || apart.length === 0) this.#pairsSeen.keep(apart);
    return apart.length > 0 && this.#pairsSeen.isOther(apart);
  }

  /** Who should see my screen and says that it has not come, or is out of reach. @param {Drawn} state */
  #whoLacksScreen({ people, mine }) {
    if (!mine.screen) return [];
    const others = people.filter(
      ({ self, connection }) => !self && connection !== "away" && connection !== "shut",
    );
    return others
      .filter(({ id, connection }) => connection !== "connected" || this.#uplink.hasScreen(id) === false)
      .map(({ id }) => id);
  }

  /** @param {Drawn["people"]} people @returns {import("./state.js").Unseen} */
  #unseen(people) {
    const { unseen } = this.#audience;
    const others = people.filter(({ self }) => !self);
    const held = unseen.length > 0 && unseen.every((id) => !this.#uplink.hasRoomForScreen(id));
    return {
      names: others.filter(({ id }) => unseen.includes(id)).map(({ name }) => name),
      all: unseen.length === others.length,
      held,
    };
  }
}
