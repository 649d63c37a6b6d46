/** A form of texts alone: what is typed in it outlives a wrong click. */
import { find } from "../lib/dom.js";
import { goOn } from "./typing.js";

goOn(/** @type {HTMLFormElement} */ (find(document, "form[data-typing]")));
