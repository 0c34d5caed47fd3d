// What the pages do beyond HTML and htmx: shortcuts, focus, announcements, copying. All of it can be missing.
(() => {
  "use strict";
  const body = document.body;
  const say = (words) => {
    const place = document.getElementById("announcements");
    if (!place || !words) return;
    place.textContent = "";
    setTimeout(() => { place.textContent = words; }, 50);
  };
  const remember = {
    read(key) { try { return localStorage.getItem(key); } catch { return null; } },
    write(key, value) { try { localStorage.setItem(key, value); } catch { /* a browser that keeps nothing */ } },
  };

  // --- Shortcuts: single letters, so they can be switched off (WCAG 2.1.4) and never fire while typing.
  const SWITCH = "lightkeeper.shortcuts";
  const switchedOn = () => remember.read(SWITCH) !== "off";
  const typing = (at) => at.closest?.("input, textarea, select, [contenteditable]") !== null;
  let goingSince = 0;

  function openDialog(id) {
    const dialog = document.getElementById(id);
    if (dialog && !dialog.open) dialog.showModal();
  }
  const SINGLE = {
    "/": () => document.getElementById("site-search"),
    "?": () => { openDialog("shortcuts"); return null; },
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      document.querySelectorAll("details.person[open]").forEach((open) => {
        open.open = false;
        open.querySelector("summary").focus();
      });
    }
    if (!switchedOn() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (Date.now() - goingSince < 1500) {
      goingSince = 0;
      const place = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (place) { event.preventDefault(); location.assign(place.href); return; }
    }
    if (event.key === "g") { goingSince = Date.now(); return; }
    if (event.key in SINGLE) {
      event.preventDefault();
      const box = SINGLE[event.key]();
      if (box) { box.focus(); box.select(); }
    }
  });
  const toggle = document.getElementById("shortcuts-on");
  if (toggle) {
    toggle.checked = switchedOn();
    toggle.addEventListener("change", () => remember.write(SWITCH, toggle.checked ? "on" : "off"));
  }

  // --- Clicks: the menu on a small screen, dialogs, copying.
  document.addEventListener("click", (event) => {
    const at = event.target;
    const menuButton = at.closest(".menu-button");
    if (menuButton) {
      const open = menuButton.getAttribute("aria-expanded") !== "true";
      menuButton.setAttribute("aria-expanded", String(open));
      document.getElementById("menu").classList.toggle("open", open);
    }
    const opens = at.closest("[data-opens]");
    if (opens) openDialog(opens.dataset.opens);
    const closes = at.closest("[data-closes]");
    if (closes) document.getElementById(closes.dataset.closes).close();
    const copy = at.closest("[data-copy]");
    if (copy) copyText(copy);
    document.querySelectorAll("details.person[open]").forEach((open) => {
      if (!open.contains(at)) open.open = false;
    });
  });
  async function copyText(button) {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      const words = button.previousElementSibling;
      if (words) getSelection().selectAllChildren(words);
      return;
    }
    button.classList.add("copied");
    say(`${body.dataset.copied}: ${button.dataset.copy}`);
    setTimeout(() => button.classList.remove("copied"), 1500);
  }

  // --- Errors of a form: the summary takes the focus and the title says so.
  function meetErrors(within) {
    const summary = within.querySelector(".error-summary");
    if (!summary) return false;
    summary.focus();
    const prefix = body.dataset.errorPrefix;
    if (prefix && !document.title.startsWith(prefix)) document.title = `${prefix} ${document.title}`;
    return true;
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".error-summary a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.closest(".field") || field).scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  });

  // --- A form is sent once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "get" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    event.submitter?.classList.add("busy");
  });
  addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
    document.querySelectorAll("button.busy").forEach((button) => button.classList.remove("busy"));
  });

  // --- What was being written when a session ended: back into its form, for its writer to send. Nothing is sent here.
  const WRITTEN_BY_HAND = (input) => !["hidden", "password", "file", "submit", "button", "image", "reset"].includes(input.type);
  function putBack(input, values) {
    if (input.type === "checkbox" || input.type === "radio") input.checked = values.includes(input.value);
    else if (input.type === "select-multiple") for (const option of input.options) option.selected = values.includes(option.value);
    else input.value = values.shift() ?? input.value;
  }
  function giveBack(note) {
    const path = (address) => (address ?? "").split("?")[0];
    const forms = [...document.forms].filter((one) => one.method === "post" && path(one.getAttribute("action")) === path(note.dataset.action));
    const form = forms.find((one) => one.getAttribute("action") === note.dataset.action) ?? forms[0];
    if (!form) return;
    form.setAttribute("action", note.dataset.action);
    const rows = [...note.querySelectorAll("[data-field]")];
    const written = new Map(rows.map((row) => [row.dataset.field, [...row.querySelectorAll("dd")].map((dd) => dd.textContent)]));
    let placed = 0;
    for (const input of form.elements) {
      if (!input.name || !WRITTEN_BY_HAND(input)) continue;
      if (!written.has(input.name) && input.type !== "checkbox") continue;
      putBack(input, written.get(input.name) ?? []);
      placed += 1;
    }
    if (!placed) return;
    for (const row of rows) if (form.elements.namedItem(row.dataset.field)) row.remove();
    const list = note.querySelector("dl");
    if (!list.children.length) list.remove();
    note.querySelector("p").textContent = note.dataset.placed;
    for (let at = form.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
  }
  document.querySelectorAll("#draft").forEach(giveBack);

  // --- htmx: keep the reader's place when a part of the page changes.
  let lostFocus = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const target = event.detail.target;
    lostFocus = Boolean(target) && target.contains(document.activeElement) && document.activeElement !== body;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const arrived = event.detail.elt;
    if (!(arrived instanceof Element)) return;
    announceProgress(arrived);
    if (meetErrors(arrived)) return;
    if (lostFocus && (document.activeElement === body || document.activeElement === null)) {
      const place = arrived.querySelector("[data-focus], h1, h2, h3") || arrived;
      if (!place.hasAttribute("tabindex")) place.setAttribute("tabindex", "-1");
      place.focus({ preventScroll: true });
    }
    lostFocus = false;
  });
  function refuse(sentence) {
    const place = document.getElementById("messages");
    if (!place) return;
    const notice = document.createElement("div");
    notice.className = "notice danger";
    notice.setAttribute("role", "alert");
    notice.append(Object.assign(document.createElement("p"), { textContent: sentence }));
    place.replaceChildren(notice);
    notice.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("htmx:responseError", (event) => {
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    refuse(page.querySelector("[data-sentence]")?.textContent.trim() || body.dataset.failed);
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, () => refuse(body.dataset.offline));
  }

  // --- Progress is asked every two seconds and spoken at each quarter.
  let spoken = "";
  function announceProgress(arrived) {
    const bar = arrived.matches("[data-progress]") ? arrived : arrived.querySelector("[data-progress]");
    if (!bar) return;
    const per100 = Number(bar.dataset.progress);
    const stage = bar.dataset.over ? "over" : String(Math.floor(per100 / 25));
    if (`${bar.id}:${stage}` === spoken) return;
    spoken = `${bar.id}:${stage}`;
    say(bar.querySelector(".legend")?.textContent.replace(/\s+/g, " ").trim());
  }

  meetErrors(document);
})();
