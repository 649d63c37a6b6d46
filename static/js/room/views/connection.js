import { t } from "../../lib/i18n.js";
import { called, changeIcon, find, icon, make, write } from "../../lib/dom.js";

/**
 * @import { Person } from "../state.js"
 * @import { Held } from "../messages.js"
 * @import { Reason } from "../media/budget.js"
 * @import { Flow, Flows, Path, Sample } from "../stats/read.js"
 *
 * @typedef {object} Numbers   what the panel shows, and what a report has
 * @property {Person[]} people
 * @property {ReadonlyMap<string, Sample>} samples
 * @property {ReadonlyMap<string, Sample[]>} history
 * @property {number} uplink   bits a second that it is taken to carry
 * @property {(id: string) => Reason} reason   why they do not see a larger picture of me
 * @property {Held} held
 */

/** For the curious, and for whoever helps them: how it goes with the connection to each of the others. */
export class ConnectionPanel {
  #summary = make("p", { class: "soft" });
  #rows = make("ul", { class: "links" });
  /** @type {Map<string, Row>} */
  #known = new Map();
  /** @type {Numbers | null} */
  #shown = null;

  /** @param {HTMLElement} root   #connection */
  constructor(root) {
    const note = t(
      "A report has five minutes of these numbers for whoever helps you, without names and network addresses.",
    );
    find(root, ".scroll").replaceChildren(this.#summary, this.#rows, make("p", { class: "soft" }, note));
    find(root, '[data-part="save"]').addEventListener("click", () => this.#save());
  }

  /** @param {Numbers} numbers */
  render(numbers) {
    this.#shown = numbers;
    const { people, samples, reason, held } = numbers;
    const others = people.filter(({ self }) => !self).sort((a, b) => a.seat - b.seat);
    write(this.#summary, summary(others, samples));
    for (const [id, row] of this.#known) {
      if (others.some((person) => person.id === id)) continue;
      row.element.remove();
      this.#known.delete(id);
    }
    for (const person of others) {
      const row = this.#known.get(person.id) ?? new Row(person);
      if (!this.#known.has(person.id)) this.#rows.append(row.element);
      this.#known.set(person.id, row);
      row.render(person, samples.get(person.id) ?? null, held === "" ? reason(person.id) : held);
    }
  }

  #save() {
    if (!this.#shown) return;
    const { history, uplink, held } = this.#shown;
    const facts = {
      browser: navigator.userAgent,
      cores: navigator.hardwareConcurrency,
      uplink,
      held,
      at: new Date(),
    };
    download("roundtable-connection.json", JSON.stringify(report(history, facts), null, 1));
  }
}

/** One of the others: words that change, in places that stay, so that nothing jumps under the eye. */
class Row {
  element;
  #state = make("span", { class: "badge" }, icon("signal"), make("span"));
  /** @type {Map<string, {line: HTMLElement, words: HTMLElement}>} */
  #facts = new Map();
  #list = make("dl");

  /** @param {Person} person */
  constructor({ id, name }) {
    this.element = make(
      "li",
      { "data-connection-to": id },
      make("h3", {}, called(name), this.#state),
      this.#list,
    );
  }

  /**
   * @param {Person} person
   * @param {Sample | null} sample
   * @param {Reason | Held} reason
   */
  render({ connection, quality }, sample, reason) {
    const { word, picture, tone } =
      connection === "connected" ? grade(quality) : connection === "shut" ? GRADES.shut : GRADES.broken;
    write(find(this.#state, "span"), word);
    changeIcon(find(this.#state, ".icon"), picture);
    this.#state.className = `badge ${tone}`;
    for (const [name, words] of about(sample, connection === "connected", reason)) this.#write(name, words);
  }

  /** @param {string} name @param {string} words   "" hides the line */
  #write(name, words) {
    const known = this.#facts.get(name) ?? this.#add(name);
    known.line.hidden = words === "";
    write(known.words, words);
  }

  /** @param {string} name */
  #add(name) {
    const words = make("dd");
    const line = make("div", {}, make("dt", {}, name), words);
    this.#list.append(line);
    this.#facts.set(name, { line, words });
    return { line, words };
  }
}

// Between a number and its unit: no line ends there.
const NARROW = "\u202F";

const GRADES = {
  good: { word: t("Good"), picture: "signal", tone: "badge-yes" },
  fair: { word: t("Fair"), picture: "signal", tone: "badge-maybe" },
  poor: { word: t("Weak"), picture: "signal-low", tone: "badge-maybe" },
  lost: { word: t("Nothing comes"), picture: "warning", tone: "badge-no" },
  broken: { word: t("Not connected"), picture: "warning", tone: "badge-no" },
  shut: { word: t("Cut off"), picture: "warning", tone: "badge-no" },
  unknown: { word: t("Measuring"), picture: "signal", tone: "" },
};

/** @param {Person["quality"]} quality */
function grade(quality) {
  return quality === "" ? GRADES.unknown : GRADES[quality];
}

/** Why a picture is not larger, in words. @type {Record<Exclude<Reason | Held, "">, string>} */
const REASONS = {
  asked: t("Their window shows your picture no larger."),
  people: t("Everybody here gets a picture of you, and they share your line."),
  line: t("Your line is shared among everybody, and this is their part of it."),
  device: t("This device encodes no more at the moment."),
  others: t("In a large room those who spoke last are seen."),
};

/**
 * The lines about one connection, by name; those that do not apply are empty.
 *
 * @param {Sample | null} sample
 * @param {boolean} isConnected
 * @param {Reason | Held} reason
 * @returns {[string, string][]}
 */
export function about(sample, isConnected, reason) {
  if (!sample) return [[t("Path"), isConnected ? t("Not measured yet") : t("None yet")]];
  const { path, rtt, sent, received } = sample;
  return [
    [t("Path"), path ? way(path) : t("None yet")],
    [t("Round trip"), rtt === null ? "" : `${Math.round(rtt)}${NARROW}ms`],
    [t("Lost"), losses(sent, received)],
    [t("Jitter"), received.microphone?.jitter ? `${received.microphone.jitter}${NARROW}ms` : ""],
    [t("You send"), flows(sent)],
    [t("You get"), flows(received)],
    [t("Why not more"), reason === "" ? "" : REASONS[reason]],
  ];
}

/** @param {Path} path */
function way({ relayed, protocol }) {
  const name = { udp: "UDP", tcp: "TCP", tls: "TLS" }[protocol] ?? String(protocol).toUpperCase();
  return relayed
    ? t("Through a relay, {protocol}", { protocol: name })
    : t("Direct, {protocol}", { protocol: name });
}

/** @param {Flows} sent @param {Flows} received */
function losses(sent, received) {
  const out = worst(sent);
  const back = worst(received);
  const words = [];
  if (out !== null) words.push(t("{share} of what you send", { share: percent(out) }));
  if (back !== null) words.push(t("{share} of what they send", { share: percent(back) }));
  return words.join("\n");
}

/** @param {Flows} some */
function worst(some) {
  const all = Object.values(some).flatMap(({ packets, loss }) =>
    packets > 0 && loss !== null ? [loss] : [],
  );
  return all.length > 0 ? Math.max(...all) : null;
}

/** @param {number} share */
function percent(share) {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)}${NARROW}%`;
}

/** @param {Flows} some */
function flows({ camera, screen, microphone, sound }) {
  const words = [
    picture(camera, t("Picture")),
    picture(screen, t("Screen")),
    voice(microphone, t("Voice")),
    voice(sound, t("Sound")),
  ];
  return words.filter(Boolean).join("\n") || t("Nothing");
}

/** @param {Flow | undefined} flow @param {string} name */
function picture(flow, name) {
  if (!flow || flow.bitrate === 0 || !flow.height) return "";
  const rate = flow.fps === null ? "" : `, ${Math.round(flow.fps)}${NARROW}fps`;
  return `${name} ${flow.width}${NARROW}×${NARROW}${flow.height}${rate}, ${bits(flow.bitrate)}, ${flow.codec}`;
}

/** @param {Flow | undefined} flow @param {string} name */
function voice(flow, name) {
  return flow && flow.bitrate > 0 ? `${name} ${bits(flow.bitrate)}, ${flow.codec}` : "";
}

/** @param {number} rate   bits a second */
function bits(rate) {
  return rate < 999_500
    ? `${Math.round(rate / 1000)}${NARROW}kbit/s`
    : `${(rate / 1e6).toFixed(1)}${NARROW}Mbit/s`;
}

/**
 * @param {Person[]} others
 * @param {ReadonlyMap<string, Sample>} samples
 */
export function summary(others, samples) {
  if (others.length === 0) {
    return t("Nobody else is here. As soon as somebody is, this shows how good the connection to them is.");
  }
  /** @param {"sent" | "received"} direction */
  const all = (direction) =>
    [...samples.values()].reduce(
      (sum, sample) =>
        sum + Object.values(sample[direction]).reduce((part, { bitrate }) => part + bitrate, 0),
      0,
    );
  const rates = { sent: bits(all("sent")), received: bits(all("received")) };
  return t("You send {sent} and get {received} in all.", rates);
}

/**
 * What whoever helps may need: five minutes of numbers, without names, texts and network addresses.
 *
 * @param {ReadonlyMap<string, Sample[]>} history
 * @param {{browser: string, cores: number, uplink: number, held: Held, at: Date}} facts
 */
export function report(history, { browser, cores, uplink, held, at }) {
  const links = [...history.values()].map((samples, index) => ({ person: index + 1, samples }));
  return {
    kind: "roundtable-connection-report",
    made_at: at.toISOString(),
    browser,
    cores,
    uplink: Math.round(uplink),
    held,
    links,
  };
}

/**
 * Puts a text into the person's downloads.
 *
 * @param {string} name
 * @param {string} text
 */
function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  make("a", { href: address, download: name }).click();
  // The browser has taken it by the time that this is called.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
