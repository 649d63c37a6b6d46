import assert from "node:assert/strict";
import { test } from "node:test";
import { mentions } from "../../static/js/room/chat/mentions.js";
import { links } from "../../static/js/room/chat/links.js";
import { markup, plainText } from "../../static/js/room/chat/markup.js";

/** @import { Inline, Part } from "../../static/js/room/chat/markup.js" */

/** A tree in few words. @param {readonly (Part | Inline)[]} parts @returns {string} */
const shown = (parts) =>
  parts
    .map((part) => {
      switch (part.type) {
        case "text":
          return part.text;
        case "paragraph":
          return `p(${shown(part.children)})`;
        case "list":
          return part.items
            .map(({ number, children }) => `${part.isNumbered ? number : "-"}(${shown(children)})`)
            .join("");
        case "block":
          return `block(${part.language ? `${part.language}: ` : ""}${part.text})`;
        case "code":
        case "link":
        case "mention":
          return `${part.type}(${part.text})`;
        default:
          return `${part.type}(${shown(part.children)})`;
      }
    })
    .join("");

/** @param {string} text */
const read = (text) => shown(markup(text));

/** @param {string} text */
const addresses = (text) => links(text).map(({ text: words }) => words);

/** @param {string} text */
const hosts = (text) => links(text).map(({ host }) => host);

test("words are bold and italic as they are marked", () => {
  assert.equal(read("**now** or *never*"), "p(bold(now) or italic(never))");
  assert.equal(read("**all *of* it**"), "p(bold(all italic(of) it))");
  assert.equal(read("***both***"), "p(bold(italic(both)))");
  assert.equal(read("(**so**), *that*."), "p((bold(so)), italic(that).)");
  assert.equal(read("这是**粗体**字"), "p(这是bold(粗体)字)");
});

test("asterisks that mark nothing stay", () => {
  for (const text of ["2*3*4", "2 * 3 * 4", "**", "*a", "a*", "**a*", "****a****", "a ** b ** c"]) {
    assert.equal(read(text), `p(${text})`);
  }
  // What was begun within is no beginning any more.
  assert.equal(read("**a *b** c*"), "p(bold(a *b) c*)");
  assert.equal(read("*1 *2 *3 *4 *5 and *this*"), "p(*1 *2 *3 *4 *5 and italic(this))");
});

test("code is left as it is", () => {
  assert.equal(read("run `a *b* https://c.example` now"), "p(run code(a *b* https://c.example) now)");
  assert.equal(read("``a`b``"), "p(code(a`b))");
  assert.equal(read("` ` and ``open"), "p(` ` and ``open)");
  assert.equal(read("```\na\n\n  **b**\n```\nthen"), "block(a\n\n  **b**)p(then)");
  assert.equal(read("```js\nlet a;\n```"), "block(js: let a;)");
  assert.equal(read("```let a;```"), "block(let a;)");
  assert.equal(read("```\nnever *closed*"), "p(```\nnever italic(closed))");
});

test("lists have their numbers, and lists in them", () => {
  assert.equal(read("Buy:\n- milk\n- *two* eggs\nDone"), "p(Buy:)-(p(milk))-(p(italic(two) eggs))p(Done)");
  assert.equal(read("1. a\n2) b\n7. c"), "1(p(a))2(p(b))7(p(c))");
  assert.equal(read("- a\n  - b\n  - c\n- d"), "-(p(a)-(p(b))-(p(c)))-(p(d))");
  for (const text of ["-5 degrees", "2027. A year", "007. Bond", "-"]) assert.equal(read(text), `p(${text})`);
});

test("quotes have what is quoted in them", () => {
  assert.equal(read("> a\n> > b\nc"), "quote(p(a)quote(p(b)))p(c)");
  assert.equal(read("> - a\n> - `b`"), "quote(-(p(a))-(p(code(b))))");
  assert.equal(read("a > b"), "p(a > b)");
});

test("who is addressed is named where they are, also within other parts", () => {
  const text = "Hi @Bob\n> - **@Carol Méndez** said so";
  const addressed = ["@Bob", "@Carol Méndez"].map((word) => ({
    start: text.indexOf(word),
    end: text.indexOf(word) + word.length,
    names: [word.slice(1)],
  }));
  assert.equal(
    shown(markup(text, addressed)),
    "p(Hi mention(@Bob))quote(-(p(bold(mention(@Carol Méndez)) said so)))",
  );
});

test("addresses of the web become links, without the sentence around them", () => {
  assert.deepEqual(addresses("See https://a.example/x?y=1#z, (http://b.example/) and https://c.example."), [
    "https://a.example/x?y=1#z",
    "http://b.example/",
    "https://c.example",
  ]);
  assert.deepEqual(addresses("https://d.example/wiki/Table_(round)"), [
    "https://d.example/wiki/Table_(round)",
  ]);
  assert.equal(read("**https://e.example**"), "p(bold(link(https://e.example)))");
});

