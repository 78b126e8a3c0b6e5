// One image with its caption: as chips, or as the text of the file. Under it what training will read of it. PageUp and
// PageDown lead to the image before and the next.
//
// What is typed is written at once: a chip when it is left, the text after a pause and when it is left. Each piece goes with
// the image and the version (`base`) that it was typed over; one that follows another before that is confirmed names it in `after`. So
// the kernel knows what a person saw while typing, and refuses what another program has changed since.

const COUNT_MS = 150;
const WRITE_MS = 1500;

class CaptionEditor {
  constructor(model, parent, { undo, leave }) {
    this.model = model;
    this.root = make("section", "lkw-editor", parent);
    this.root.setAttribute("aria-label", "Caption");
    const top = make("div", "lkw-row", this.root);
    this.before = button_in(top, "jupyter-button", "Previous", () => this.step(-1));
    this.after = button_in(top, "jupyter-button", "Next", () => this.step(1));
    this.name = make("div", "lkw-name", top);
    this.as_text = button_in(top, "jupyter-button", "As text", () => this.toggle());
    const body = make("div", "lkw-body", this.root);
    this.place = make("div", "lkw-image", body);
    this.image = make("img", "lkw-hidden", this.place);
    const side = make("div", "lkw-side", body);
    this.tags = make("div", "lkw-as-tags", side);
    this.chips = new CaptionChips(this.tags, {
      changed: (texts) => this.write({ kind: "parts", parts: texts }, texts.join(", ")),
      typing: (texts) => this.count(texts.filter(Boolean).join(", ")),
      rest: () => this.take_contents(),
      undo,
      leave,
    });
    this.lines = make("div", "lkw-quiet", this.tags);
    this.help = make("div", "lkw-quiet lkw-help", this.tags, "Double click or Enter edits a tag; drag it, or Alt with an arrow, to move it.");
    this.text = make("textarea", "lkw-text lkw-hidden", side);
    this.text.setAttribute("aria-label", "Caption as text");
    this.text.setAttribute(SUPPRESS, "");
    this.text.addEventListener("input", () => this.typed_text());
    this.text.addEventListener("blur", () => this.write_text());
    this.trouble = make("div", "lkw-trouble", side);
    this.reads = make("div", "lkw-reads", side);
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.counts = this.changes = 0;
    this.window = Math.random().toString(36).slice(2); // tells what it typed from what other windows did
  }

  close() {
    this.write_text();
    clearTimeout(this.counting);
  }

  get editor() {
    return this.model.get("editor");
  }

  // The kernel has said what the caption is.
  draw(thumbs) {
    const { editor } = this;
    if (this.shown !== editor.name) this.turn_to(editor.name);
    this.root.classList.toggle("lkw-hidden", !editor.name);
    if (!editor.name) return;
    const total = this.model.get("found");
    this.name.textContent = editor.at >= 0 ? `${editor.label} (${editor.at + 1} of ${total})` : editor.label;
    this.before.disabled = editor.at === 0;
    this.after.disabled = editor.at >= 0 && editor.at + 1 >= total;
    this.show_image(thumbs);
    this.trouble.textContent = editor.trouble;
    for (const part of [this.tags, this.reads]) part.classList.toggle("lkw-hidden", Boolean(editor.trouble));
    this.as_text.disabled = Boolean(editor.trouble);
    const lines = editor.more_lines ? `${counted(editor.more_lines, "more line")}: see them as text.` : "";
    this.lines.textContent = editor.utf16 ? `${lines} The file is UTF-16; a change saves it as UTF-8.` : lines;
    if (this.sent && editor.done.includes(this.sent)) this.sent = undefined;
    this.take_contents();
    this.draw_mode();
    if (this.sent) return;
    const { leaving, toggling } = this;
    this.leaving = this.toggling = undefined;
    if (leaving) this.model.send(leaving);
    if (toggling) this.toggle();
  }

  // What is still typed for the image that was shown is written for that one.
  turn_to(name) {
    this.settle();
    this.shown = name;
    this.base = this.sent = this.last = this.leaving = this.toggling = undefined;
    this.chips.at = 0;
  }

