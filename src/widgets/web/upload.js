// The field on which files are dropped: images, captions, folders with what is inside, archives. It shows what goes on here;
// what came of it is the kernel's report, the same in every window. All texts of files are put in as text.

const SUPPRESS = "data-lm-suppress-shortcuts"; // JupyterLab's mark for what its shortcuts leave alone

const make = (kind, css, parent, text) => {
  const made = document.createElement(kind);
  made.className = css;
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
};
const counted = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;
const in_megabytes = (bytes) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);

// ---- What was dropped: files, and folders with all that is inside

const file_of = (entry) => new Promise((found, failed) => entry.file(found, failed));
const some_of = (reader) => new Promise((found, failed) => reader.readEntries(found, failed));

const walk = async (entry, found) => {
  if (entry.isFile) {
    found.push({ path: entry.fullPath.replace(/^\/+/, ""), file: await file_of(entry) });
    return;
  }
  const reader = entry.createReader();
  // It gives a hundred at a time, and nothing once it has given all.
  for (let some = await some_of(reader); some.length; some = await some_of(reader))
    for (const inside of some) await walk(inside, found);
};

// The entries have to be asked for before anything is waited for: the browser takes them away then.
const dropped_files = async (transfer) => {
  const entries = [...transfer.items].filter((item) => item.kind === "file").map((item) => item.webkitGetAsEntry?.());
  const plain = [...transfer.files];
  const found = [];
  if (entries.some((entry) => !entry)) for (const file of plain) found.push({ path: file.name, file });
  else for (const entry of entries) await walk(entry, found);
  return found;
};

const in_order = (one, other) => (one.path < other.path ? -1 : 1);

// One sender for each folder and window, also when the page is made again under it.
const sender_for = (model) => {
  const senders = (globalThis.lorikeet_senders ??= new Map());
  const key = model.get("key");
  if (!senders.has(key)) senders.set(key, new Sender());
  return senders.get(key);
};