test("an address leads where it says, whatever turns the writing direction in it", () => {
  const [part] = markup("https://bank.example/\u202Emoc.elpmaxe.live//:sptth");
  const [link] = part?.type === "paragraph" ? part.children : [];
  assert.deepEqual(link, {
    type: "link",
    text: "https://bank.example/moc.elpmaxe.live//:sptth",
    href: "https://bank.example/moc.elpmaxe.live//:sptth",
    host: "",
  });
});

test("nothing else becomes a link", () => {
  for (const text of [
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://a.example",
    "www.a.example",
    "http://",
    "xhttps://a.example",
  ]) {
    assert.deepEqual(addresses(text), [], text);
  }
});

test("markup of pages stays text, and every character is kept", () => {
  const text = 'Look: https://a.example/<script>alert("1")</script> & more';
  assert.equal(plainText(markup(text)), text);
  assert.deepEqual(addresses(text), ["https://a.example/"]);
});

test("where an address is not what it looks like, its host is said", () => {
  assert.deepEqual(hosts("https://bank.example@live.example/"), ["live.example"]);
  assert.deepEqual(hosts("https://bank.example:80@live.example/"), ["live.example"]);
  assert.deepEqual(hosts("https://bank.example\\@live.example/"), ["bank.example"]);
  // Cyrillic, mixed and whole; as a browser is told.
  assert.deepEqual(hosts("https://bаnk.example/"), ["xn--bnk-6cd.example"]);
  assert.deepEqual(hosts("https://сосо.example/"), [new URL("https://сосо.example/").host]);
  // Armenian, Lisu and Coptic letters that are drawn as Latin ones.
  assert.deepEqual(hosts("https://սոօ.example/"), ["xn--mbbjz.example"]);
  assert.deepEqual(hosts("https://ꓐꓬ.example/"), ["xn--3l8a3b.example"]);
  assert.deepEqual(hosts("https://ⲟⲟ.example/"), ["xn--zhja.example"]);
  assert.deepEqual(hosts("https://հայաստան.example/ https://ไทย.example/ https://भारत.example/"), [
    "",
    "",
    "",
  ]);
  // In a line that goes from the right, what follows such letters stands before the host.
  assert.deepEqual(hosts("https://evil.example/אב/https://bank.example"), ["evil.example"]);
  assert.deepEqual(hosts("https://xn--bnk-6cd.example/"), ["xn--bnk-6cd.example"]);
  assert.deepEqual(hosts("http://0x7f.1/"), ["127.0.0.1"]);
  assert.deepEqual(hosts("https://ex%61mple.org/"), ["example.org"]);
  assert.deepEqual(hosts("https://bank.example。live.example/"), ["bank.example.live.example"]);
  assert.deepEqual(hosts("https://bıtly.example/"), [new URL("https://bıtly.example/").host]);
});

test("letters that are read as others, and marks that nobody sees under a link, are a disguise", () => {
  for (const host of [
    // A capital i, as the l that it looks like.
    "paypaI.example",
    "iCIoud.example",
    // Small capitals, clicks, letters of phoneticians, strokes that are laid over.
    ...["\u0262oogle.example", "paypa\u01C0.example", "\u028Bisa.example", "\u0185ank.example"],
    "a\u0338pple.example",
    // Dots and lines under a letter.
    ...["pạypal.example", "faceḅook.example", "goo\u0331gle.example"],
  ]) {
    const address = `https://${host}/login`;
    assert.deepEqual(hosts(address), [new URL(address).host], host);
  }
});

test("an address in the letters of its own language is left alone", () => {
  for (const host of [
    "IBM.example",
    "đại-học-việt.example",
    "łódź-ćma.example",
    "știri.example",
    "ağ-şeker.example",
    "ɛwɔ.example",
    "müller.example",
    "правда.example",
    "日本のサイト.example",
    "ニュースabc.example",
    "ελληνικά.example",
  ]) {
    assert.deepEqual(hosts(`https://${host}/`), [""], host);
  }
  assert.deepEqual(hosts("https://EXAMPLE.org:8443/a@b?c=@d"), [""]);
});

/** Always the same numbers from 0 to `most`. */
function dice(seed = 7) {
  let state = seed;
  return (/** @type {number} */ most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % most;
  };
}

const PIECES = [
  ..."*`>-_~#[]()\\\n\n \t@:/",
  ...["**", "***", "```", "```\n", "\n> ", "\n- ", "\n1. ", "\n  ", "https://a.example/", "http://", "@Bob"],
  ...["a", "Ж", "字", "é", "😀", "\u202E", "\uD800", "ﷺ", "0", "2."],
];

