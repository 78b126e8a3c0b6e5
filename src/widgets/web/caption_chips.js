// The tags of one caption as chips. The cross removes one, a double click edits it, dragging orders them. Keys: arrows move,
// Delete removes, Enter edits, Alt with an arrow moves the chip; a letter begins a new tag.
//
// `changed` gets the new list of texts, `typing` what it would be by now; `rest` is told when a chip is no longer edited or dragged.

class CaptionChips {
  constructor(parent, { changed, typing, rest, undo, leave }) {
    Object.assign(this, { changed, typing, rest, undo, leave, parts: [], at: 0 });
    this.root = make("div", "lkw-chips", parent);
    this.root.setAttribute("role", "listbox");
    this.root.setAttribute("aria-label", "Tags of this caption");
    this.root.setAttribute("aria-orientation", "horizontal");
    this.root.addEventListener("keydown", (event) => this.key(event));
    const label = make("label", "lkw-add", parent, "Add");
    this.add = make("input", "", label);
    Object.assign(this.add, { type: "text", placeholder: "tags, with commas between" });
    this.add.setAttribute(SUPPRESS, "");
    this.add.addEventListener("input", () => this.typing([...this.texts, this.add.value]));
    this.add.addEventListener("keydown", (event) => this.key_in_add(event));
    this.add.addEventListener("blur", () => this.take_added());
  }

  get texts() {
    return this.parts.map((part) => part.text);
  }

  // A chip is edited or dragged: nothing may take its place.
  get busy() {
    return this.end_edit !== undefined || this.dragged !== undefined;
  }

  // What is edited or stands in the field is taken.
  end() {
    this.end_edit?.(true);
    this.take_added();
    this.dragged = undefined;
  }

  show(parts) {
    this.parts = parts;
    const had_focus = this.root.contains(document.activeElement) || this.lost_focus;
    this.lost_focus = false;
    this.at = Math.max(0, Math.min(this.at, parts.length - 1));
    this.chips = parts.map((part, i) => this.chip(part, i));
    this.root.replaceChildren(...this.chips);
    if (!parts.length) make("div", "lkw-quiet", this.root, "No caption yet.");
    this.mark();
    if (!had_focus) return;
    if (this.chips.length) this.chips[this.at].focus({ preventScroll: true });
    else this.add.focus({ preventScroll: true });
  }

  chip(part, i) {
    const chip = make("div", part.sentence ? "lkw-chip lkw-sentence" : "lkw-chip");
    chip.setAttribute("role", "option");
    chip.setAttribute("aria-label", part.text);
    chip.setAttribute(SUPPRESS, "");
    chip.draggable = true;
    make("span", "lkw-chip-text", chip, part.text);
    const cross = make("button", "lkw-cross", chip, "\u00d7");
    cross.type = "button";
    cross.tabIndex = -1; // Delete does it for the keyboard
    cross.title = "Remove";
    cross.setAttribute("aria-label", `Remove ${part.text}`);
    cross.setAttribute(SUPPRESS, "");
    cross.addEventListener("click", (event) => {
      event.stopPropagation();
      this.remove(i);
    });
    chip.addEventListener("focus", () => {
      this.at = i;
      this.mark();
    });
    chip.addEventListener("dblclick", () => this.edit(i));
    this.make_draggable(chip, i);
    return chip;
  }

  mark() {
    this.chips.forEach((chip, i) => {
      chip.tabIndex = i === this.at ? 0 : -1;
      chip.setAttribute("aria-selected", String(i === this.at));
    });
  }

  // ---- What changes

  take(texts, at = this.at) {
    this.at = at;
    this.lost_focus = this.root.contains(document.activeElement);
    this.changed(texts);
  }

  remove(i) {
    this.take(this.texts.filter((_, k) => k !== i), i);
  }

  move(from, to) {
    if (to < 0 || to >= this.parts.length || from === to) return;
    const texts = this.texts;
    texts.splice(to, 0, ...texts.splice(from, 1));
    this.take(texts, to);
  }

  take_added() {
    const text = this.add.value.trim();
    this.add.value = "";
    if (text) this.changed([...this.texts, text]);
  }

  edit(i) {
    const chip = this.chips[i];
    if (!chip || chip.querySelector("input")) return;
    const text = this.parts[i].text;
    const field = make("input", "lkw-edit");
    Object.assign(field, { type: "text", value: text });
    field.setAttribute("aria-label", "Edit");
    field.setAttribute(SUPPRESS, "");
    field.style.width = `${Math.min(60, Math.max(8, text.length + 2))}ch`;
    chip.draggable = false;
    chip.querySelector(".lkw-chip-text").replaceWith(field);
    const with_it = () => this.texts.map((one, k) => (k === i ? field.value.trim() : one)).filter(Boolean);
    const end = (kept) => {
      if (this.end_edit !== end) return; // over already
      this.end_edit = undefined;
      this.lost_focus = chip.contains(document.activeElement);
      if (kept && field.value.trim() !== text) return this.take(with_it(), i);
      this.show(this.parts);
      this.rest();
    };
    this.end_edit = end;
    field.addEventListener("input", () => this.typing(with_it()));
    field.addEventListener("blur", () => end(true));
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") end(true);
      if (event.key === "Escape") end(false);
    });
    field.focus();
    field.select();
  }

  // ---- Keys

  key(event) {
    if (event.target.tagName === "INPUT") return;
    const command = event.ctrlKey || event.metaKey;
    const { at } = this;
    const go = (to) => this.chips[Math.max(0, Math.min(this.chips.length - 1, to))]?.focus();
    let act;
    if (command && !event.altKey && event.code === "KeyZ") act = () => this.undo();
    else if (!command && event.altKey)
      act = { ArrowLeft: () => this.move(at, at - 1), ArrowRight: () => this.move(at, at + 1),
        Home: () => this.move(at, 0), End: () => this.move(at, this.parts.length - 1) }[event.key];
    else if (!command)
      act = { ArrowLeft: () => go(at - 1), ArrowRight: () => go(at + 1), ArrowUp: () => go(at - 1), ArrowDown: () => go(at + 1),
        Home: () => go(0), End: () => go(this.chips.length - 1), Delete: () => this.remove(at), Backspace: () => this.remove(at),
        Enter: () => this.edit(at), F2: () => this.edit(at), Escape: () => this.leave() }[event.key];
    const types = !command && !event.altKey && event.key.length === 1 && event.key !== " ";
    if (!act && types) return this.add.focus(); // and the letter goes there
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  key_in_add(event) {
    if (event.key === "Enter") this.take_added();
    else if (event.key === "Escape") this.add.value = "";
    else if (event.key === "Backspace" && !this.add.value && this.parts.length) this.chips.at(-1).focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // ---- Dragging

  make_draggable(chip, i) {
    const mine = (event) => this.dragged !== undefined && (event.preventDefault(), event.stopPropagation(), true);
    chip.addEventListener("dragstart", (event) => {
      event.stopPropagation();
      this.dragged = i;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", this.parts[i].text);
    });
    chip.addEventListener("dragover", (event) => mine(event) && chip.classList.add("lkw-over"));
    chip.addEventListener("dragleave", () => chip.classList.remove("lkw-over"));
    chip.addEventListener("dragend", () => {
      this.dragged = undefined;
      this.rest();
    });
    chip.addEventListener("drop", (event) => {
      const from = this.dragged;
      if (!mine(event)) return;
      chip.classList.remove("lkw-over");
      this.dragged = undefined;
      this.move(from, i);
    });
  }
}