class Field {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.root = make("div", "lku", el);
    this.field = make("div", "lku-field", this.root);
    make("div", "lku-title", this.field, "Drop images, folders or archives here");
    make("div", "lku-hint", this.field, "Captions (.txt) come along. Nothing is written over.");
    const buttons = make("div", "lku-buttons", this.field);
    this.chooser("Choose files", { multiple: true }, buttons);
    this.chooser("Choose a folder", { webkitdirectory: true }, buttons);
    this.make_progress();
    this.note = make("div", "lku-note", this.root);
    this.report = make("div", "lku-report", this.root);
    this.archives = make("div", "lku-archives", this.root);
    this.draw = () => this.show_progress();
    this.on_key = () => this.follow();
    this.on_state = () => this.show_state();
    model.on("change:key", this.on_key);
    model.on("change:report change:empty change:unpacked change:archives", this.on_state);
    this.frame = requestAnimationFrame(() => this.catch_drops());
    this.follow();
    this.show_state();
  }

  close() {
    cancelAnimationFrame(this.frame);
    this.model.off("change:key", this.on_key);
    this.model.off("change:report change:empty change:unpacked change:archives", this.on_state);
    this.sender?.listeners.delete(this.draw);
    for (const [name, listener] of this.drops ?? []) this.page.removeEventListener(name, listener);
  }

  button(text, parent, pressed) {
    const button = make("button", "jupyter-button", parent, text);
    button.type = "button";
    button.setAttribute(SUPPRESS, "");
    button.addEventListener("click", pressed);
    return button;
  }

  chooser(text, options, parent) {
    const input = make("input", "lku-hidden", parent);
    Object.assign(input, { type: "file", tabIndex: -1, ...options });
    input.setAttribute("aria-hidden", "true");
    input.addEventListener("change", () => {
      this.send([...input.files].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
      input.value = "";
    });
    this.button(text, parent, () => input.click());
  }

  make_progress() {
    this.progress = make("div", "lku-progress lku-hidden", this.field);
    this.words = make("div", "lku-words", this.progress);
    this.bar = make("div", "lku-bar", this.progress);
    this.done = make("div", "lku-done", this.bar);
    this.bar.setAttribute("role", "progressbar");
    this.bar.setAttribute("aria-label", "Upload");
    this.bar.setAttribute("aria-valuemin", "0");
    this.bar.setAttribute("aria-valuemax", "100");
    this.stop = this.button("Cancel", this.progress, () => this.sender.cancel());
  }

  // ---- Dropping: anywhere on the page, so that nobody misses

  catch_drops() {
    this.page = this.el.closest(".lk-page");
    if (!this.page) {
      this.frame = requestAnimationFrame(() => this.catch_drops());
      return;
    }
    const has_files = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    const over = (on) => this.field.classList.toggle("lku-over", on);
    const caught = (does) => (event) => {
      if (!has_files(event)) return;
      event.preventDefault();
      event.stopPropagation();
      does(event);
    };
    this.drops = Object.entries({
      dragenter: caught(() => over(true)),
      dragover: caught((event) => (event.dataTransfer.dropEffect = "copy")),
      dragleave: caught((event) => over(this.page.contains(event.relatedTarget))),
      drop: caught(async (event) => {
        over(false);
        await this.send(dropped_files(event.dataTransfer));
      }),
    });
    for (const [name, listener] of this.drops) this.page.addEventListener(name, listener);
  }

  // What is dropped while something goes on waits for its turn.
  async send(coming) {
    const { sender } = this;
    sender.problem = "";
    try {
      const files = await coming;
      if (files.length) await sender.send_all(files.sort(in_order));
      else sender.problem = "There is no file in it.";
    } catch (trouble) {
      console.warn("Lorikeet: a drop was not read.", trouble);
      sender.problem = "The browser could not read what was dropped. Try Choose files.";
    }
    this.draw();
  }

  // ---- What is shown

  follow() {
    this.sender?.listeners.delete(this.draw);
    this.sender = sender_for(this.model);
    this.sender.attach(this.model);
    this.sender.listeners.add(this.draw);
    this.show_progress();
  }

  show_progress() {
    const { now } = this.sender;
    this.note.textContent = this.sender.problem ?? "";
    this.progress.classList.toggle("lku-hidden", now === null);
    this.report.classList.toggle("lku-hidden", now !== null);
    if (now === null) return;
    const part = now.bytes ? Math.min(1, now.sent / now.bytes) : 0;
    this.done.style.width = `${(100 * part).toFixed(1)}%`;
    this.bar.setAttribute("aria-valuenow", String(Math.round(100 * part)));
    const counts = `${now.done} of ${counted(now.files, "file")}, ${in_megabytes(now.sent)} of ${in_megabytes(now.bytes)} MB`;
    this.words.textContent = [now.words, now.files ? counts : ""].filter(Boolean).join(" ");
  }

  show_state() {
    this.root.classList.toggle("lku-empty", Boolean(this.model.get("empty")));
    const report = this.model.get("report");
    this.report.replaceChildren();
    this.show_archives();
    if (report) this.show_report(report);
    for (const { sentence, failed, left_out, count } of this.model.get("unpacked")) {
      make("div", failed ? "lku-trouble" : "lku-sentence", this.report, sentence);
      this.list(left_out, count, `${counted(count, "file")} left out`, ([name, why]) => `${name}: ${why}`);
    }
  }

  // What lies there packed: it is unpacked or goes to the trash, from which Undo brings it back.
  show_archives() {
    this.archives.replaceChildren(...this.model.get("archives").map((shown, archive) => {
      const row = make("div", "lku-archive");
      make("span", "", row, `Not unpacked: ${shown}`);
      for (const [kind, words] of [["unpack", "Unpack"], ["remove", "Move to the trash"]]) {
        const send = () => this.model.send({ kind, archive, shown, window: this.sender.window, key: this.model.get("key") });
        this.button(words, row, send).setAttribute("aria-label", `${words}: ${shown}`);
      }
      return row;
    }));
  }

  show_report(report) {
    make("div", "lku-sentence", this.report, report.sentence);
    if (report.trouble) make("div", "lku-trouble", this.report, report.trouble);
    const [renamed, left_out] = report.counts;
    this.list(report.renamed, renamed, `${counted(renamed, "file")} got another name`, ([from, to]) => `${from} is now ${to}`);
    this.list(report.left_out, left_out, `${counted(left_out, "file")} left out`, ([name, why]) => `${name}: ${why}`);
  }

  list(lines, count, title, words) {
    if (!count) return;
    const details = make("details", "lku-list", this.report);
    make("summary", "", details, title).setAttribute(SUPPRESS, "");
    const list = make("ul", "", details);
    for (const line of lines) make("li", "", list, words(line));
    if (lines.length < count) make("li", "", list, `and ${count - lines.length} more`);
  }
}

export default {
  initialize: hear,
  render({ model, el }) {
    const field = new Field(model, el);
    return () => field.close();
  },
};
