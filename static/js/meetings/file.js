import { icon, make } from "../lib/dom.js";

/** @typedef {import("./people.js").People} People */

const MEGABYTE = 1024 * 1024;

/**
 * A list of people in a file: read by the server as soon as it is chosen, and put among the chips.
 *
 * @param {HTMLInputElement} input
 * @param {People} people
 * @param {{ url: string, largest: number, token: string }} options
 */
export function takeFiles(input, people, { url, largest, token }) {
  const line = document.getElementById(`${input.id}_error`) ?? make("p", { id: `${input.id}_error` });
  line.setAttribute("role", "status");
  if (!line.isConnected) input.after(line);
  input.addEventListener("change", () => void read());

  async function read() {
    const [file] = input.files ?? [];
    if (!file) return;
    if (file.size > largest) {
      input.value = "";
      return tell(
        `This file is ${size(file.size)} MB large. 1 MB is the most, and room for 10,000 people.`,
        true,
      );
    }
    tell(`Reading ${file.name} …`);
    const body = new FormData();
    body.set("file", file);
    body.set("csrfmiddlewaretoken", token);
    /** @type {{ lines?: string[], trouble?: string }} */
    let answer;
    try {
      const response = await fetch(url, { method: "POST", body });
      if (!response.ok) return tell(`${file.name} is read when you save.`);
      answer = await response.json();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      // It stays chosen, and goes with the form.
      return tell(`${file.name} is read when you save.`);
    }
    input.value = "";
    if (answer.trouble !== undefined) return tell(answer.trouble, true);
    const { added, wrong } = people.add((answer.lines ?? []).join("\n"));
    tell(found(added, wrong, file.name));
  }

  /**
   * @param {string} words
   * @param {boolean} [isWrong]
   */
  function tell(words, isWrong = false) {
    line.className = isWrong ? "field-error" : "hint";
    line.replaceChildren(...(isWrong ? [icon("warning")] : []), make("span", {}, words));
    input.setAttribute("aria-invalid", String(isWrong));
  }
}

/**
 * What came of a file, in words.
 *
 * @param {number} added   of the people in it
 * @param {number} wrong   what is no address
 * @param {string} name   of the file
 */
export function found(added, wrong, name) {
  if (!added && !wrong) return `Everybody in ${name} is on the list already.`;
  const words = wrong === 1 ? "One could" : `${wrong} could`;
  const rest = wrong ? ` ${words} not be read as an address; the list shows which.` : "";
  return `${added || "Nobody"} added from ${name}.${rest}`;
}

/** @param {number} bytes */
function size(bytes) {
  return (bytes / MEGABYTE).toFixed(1).replace(/\.0$/u, "");
}
