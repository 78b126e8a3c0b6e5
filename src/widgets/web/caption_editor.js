// One image with its caption: as chips, or as the text of the file. Under it what training will read of it. PageUp and
// PageDown lead to the image before and the next.
//
// What is typed is written at once: a chip when it is left, the text after a pause and when it is left. What is typed while
// the kernel still writes waits for it.

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
      undo,
      leave,
    });
    this.lines = make("div", "lkw-quiet", this.tags);
    this.help = make("div", "lkw-quiet", this.tags, "Double click or Enter edits a tag; drag it, or Alt with an arrow, to move it.");
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
    this.root.classList.toggle("lkw-hidden", !editor.name);
    if (!editor.name) return;
    const other = this.shown !== editor.name;
    this.shown = editor.name;
    const total = this.model.get("found");
    this.name.textContent = editor.at >= 0 ? `${editor.label} (${editor.at + 1} of ${total})` : editor.label;
    this.before.disabled = editor.at === 0;
    this.after.disabled = editor.at >= 0 && editor.at + 1 >= total;
    this.show_image(thumbs);
    this.trouble.textContent = editor.trouble;
    for (const part of [this.tags, this.reads]) part.classList.toggle("lkw-hidden", Boolean(editor.trouble));
    this.as_text.disabled = Boolean(editor.trouble);
    if (other) {
      this.chips.editing = false;
      this.chips.dragged = undefined;
      this.chips.at = 0;
      this.next = this.sent = this.leaving = undefined;
    }
    if (this.sent && editor.done !== this.sent.id && editor.version === this.sent.version) return; // it is still being written
    const { next } = this;
    this.next = this.sent = undefined;
    if (next) { // typed meanwhile, over what is written now
      this.drawn = undefined;
      this.send(next);
    } else {
      if (other || this.drawn !== editor.version) this.chips.show(editor.parts);
      this.drawn = editor.version;
      if (other || document.activeElement !== this.text) this.text.value = editor.text;
      if (other || !this.is_typing) {
        clearTimeout(this.counting); // of what is no more
        ++this.counts;
        this.show_count(editor.tokens);
      }
      if (this.leaving) this.model.send(this.leaving);
      this.leaving = undefined;
    }
    this.lines.textContent = editor.more_lines ? `${counted(editor.more_lines, "more line")}: see them as text.` : "";
    this.draw_mode();
  }

  get is_typing() {
    return this.chips.editing || Boolean(this.chips.add.value) || document.activeElement === this.text;
  }

  show_image(thumbs) {
    const url = thumbs.urls.get(this.editor.id);
    this.image.alt = this.editor.label;
    this.image.classList.toggle("lkw-hidden", !url);
    if (url && this.image.src !== url) this.image.src = url;
  }

  // ---- Writing

  write(change, text) {
    this.drawn = undefined; // what is shown is not what the kernel knows
    this.chips.show(change.parts?.map((one) => ({ text: one, sentence: false })) ?? this.chips.parts);
    this.count(text);
    if (this.sent) this.next = change;
    else this.send(change);
  }

  send(change) {
    this.sent = { id: `${this.window}-${++this.changes}`, version: this.editor.version };
    this.model.send({ ...change, ...this.sent });
  }

  typed_text() {
    this.dirty = this.shown;
    this.count(this.text.value);
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.write_text(), WRITE_MS);
  }

  write_text() {
    clearTimeout(this.pause);
    if (this.dirty !== this.shown || this.dirty === undefined) return;
    this.dirty = undefined;
    if (this.text.value === this.editor.text) return;
    const change = { kind: "text", text: this.text.value };
    if (this.sent) this.next = change;
    else this.send(change);
  }

  // The chip or the text that is being edited ends first.
  settle() {
    if (this.root.contains(document.activeElement) && document.activeElement.matches("input, textarea")) document.activeElement.blur();
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
    this.counting = setTimeout(() => this.model.send({ kind: "count", id: String(++this.counts), text }), COUNT_MS);
  }

  take({ id, tokens }) {
    if (id === String(this.counts)) this.show_count(tokens);
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
    this.is_text = !this.is_text;
    if (this.is_text) this.text.value = this.editor.text;
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
