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
      return tell(`This file is ${size(file.size)} MB large. 1 MB is the most, and room for 10,000 people.`, true);
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
    const fresh = people.add((answer.lines ?? []).join("\n"));
    tell(fresh ? `${fresh} added from ${file.name}.` : `Everybody in ${file.name} is on the list already.`);
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

/** @param {number} bytes */
function size(bytes) {
  return (bytes / MEGABYTE).toFixed(1).replace(/\.0$/u, "");
}
