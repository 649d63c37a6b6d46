/** Whether somebody is pressing: nothing may move under a finger between its coming down and its click. */
/** @type {Promise<void> | null} */
let pressing = null;

document.addEventListener(
  "pointerdown",
  () => {
    pressing ??= new Promise((resolve) => {
      const end = () => {
        for (const name of ["pointerup", "pointercancel"]) document.removeEventListener(name, end, true);
        pressing = null;
        // After the click that follows.
        setTimeout(resolve);
      };
      for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, end, true);
    });
  },
  true,
);

export function isPressing() {
  return pressing !== null;
}

/** Waits until nothing is pressed, and what was has had its click. */
export async function released() {
  await pressing;
}
