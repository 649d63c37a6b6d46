import { t } from "../../../lib/i18n.js";
import { announce, icon, make, mark, TROUBLES, write } from "../../../lib/dom.js";
import { Latest } from "../../../lib/events.js";

/**
 * A file in a line of the chat, and the ways to offer one.
 *
 * @import { Attached, Chosen } from "../../state.js"
 * @import { Part } from "../../capabilities.js"
 * @import { Later } from "../../../lib/later.js"
 */

/** A file as it stands in a line; its elements stay as long as they show the same. */
export class AttachedFile {
  // How far it has come is not read out with each change; that it is saved is said once.
  element = make("div", { class: "file", role: "group", "aria-live": "off" });
  #stem = make("bdi", {});
  #ending = make("bdi", {});
  #name = make("strong", {}, this.#stem, this.#ending);
  #detail = make("small", {});
  #progress = make("progress", { class: "progress", max: "100" });
  #buttons = make("div", { class: "buttons" });
  #actions = new Latest();
  #address = "";
  /** @type {HTMLButtonElement | null} */
  #picture = null;

  constructor() {
    this.element.append(icon("file"), make("div", { class: "words" }, this.#name, this.#detail));
  }

  /** @param {Attached} attached */
  render({ stem, ending, detail, isTrouble, progress, actions, picture }) {
    write(this.#stem, stem);
    write(this.#ending, ending);
    mark(this.#name, "title", stem + ending);
    mark(this.element, "aria-label", stem + ending);
    write(this.#detail, detail);
    this.element.classList.toggle("has-trouble", isTrouble);
    this.#renderProgress(progress);
    if (this.#actions.isNew(actions.map(({ name, label }) => [name, label]))) this.#renderActions(actions);
    this.#renderPicture(picture, stem + ending);
  }

  /** @param {Attached["progress"]} progress */
  #renderProgress(progress) {
    if (!progress) return this.#progress.remove();
    mark(this.#progress, "aria-label", progress.label);
    mark(this.#progress, "value", String(Math.floor(progress.part * 100)));
    if (!this.#progress.isConnected) this.element.append(this.#progress);
  }

  /** @param {Attached["actions"]} actions */
  #renderActions(actions) {
    const hadFocus = this.element.contains(document.activeElement);
    this.element.querySelector(":scope > .button")?.remove();
    const isAlone = actions.length === 1 && actions[0]?.name === "stop";
    const buttons = actions.map(({ label, icon: sign, act }) => {
      const button = isAlone
        ? make(
            "button",
            { class: "button button-plain button-icon", type: "button", "aria-label": label },
            icon(sign),
          )
        : make("button", { class: "button", type: "button" }, icon(sign), label);
      button.addEventListener("click", act);
      return button;
    });
    this.#buttons.replaceChildren(...(isAlone ? [] : buttons));
    if (isAlone) this.element.querySelector(".words")?.after(...buttons);
    if (buttons.length > 0 && !isAlone) this.element.append(this.#buttons);
    else this.#buttons.remove();
    // Whoever pressed one goes on from what has taken its place.
    if (hadFocus) buttons[0]?.focus();
  }

  /** @param {Attached["picture"]} picture @param {string} name */
  #renderPicture(picture, name) {
    if ((picture?.address ?? "") === this.#address) return;
    this.#address = picture?.address ?? "";
    this.#picture?.remove();
    this.#picture = null;
    if (!picture) return;
    const { address, width, height, open } = picture;
    this.#picture = make(
      "button",
      { class: "picture", type: "button", "aria-label": t("Show {name} large", { name }) },
      make("img", { src: address, width, height, alt: "" }),
    );
    this.#picture.addEventListener("click", open);
    this.element.prepend(this.#picture);
  }
}

/**
 * What asks for files. What handles them comes when a hand, a finger or the focus is on the button: browsers let a page ask for
 * a few seconds after a press, which a slow line may use up.
 */
export class AttachButton {
  element = make(
    "button",
    { class: "button button-plain button-icon attach", type: "button", "aria-label": t("Attach a file") },
    icon("attach"),
  );

  /** @param {Later<Part>} attachments @param {(chosen: Chosen[]) => void} offer */
  constructor(attachments, offer) {
    for (const sign of ["pointerenter", "focus"]) {
      // If it cannot be had, a press says so.
      this.element.addEventListener(sign, () => void attachments.load().catch(() => {}), { once: true });
    }
    this.element.addEventListener("click", () => {
      void here(attachments).then(async (part) => offer((await part?.choose()) ?? []));
    });
  }
}

/**
 * Files that are dropped on an element, or pasted into a field of it.
 *
 * @param {HTMLElement} root
 * @param {Later<Part>} attachments
 * @param {(chosen: Chosen[]) => void} offer
 */
export function takeDrops(root, attachments, offer) {
  const hasFiles = (/** @type {DataTransfer | null} */ data) => data?.types.includes("Files") ?? false;
  /** @param {Event} event @param {DataTransfer | null} data */
  const take = (event, data) => {
    if (!data || !hasFiles(data)) return;
    event.preventDefault();
    root.classList.remove("dropping");
    // After this moment there is nothing left in it.
    const plain = [...data.files].map((file) => ({ file, handle: null }));
    const chosen = attachments.part?.attachments?.from(data) ?? Promise.resolve(plain);
    void here(attachments).then(async (part) => part && offer(await chosen));
  };
  root.addEventListener("dragover", (event) => {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    root.classList.add("dropping");
    void attachments.load();
  });
  root.addEventListener("dragleave", ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && root.contains(relatedTarget))) root.classList.remove("dropping");
  });
  root.addEventListener("drop", (event) => take(event, event.dataTransfer));
  root.addEventListener("paste", (event) => take(event, event.clipboardData));
}

/** What can be done with files, once it has come; says why, if it does not. @param {Later<Part>} attachments */
async function here(attachments) {
  try {
    return (await attachments.load()).attachments;
  } catch {
    if (attachments.trouble) announce(TROUBLES[attachments.trouble]);
    return undefined;
  }
}
