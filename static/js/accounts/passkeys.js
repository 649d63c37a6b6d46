/** Passkeys: the server's question to the browser, and the browser's answer back (WebAuthn, Level 2). */

import { t } from "../lib/i18n.js";
import { find, icon, make } from "../lib/dom.js";

/**
 * Show the passkey forms where they can work: in a browser that knows passkeys, on a page that has a name.
 *
 * @param {ParentNode} root
 */
export function enablePasskeys(root) {
  if (!canUsePasskeys()) return;
  for (const form of root.querySelectorAll("form[data-passkey]")) {
    enable(/** @type {HTMLFormElement} */ (form));
  }
  for (const hint of root.querySelectorAll("[data-passkey-missing]")) hint.remove();
}

function canUsePasskeys() {
  // A passkey belongs to a domain; an address of numbers is none.
  const isNumber = /^[\d.]+$|:/u.test(location.hostname);
  return window.isSecureContext && "PublicKeyCredential" in window && !isNumber;
}

/** @param {HTMLFormElement} form */
function enable(form) {
  /** @type {HTMLInputElement} */
  const answer = find(form, "input[name=credential]");
  const trouble = find(form, "[data-passkey-trouble]");
  /** @type {HTMLButtonElement} */
  const button = find(form, "button");
  form.hidden = false;

  form.addEventListener("submit", (event) => {
    // The second time, with the answer in it, it goes its way.
    if (answer.value) return;
    event.preventDefault();
    trouble.hidden = true;
    button.disabled = true;
    ask(form)
      .then((credential) => {
        answer.value = JSON.stringify(credential);
        button.disabled = false;
        form.requestSubmit(button);
      })
      .catch((/** @type {unknown} */ error) => {
        button.disabled = false;
        trouble.replaceChildren(icon("warning"), make("span", {}, inWords(error)));
        trouble.hidden = false;
      });
  });
}

/**
 * @param {HTMLFormElement} form
 * @returns {Promise<object>} the credential as JSON
 */
async function ask(form) {
  const question = await readQuestion(form);
  if (form.dataset["passkey"] === "add") {
    const { publicKey } = question.creation_options;
    return written(await navigator.credentials.create({ publicKey: forCreating(publicKey) }));
  }
  return written(
    await navigator.credentials.get({ publicKey: forUsing(question.request_options.publicKey) }),
  );
}

/** @param {HTMLFormElement} form */
async function readQuestion(form) {
  const { options, optionsUrl } = form.dataset;
  if (options) return JSON.parse(document.getElementById(options)?.textContent ?? "");
  const response = await fetch(optionsUrl ?? "", { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`The server answered ${response.status}`);
  return response.json();
}

/**
 * @param {any} publicKey
 * @returns {PublicKeyCredentialCreationOptions}
 */
function forCreating(publicKey) {
  return {
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    user: { ...publicKey.user, id: bytes(publicKey.user.id) },
    excludeCredentials: (publicKey.excludeCredentials ?? []).map(descriptor),
    // A passkey: kept by the device, found without a name typed, opened by its owner only.
    authenticatorSelection: {
      ...publicKey.authenticatorSelection,
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    },
  };
}

/**
 * @param {any} publicKey
 * @returns {PublicKeyCredentialRequestOptions}
 */
function forUsing(publicKey) {
  return {
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    allowCredentials: (publicKey.allowCredentials ?? []).map(descriptor),
  };
}

/** @param {any} known */
function descriptor(known) {
  return { ...known, id: bytes(known.id) };
}

/**
 * The browser's answer in the words of JSON (WebAuthn, 5.1.8); not every browser can say it itself.
 *
 * @param {Credential | null} credential
 */
function written(credential) {
  const given = /** @type {PublicKeyCredential} */ (credential);
  const { response } = given;
  return {
    id: given.id,
    rawId: text(given.rawId),
    type: given.type,
    authenticatorAttachment: given.authenticatorAttachment,
    clientExtensionResults: given.getClientExtensionResults(),
    response:
      response instanceof AuthenticatorAttestationResponse
        ? {
            clientDataJSON: text(response.clientDataJSON),
            attestationObject: text(response.attestationObject),
            transports: response.getTransports(),
          }
        : writtenAssertion(/** @type {AuthenticatorAssertionResponse} */ (response)),
  };
}

/** @param {AuthenticatorAssertionResponse} response */
function writtenAssertion(response) {
  return {
    clientDataJSON: text(response.clientDataJSON),
    authenticatorData: text(response.authenticatorData),
    signature: text(response.signature),
    userHandle: response.userHandle ? text(response.userHandle) : null,
  };
}

/** @param {string} base64url */
function bytes(base64url) {
  const plain = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

/** @param {ArrayBuffer} buffer */
function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {unknown} error */
function inWords(error) {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "AbortError":
      return t("No passkey was chosen. Try again, or go another way.");
    case "InvalidStateError":
      return t("This device has a passkey for your account already.");
    default:
      return t("The passkey did not work here. Go another way this time.");
  }
}
