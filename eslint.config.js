import { readFileSync } from "node:fs";
import globals from "globals";
import { parser, plugin } from "typescript-eslint";

const MARKUP = "Text from people reaches the page through textContent (STYLE: JavaScript).";
const markup = ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "createContextualFragment"];

// Values in, values out: these know neither the page nor the network.
const listed = readFileSync(new URL("docs/pure.md", import.meta.url), "utf8");
const pure = [...listed.matchAll(/^- `(static\/\S+)`$/gmu)].map(([, name]) =>
  name.endsWith("/") ? `${name}**/*.js` : name,
);
const world = [
  ...[
    "document",
    "window",
    "navigator",
    "location",
    "fetch",
    "WebSocket",
    "RTCPeerConnection",
    "AudioContext",
  ],
  ...[
    "localStorage",
    "sessionStorage",
    "indexedDB",
    "performance",
    "setTimeout",
    "setInterval",
    "requestAnimationFrame",
  ],
];

// The folders that main.js names as capabilities of the room (docs/development.md).
const capabilities = [
  ...readFileSync(new URL("static/js/room/main.js", import.meta.url), "utf8").matchAll(
    /import\("\.\/([a-z]+)\/index\.js"\)/g,
  ),
].map(([, name]) => name);

/** @param {...{regex: string, message: string}} patterns */
const unimported = (...patterns) => ({ "no-restricted-imports": ["error", { patterns }] });

const UNNAMED = {
  regex: `/(${capabilities.join("|")})/`,
  message: "A capability is a folder that can be deleted: only its line in main.js names it.",
};

export default [
  { ignores: [".pytest_cache/", ".venv*/", "data/", "node_modules/", "test-results/"] },
  {
    files: ["static/js/**/*.js"],
    languageOptions: {
      globals: globals.browser,
      parser,
      parserOptions: { project: "./jsconfig.json" },
    },
    plugins: { typescript: plugin },
    rules: { "typescript/no-floating-promises": "error", "typescript/no-misused-promises": "error" },
  },
  {
    files: ["tests/browser/*.js", "tests/network/*.js"],
    languageOptions: { globals: globals.browser, sourceType: "script" },
  },
  {
    files: ["tests/js/**/*.js", "tests/**/*.mjs", "*.config.js"],
    languageOptions: { globals: globals.node },
  },
  {
    rules: {
      curly: ["error", "multi-line"],
      eqeqeq: "error",
      "no-alert": "error",
      "no-console": ["error", { allow: ["warn", "error"] }],
      "no-empty": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-restricted-properties": ["error", ...markup.map((property) => ({ property, message: MARKUP }))],
      "no-undef": "error",
      "no-unused-vars": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["static/js/room/**/*.js"],
    ignores: ["static/js/room/main.js"],
    rules: unimported(UNNAMED),
  },
  {
    files: capabilities.map((name) => `static/js/room/${name}/**/*.js`),
    rules: unimported({
      regex: "^\\.\\./(?!\\.\\./lib/)",
      message: "A capability knows of the room what `begin` is handed, and lib/.",
    }),
  },
  {
    files: ["static/js/room/views/*.js"],
    rules: unimported(UNNAMED, {
      regex: "^\\./[a-z-]+\\.js$",
      message: "A view takes state and gives DOM. What two of them need is in words/, parts/ or lib/.",
    }),
  },
  {
    files: pure,
    rules: {
      "no-restricted-globals": ["error", ...world],
    },
  },
];
