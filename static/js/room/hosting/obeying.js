import { unheard, unshared, whyMuted, whyUnshared } from "./words.js";

/**
 * @typedef {import("../messages.js").Participant} Participant
 * @typedef {import("../messages.js").Rules} Rules
 * @typedef {"microphone" | "camera"} Kind
 */

/**
 * What my page does about the orders that concern me: what a host has ended is off here as well, not only at the others, and I alone
 * turn it on again, where I may.
 */
export class Obeying {
  #devices;
  #myself;
  #orders;
  #say;
  #nameOf;
  /** What I want to turn on, until the server lets me. @type {Set<Kind>} */
  #wanted = new Set();
  /** @type {Participant | undefined} */
  #me;
  /** @type {Rules | null} */
  #rules = null;
  /** I am heard as long as I hold a key. */
  #isHeld = false;
  /** I have read that I am asked, and stay muted. */
  #isAnswered = false;

  /**
   * @param {object} options
   * @param {Pick<import("../media/devices.js").Devices, "source" | "turn" | "isSharing" | "unshare">} options.devices
   * @param {Pick<import("../presence.js").Myself, "toggle" | "share">} options.myself
   * @param {Pick<import("./orders.js").Orders, "turnOn">} options.orders
   * @param {(text: string) => void} options.say  why something is not done
   * @param {(id: string) => string} options.nameOf  "" of whoever is gone
   */
  constructor({ devices, myself, orders, say, nameOf }) {
    this.#devices = devices;
    this.#myself = myself;
    this.#orders = orders;
    this.#say = say;
    this.#nameOf = nameOf;
  }

  /** I am asked to unmute, and have not answered. */
  get isAsked() {
    const { on } = this.#devices.source("microphone");
    return this.#me?.asked === true && !this.#isAnswered && !this.#wanted.has("microphone") && !on;
  }

  /** Whether I may end a mute by myself. */
  get mayUnmute() {
    return (
      !this.#me?.muted ||
      this.#me.role === "host" ||
      this.#me.asked === true ||
      !(this.#rules?.unmute === false)
    );
  }

  /** How it stands with me; undefined while I am outside. @param {Participant | undefined} me @param {Rules | null} rules */
  look(me, rules) {
    if (!me?.asked) this.#isAnswered = false;
    this.#me = me;
    this.#rules = rules;
    if (!me) return this.#wanted.clear();
    this.#follow("microphone", me.muted !== undefined);
    this.#follow("camera", me.stopped !== undefined);
    // Who is heard already has nothing to answer.
    if (me.asked && !me.muted && this.#devices.source("microphone").on) this.#orders.turnOn("unmute", me.id);
    this.lookAtScreen();
  }

  /** Where only hosts may share, mine is not; nor one that was being chosen when that came about. */
  lookAtScreen() {
    if (!this.#devices.isSharing || this.#mayShare) return;
    this.#devices.unshare();
    this.#say(unshared());
  }

  /** I talk for as long as I hold a key, if I am muted without it. @param {boolean} isHeld */
  hold(isHeld) {
    const { on, pending } = this.#devices.source("microphone");
    const isOn = on || pending || this.#wanted.has("microphone");
    const isMeant = isHeld ? !isOn : this.#isHeld && isOn;
    this.#isHeld = isHeld && isMeant;
    if (isMeant) this.toggle("microphone");
  }

  /** I press the button of my microphone or camera. @param {Kind} kind */
  toggle(kind) {
    const me = this.#me;
    const ended = kind === "microphone" ? me?.muted : me?.stopped;
    if (this.#wanted.delete(kind)) return;
    if (!me || !ended || this.#devices.source(kind).on) {
      this.#myself.toggle(kind);
      if (me?.asked && kind === "microphone") this.#orders.turnOn("unmute", me.id);
      return;
    }
    if (kind === "microphone" && !this.mayUnmute) {
      return this.#say(whyMuted(this.#nameOf(me.muted?.by ?? "")));
    }
    this.#wanted.add(kind);
    this.#orders.turnOn(kind === "microphone" ? "unmute" : "start-camera", me.id);
  }

  /** I press the button of my screen. */
  share() {
    if (this.#devices.isSharing || this.#mayShare) this.#myself.share();
    else this.#say(whyUnshared());
  }

  /** A host asks, be it once more. */
  ask() {
    this.#isAnswered = false;
  }

  /** I am asked to unmute, and do not: that is nobody else's business. */
  stayMuted() {
    this.#isAnswered = true;
  }

  /** The server does not let me; what else I want may still come. @param {string} type  of the order */
  giveUp(type) {
    if (type === "unmute") this.#wanted.delete("microphone");
    if (type === "start-camera") this.#wanted.delete("camera");
  }

  /** Nor has it said that it does not, however often it was asked. @param {"unmute" | "start-camera"} type */
  lose(type) {
    if (this.#wanted.delete(type === "unmute" ? "microphone" : "camera")) this.#say(unheard(type));
  }

  get #mayShare() {
    return this.#me?.role === "host" || this.#rules?.share !== false;
  }

  /** @param {Kind} kind @param {boolean} isEnded  by a host */
  #follow(kind, isEnded) {
    const { on, pending } = this.#devices.source(kind);
    if (isEnded) {
      if (on || pending) void this.#devices.turn(kind, false);
    } else if (this.#wanted.delete(kind) && !on) this.#myself.toggle(kind);
  }
}
