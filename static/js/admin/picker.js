/**
 * Django's picker of groups and permissions names its two search fields by an image, and does not say that it is one: who
 * does not see it would hear no name. Django makes the pickers when the page is loaded, before this is asked.
 */
addEventListener("load", () => {
  for (const image of document.querySelectorAll(".selector .search-label-icon[aria-label]")) {
    image.setAttribute("role", "img");
  }
});