test("of whatever is written no letter is lost, and none is added", () => {
  const next = dice();
  for (let round = 0; round < 3_000; round += 1) {
    const text = Array.from({ length: next(60) }, () => PIECES[next(PIECES.length)]).join("");
    const at = text.indexOf("@Bob");
    const addressed = at < 0 ? [] : [{ start: at, end: at + 4, names: ["Bob"] }];
    // The letters alone: what marks, and numbers of lists, are shown otherwise.
    const letters = (/** @type {string} */ said) => said.match(/[\p{L}\p{So}]/gu)?.join("");
    assert.equal(letters(plainText(markup(text, addressed))), letters(text), JSON.stringify(text));
  }
});

test("a tree is bounded", () => {
  /** @param {readonly (Part | Inline)[]} parts @returns {{depth: number, count: number}} */
  const measure = (parts) => {
    const inside = parts.map((part) =>
      measure(
        "items" in part
          ? part.items.flatMap(({ children }) => children)
          : "children" in part
            ? part.children
            : [],
      ),
    );
    return {
      depth: 1 + Math.max(0, ...inside.map(({ depth }) => depth)),
      count: parts.length + inside.reduce((sum, { count }) => sum + count, 0),
    };
  };
  for (const text of [
    ">".repeat(4_000),
    "- ".repeat(2_000),
    "- a\n".repeat(1_000),
    "`a`".repeat(1_333),
    "*a ".repeat(1_300),
  ]) {
    const { depth, count } = measure(markup(text));
    assert.ok(depth <= 12 && count <= 3_000, `${text.slice(0, 6)}: ${depth} deep, ${count} parts`);
  }
});

test("whoever is called by name is addressed, and nobody else", () => {
  const addressed = (body) => mentions(body, ["Alice", "Bob", "Carol"]).flatMap(({ names }) => names);
  for (const body of ["@Alice", "so, @alice: when?", "(@ALICE)", "@Carol and @Alice"]) {
    assert.ok(addressed(body).includes("Alice"), body);
  }
  for (const body of ["Alice", "bob@alice.example", "@Alicent", "@ Alice", "@Carol"]) {
    assert.ok(!addressed(body).includes("Alice"), body);
  }
});

/** What costs a careless reader the most, each so long. @param {number} length */
function hostile(length) {
  const pieces = [
    ...[
      "*",
      "**",
      "***",
      "`",
      "``",
      ">",
      "> ",
      "- ",
      "1. ",
      "```\n",
      "\n",
      "*a ",
      " a*",
      "**a *b ",
      "(",
      ")",
      "@Bob ",
      "[",
      "_",
    ],
    ...[
      "https://",
      "https://a)",
      "https://a.b/((((",
      "https://a.b/))))",
      "`a` ``b`` ",
      "\n  - ",
      "> - > ",
      "é\u0301",
      "https://а",
    ],
    ...["`\n``\n```", "*`*`", "- a\n  b\n"],
  ];
  return [
    ...pieces.map((piece) => piece.repeat(length / piece.length)),
    Array.from({ length: Math.sqrt(2 * length) - 1 }, (_, i) => "`".repeat(i)).join(" "),
    `https://a/${")".repeat(length - 20)}`,
    Array.from({ length: length / 13 }, (_, i) => `${"  ".repeat(i % 9)}- ${"*".repeat(i % 5)}`).join("\n"),
  ];
}

test("four times as many hostile characters take about four times as long, and not sixteen times", () => {
  const addressed = Array.from({ length: 32 }, (_, i) => ({ start: i * 5, end: i * 5 + 4, names: ["Bob"] }));
  /** Of the processor, in microseconds: the machine may be busy with something else. @param {string} text */
  const cost = (text) => {
    const begun = process.cpuUsage();
    markup(text, addressed);
    const { user, system } = process.cpuUsage(begun);
    return user + system;
  };
  const long = hostile(16_000);
  for (const [i, text] of hostile(4_000).entries()) {
    let [once, fourTimes] = [Infinity, Infinity];
    // Of what takes no longer than this nobody can tell how it grows.
    const isSlow = () => fourTimes > 8 * once + 2_000;
    for (let tries = 0; tries < 20 && (tries === 0 || isSlow()); tries += 1) {
      once = Math.min(once, cost(text));
      fourTimes = Math.min(fourTimes, cost(/** @type {string} */ (long[i])));
    }
    assert.ok(!isSlow(), `${JSON.stringify(text.slice(0, 12))}: ${once} and ${fourTimes} µs`);
  }
});