  // Not while something is typed, or on its way: it would be in the place of what the person sees.
  take_contents() {
    const { editor } = this;
    if (this.sent || this.is_typing || this.shown !== editor.name) return;
    if (this.base !== editor.version) {
      this.base = editor.version;
      this.chips.show(editor.parts);
      if (this.text.value !== editor.text) this.text.value = editor.text; // the caret stays where it may
    }
    if (this.chips.add.value) return; // the tokens are those of what stands there
    clearTimeout(this.counting);
    ++this.counts;
    this.show_count(editor.tokens);
  }

  get is_typing() {
    return this.chips.busy || this.dirty !== undefined;
  }

  show_image(thumbs) {
    const url = thumbs.urls.get(this.editor.id);
    this.image.alt = this.editor.label;
    this.image.classList.toggle("lkw-hidden", !url);
    if (url && this.image.src !== url) this.image.src = url;
  }

  // ---- Writing

  write(change, text) {
    this.chips.show(change.parts.map((one) => ({ text: one, sentence: false })));
    this.count(text);
    this.send(change);
  }

  send(change) {
    const id = `${this.window}-${++this.changes}`;
    this.model.send({ ...change, id, name: this.shown, version: this.base ?? "", after: this.base === undefined ? this.last ?? "" : "" });
    this.sent = this.last = id;
    this.base = undefined; // what is shown is not what the kernel knows
    this.on_send?.();
  }

  typed_text() {
    this.dirty = true;
    this.count(this.text.value);
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.write_text(), WRITE_MS);
  }

  write_text() {
    clearTimeout(this.pause);
    if (!this.dirty) return;
    this.dirty = undefined;
    if (!this.sent && this.base === this.editor.version && this.text.value === this.editor.text) return;
    this.send({ kind: "text", text: this.text.value });
  }

  // The chip or the text that is being edited ends first.
  settle() {
    this.chips.end();
    this.write_text();
  }

  step(by) {
    this.leave_for({ kind: "step", by });
  }

  // To another image, once what was typed for this one is written.
  leave_for(message) {
    this.settle();
    if (this.sent) this.leaving = message;
    else this.model.send(message);
  }

  // ---- What training reads

  count(text) {
    clearTimeout(this.counting);
    this.counting = setTimeout(() => {
      this.model.send({ kind: "count", id: `${this.window}-${++this.counts}`, name: this.shown, text });
    }, COUNT_MS);
  }

  take({ id, tokens }) {
    if (id === `${this.window}-${this.counts}`) this.show_count(tokens);
  }

  show_count({ read, unread, tokens, most }) {
    const over = tokens > most;
    this.reads.replaceChildren();
    make("div", over ? "lkw-tokens lkw-over-limit" : "lkw-tokens", this.reads,
      over ? `${tokens} tokens, of which ${most} are read` : `${tokens} of ${most} tokens`);
    const text = make("div", "lkw-read", this.reads, "Training reads: ");
    text.append(read || "nothing");
    if (unread) {
      make("span", "lkw-sr", text, " Not read: ");
      make("del", "", text, unread);
    }
  }

  // ---- As tags or as text

  toggle() {
    this.settle();
    if (this.sent) {
      this.toggling = true;
      return;
    }
    this.is_text = !this.is_text;
    this.draw_mode();
    if (this.is_text) this.text.focus({ preventScroll: true });
  }

  draw_mode() {
    const broken = Boolean(this.editor.trouble);
    this.tags.classList.toggle("lkw-hidden", broken || Boolean(this.is_text));
    this.text.classList.toggle("lkw-hidden", broken || !this.is_text);
    this.as_text.textContent = this.is_text ? "As tags" : "As text";
  }

  focus() {
    if (this.is_text) this.text.focus({ preventScroll: true });
    else (this.chips.chips?.[this.chips.at] ?? this.chips.add).focus({ preventScroll: true });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const by = { PageUp: -1, PageDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    this.refocus = true;
    this.step(by);
  }
}
