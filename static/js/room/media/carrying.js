import { isApart } from "../audibility.js";
import { Carrier } from "./carrier.js";
import { Hearer } from "./hearer.js";

/**
 * Sound by a third, for two who find no way to each other (docs/decisions/0024-sound-by-a-third.md): whoever does not
 * hear somebody asks one who hears both, and that one decides. Loaded when it is needed, by both.
 *
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {import("../messages.js").Carried} Carried
 * @typedef {import("../messages.js").PeerMessage} PeerMessage
 * @typedef {import("../state.js").Person} Person
 */

/** Several voices as one. */
class Mix {
  #context = new AudioContext();
  #output = new MediaStreamAudioDestinationNode(this.#context);

  /** @param {MediaStreamTrack[]} tracks */
  constructor(tracks) {
    // Without a click a browser may keep it asleep, and then there would be silence.
    if (this.#context.state === "suspended") void this.#context.resume();
    for (const track of tracks) {
      this.#context.createMediaStreamSource(new MediaStream([track])).connect(this.#output);
    }
  }

  get track() {
    return this.#output.stream.getAudioTracks()[0] ?? null;
  }

  close() {
    void this.#context.close();
  }
}

/** Both ends of it, in one call. */
export class Carrying {
  #hearer;
  #carrier;
  /** What each of them hears by me, where it is several voices. @type {Map<string, Mix>} */
  #mixes = new Map();
  #mesh;

  /**
   * @param {object} options
   * @param {import("../participants.js").Participants} options.participants
   * @param {import("../rtc/mesh.js").Mesh} options.mesh
   * @param {import("./budget.js").Uplink} options.uplink
   * @param {Clock} options.clock
   */
  constructor({ participants, mesh, uplink, clock }) {
    this.#mesh = mesh;
    /** @param {string} id @param {PeerMessage} message */
    const send = (id, message) => mesh.send(id, message);
    this.#hearer = new Hearer({ clock, send, thirds: (id) => participants.thirds(id) });
    this.#hearer.on("change", (voices) => participants.hearBy(voices));
    this.#carrier = new Carrier({
      clock,
      send,
      voice: (id) => mesh.connection(id)?.streams?.microphone ?? null,
      own: () => mesh.tracks.sound,
      mayCarry: (count) => uplink.mayCarry(count),
      put: (id, tracks) => this.#put(id, tracks),
    });
    this.#carrier.on("count", (count) => uplink.carry(count));
  }

  /** @param {string} from @param {import("../messages.js").Carry | Carried} message */
  receive(from, message) {
    if (message.type === "carry") this.#carrier.receive(from, message);
    else this.#hearer.receive(from, message);
  }

  /** @param {Person[]} people @param {import("../state.js").Pair[]} pairs */
  render(people, pairs) {
    const me = people.find(({ self }) => self)?.id;
    const apart = pairs.filter((pair) => isApart(pair) && (pair.one === me || pair.other === me));
    // Once lost, a voice is so until the connection is back, however the pair is called meanwhile.
    const isLost = (/** @type {string} */ id) =>
      this.#hearer.isWanted(id) || apart.some(({ one, other }) => one === id || other === id);
    // Who is away from the server, as from me, may still be heard by others. Whom I have let go of is not to come back so.
    const broken = people.filter(
      ({ self, connection }) => !self && connection !== "connected" && connection !== "shut",
    );
    this.#hearer.want(broken.map(({ id }) => id).filter(isLost));
    this.#carrier.render(people);
  }

  stop() {
    this.#hearer.stop();
    this.#carrier.render([]);
  }

  /** @param {string} id @param {MediaStreamTrack[]} tracks */
  #put(id, tracks) {
    const before = this.#mixes.get(id);
    const mix = tracks.length > 1 ? new Mix(tracks) : null;
    this.#mesh.carry(id, mix ? mix.track : (tracks[0] ?? null));
    if (mix) this.#mixes.set(id, mix);
    else this.#mixes.delete(id);
    before?.close();
  }
}
