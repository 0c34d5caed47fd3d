// Passkeys: a form that has a box for an answer asks the browser for a key, and sends on what it said. The server
// made the question, looks at the answer, and says what is wrong with it.
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  function question(how, options) {
    const asked = { ...options, challenge: bytes(options.challenge) };
    if (how === "create") {
      asked.user = { ...options.user, id: bytes(options.user.id) };
      asked.excludeCredentials = named(options.excludeCredentials);
    } else {
      asked.allowCredentials = named(options.allowCredentials);
    }
    return { publicKey: asked };
  }

  function answer(key) {
    const said = key.response;
    const response = { clientDataJSON: text(said.clientDataJSON) };
    if (said.attestationObject) {
      response.attestationObject = text(said.attestationObject);
      response.transports = said.getTransports ? said.getTransports() : [];
    } else {
      response.authenticatorData = text(said.authenticatorData);
      response.signature = text(said.signature);
      response.userHandle = said.userHandle ? text(said.userHandle) : null;
    }
    return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response });
  }

  function tell(form, words) {
    const place = form.querySelector("[data-passkey-failed]");
    place.textContent = words;
    place.hidden = false;
  }

  document.querySelectorAll("input[data-passkey]").forEach((box) => {
    const form = box.form;
    form.addEventListener("submit", async (event) => {
      if (box.value) return;
      event.preventDefault();
      if (!window.PublicKeyCredential) { tell(form, box.dataset.none); return; }
      try {
        const how = box.dataset.passkey;
        const key = await navigator.credentials[how](question(how, JSON.parse(box.dataset.options)));
        box.value = answer(key);
        form.submit();
      } catch (error) {
        tell(form, error.name === "SecurityError" ? box.dataset.none : box.dataset.failed);
      }
    });
  });
})();
