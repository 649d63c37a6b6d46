"""What axe finds, and what runs over the edge: of a page in each of the looks that it has."""

from __future__ import annotations

LOOKS = {
    "light and wide": {"color_scheme": "light", "viewport": {"width": 1440, "height": 900}},
    "dark and narrow": {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
}


# Read from right to left, the page is mirrored, and as wide as the window all the same.
TOO_WIDE = """() => {
  const root = document.documentElement;
  const { dir } = root;
  const found = [];
  for (const way of ["ltr", "rtl"]) {
    root.dir = way;
    if (root.scrollWidth <= root.clientWidth) continue;
    const beyond = [...document.body.querySelectorAll("*")].filter((one) => {
      const { left, right, width } = one.getBoundingClientRect();
      return width && (right > root.clientWidth + 1 || left < -1);
    });
    const named = beyond.slice(0, 3).map((one) => one.outerHTML.slice(0, 100));
    found.push(`too wide (${way}): ${named.join(" | ")}`);
  }
  root.dir = dir;
  return found;
}"""


class Report:
    """Gathers what axe finds, and what runs over the edge in either direction: one run names everything."""

    def __init__(self):
        self.faults = []

    def look(self, person, where):
        faults = person.barriers() + person.page.evaluate(TOO_WIDE)
        self.faults += [f"{where}: {fault}" for fault in faults]

    def look_in_each(self, person, where):
        """A page that stands still is loaded once, and looked at in each look; it ends as it began."""
        for name, look in reversed(LOOKS.items()):
            person.page.emulate_media(color_scheme=look["color_scheme"])
            person.page.set_viewport_size(look["viewport"])
            self.look(person, f"{where} ({name})")
