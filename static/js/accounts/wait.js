/** The button that sends another code can be pressed only after a while; it counts down the seconds. */
import { t } from "../lib/i18n.js";

/** @param {HTMLButtonElement} button   with `data-wait`, in seconds */
export function enableWait(button) {
  const words = button.textContent ?? "";
  const free = Date.now() + Number(button.dataset["wait"]) * 1000;

  const count = () => {
    const left = Math.ceil((free - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? t("Send another in {seconds} s", { seconds: left }) : words;
    if (left > 0) setTimeout(count, 1000);
  };
  count();
}
