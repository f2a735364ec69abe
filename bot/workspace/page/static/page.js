// The page's only script: it sends what people do, and swaps in what the server rendered anew.

const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
const modal = $("#modal");
const commands = $("#commands");

// Sending. One at a time and in order, so that a form is submitted after its last field was sent.

let queue = Promise.resolve();
const unsent = new Map(); // field -> timer: typed, and not with the server yet

function post(what, data) { // data may still be on its way, such as a file that is being read
  const send = async () => {
    try {
      const answer = await fetch(`${document.body.dataset.act}/${what}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(await data),
      });
      const { trouble } = answer.ok ? await answer.json() : { trouble: await answer.text() };
      if (trouble) say(trouble);
      return !trouble;
    } catch {
      say("The workspace does not answer. Is it still running?");
    }
  };
  return (queue = queue.then(send));
}

let hush;
function say(text) {
  const toast = $("#trouble");
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(hush);
  hush = setTimeout(() => (toast.hidden = true), 8000);
}

async function busy(button, work) {
  button.setAttribute("aria-busy", "true");
  await work();
  button.removeAttribute("aria-busy");
}

const surface = (element) => element.closest("[data-surface]").dataset.surface;
const named = (element) => ({ surface: surface(element), block: element.dataset.block, action: element.dataset.action });

// What a field holds, as the server reads it: text, a list of values, or files.

async function value(field) {
  if (field.type === "file") return Promise.all([...field.files].map(file));
  if (field.type !== "checkbox") return field.value;
  const group = $$(`input[name="${CSS.escape(field.name)}"]`, field.closest("[data-surface]"));
  return group.filter((each) => each.checked).map((each) => each.value);
}

async function file(each) {
  const bytes = new Uint8Array(await each.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return { name: each.name, type: each.type || "application/octet-stream", content: btoa(text) };
}

async function fill(field) {
  const timer = unsent.get(field);
  clearTimeout(timer);
  if (field.isConnected) {
    const at = named(field);
    await post("fill", value(field).then((held) => ({ ...at, value: held })));
  }
  if (unsent.get(field) === timer) unsent.delete(field);
}

const flush = () => Promise.all([...unsent.keys()].map(fill));

document.addEventListener("input", ({ target }) => {
  if (target.closest(".composer")) return compose(target);
  if (!target.matches("[data-block]") || target.matches("select, [type=checkbox], [type=radio], [type=file]")) return;
  clearTimeout(unsent.get(target));
  unsent.set(target, setTimeout(() => fill(target), 250));
});

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-block]")) fill(target);
});

// Clicking.

const CLICKS = {
  "[data-answer]": (button) => button.closest("dialog").close(button.dataset.answer),
  "[data-react]": (button) => {
    const { channel, ts } = button.closest(".message").dataset;
    post("react", { channel, ts, name: button.dataset.react });
  },
  "[data-shortcut]": (button) => {
    const { channel, ts } = button.closest(".message")?.dataset ?? {};
    button.closest("details").open = false;
    return busy(button, () => post("shortcut", { name: button.dataset.shortcut, channel, ts }));
  },
  "[data-join]": async (button) => {
    await post("join", { channel: button.dataset.join });
    location.reload();
  },
  "[data-dismiss]": (button) => post("dismiss", { surface: surface(button) }),
  "[data-close]": (button) => post("close", { surface: surface(button), all: button.dataset.close === "all" }),
  "[data-fault]": (button) => post("fault", { name: button.dataset.fault }),
  "[data-kill]": (button) => busy(button, () => post("kill", {})),
  "[data-second]": (button) => busy(button, () => post("second", {})),
  "button[data-block], a[data-block]": async (button) => {
    if ("confirm" in button.dataset && !(await confirmed(button.nextElementSibling))) return;
    await busy(button, async () => {
      await flush();
      await post("click", { ...named(button), value: button.dataset.value });
    });
  },
  "#commands li": (line) => complete(line.dataset.command),
};

document.addEventListener("click", (event) => {
  for (const menu of $$("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  for (const [selector, act] of Object.entries(CLICKS)) {
    const hit = event.target.closest(selector);
    if (hit) return act(hit);
  }
  event.target.closest(".pins a")?.closest("details").removeAttribute("open");
});

function confirmed(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.matches(".composer")) return send(form);
  if (form.matches("[data-hub]")) return hub(form, event.submitter);
  await busy($("button.primary", form), async () => {
    await flush();
    await post("submit", { surface: form.dataset.surface });
  });
});

modal?.addEventListener("cancel", (event) => {
  event.preventDefault();
  const form = $("form", modal);
  if (form) post("close", { surface: form.dataset.surface, all: false });
});

// On GitHub's tab a form is plain: what it holds, and which button sent it.

async function hub(form, button) {
  const data = Object.fromEntries(new FormData(form, button));
  await busy(button ?? form, async () => {
    if (!(await post(form.dataset.hub, data))) return;
    if (form.dataset.next) location.assign(form.dataset.next);
    form.reset();
  });
}

// Writing.

function send(form) {
  const text = form.text.value.trim();
  if (!text) return;
  form.text.value = "";
  compose(form.text);
  post("say", { channel: form.dataset.say, thread: form.dataset.thread, text });
}

const chosen = () => $("#commands:not([hidden]) [aria-selected=true]");
const offered = () => $$("#commands li:not([hidden])");
let writing;

function compose(field) {
  writing = field;
  $(".send", field.form).disabled = !field.value.trim();
  const typed = field.value;
  const wanted = /^\/\S*$/.test(typed);
  for (const line of $$("li", commands)) line.hidden = !line.dataset.command.startsWith(typed);
  commands.hidden = !wanted || !offered().length;
  select(offered()[0]);
  if (commands.hidden) return;
  const box = field.form.getBoundingClientRect();
  commands.style.left = `${box.left}px`;
  commands.style.bottom = `${innerHeight - box.top + 6}px`;
}

function select(line) {
  for (const each of $$("li", commands)) each.setAttribute("aria-selected", each === line);
}

function complete(command) {
  writing.value = `${command} `;
  commands.hidden = true;
  writing.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of $$("details.menu[open]")) menu.open = false;
    if (commands) commands.hidden = true;
  }
  if (!event.target.closest(".composer") || event.isComposing) return;
  const line = chosen();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (line && step) {
    const lines = offered();
    select(lines[(lines.indexOf(line) + step + lines.length) % lines.length]);
  } else if (line && (event.key === "Tab" || (event.key === "Enter" && event.target.value !== line.dataset.command))) {
    complete(line.dataset.command);
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.target.form.requestSubmit();
  } else return;
  event.preventDefault();
});

// Swapping: a piece of the page becomes what the server rendered; what did not change is not touched.

function swap(id, html) {
  const piece = document.getElementById(id);
  if (!piece) return;
  if (id === "composer") return join(piece, html);
  const wanted = piece.cloneNode(false);
  wanted.innerHTML = html;
  const low = $$(".scroll", piece.parentElement).filter((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 90);
  morph(piece, wanted);
  for (const box of low) box.scrollTop = box.scrollHeight;
  if (id === "modal") showModal();
}

function join(piece, html) { // only where one may write at last, or no longer: what is half written stays
  if (Boolean($("form", piece)) === html.includes("<form")) return;
  piece.innerHTML = html;
  for (const field of $$("textarea", piece)) compose(field);
}

function morph(from, to) {
  if (from.isEqualNode(to) && !from.matches("input, select, textarea")) return;
  attributes(from, to);
  children(from, to);
  if (from === document.activeElement || unsent.has(from)) return;
  if (from.matches("[type=checkbox], [type=radio]")) from.checked = to.checked;
  else if (from.matches("input:not([type=file]), textarea, select") && from.value !== to.value) from.value = to.value;
}

function attributes(from, to) {
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name) && name !== "open") from.removeAttribute(name);
}

function children(from, to) {
  const old = new Map([...from.children].filter((each) => each.id).map((each) => [each.id, each]));
  let next = from.firstChild;
  for (const want of [...to.childNodes]) {
    const match = want.id ? old.get(want.id) : next && !next.id && next.nodeName === want.nodeName ? next : null;
    if (!match || match.nodeName !== want.nodeName) {
      from.insertBefore(want, next);
    } else {
      if (match === next) next = next.nextSibling;
      else from.insertBefore(match, next);
      if (match.nodeType === Node.ELEMENT_NODE) morph(match, want);
      else if (match.data !== want.data) match.data = want.data;
    }
  }
  while (next) {
    const gone = next;
    next = next.nextSibling;
    gone.remove();
  }
}

let showing = "";
function showModal() {
  const form = $("form", modal);
  if (!form) showing = "";
  if (!form && modal.open) modal.close();
  if (form && !modal.open) modal.showModal();
  const wrong = form && $("[aria-invalid=true]", form);
  if (form && form.id !== showing) ($("[autofocus], .kit :is(input, select, textarea, button)", form) ?? form).focus();
  else if (wrong && !form.contains(document.activeElement?.closest(".kit"))) wrong.focus();
  if (form) showing = form.id;
}

// From here on we listen.

if (document.body.dataset.events) {
  new EventSource(document.body.dataset.events).onmessage = ({ data }) => {
    for (const [id, html] of Object.entries(JSON.parse(data))) swap(id, html);
  };
}
if (modal) showModal();
if (!location.hash) for (const box of $$(".scroll:not(.home)")) box.scrollTop = box.scrollHeight;
for (const field of $$(".composer textarea")) compose(field);
if (!modal?.open && matchMedia("(min-width: 701px)").matches) $(".thread textarea, .composer textarea")?.focus();
