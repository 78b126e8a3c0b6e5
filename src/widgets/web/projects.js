// The projects as cards: the first three images of each, its name, when it was last used, how far it is. The kernel holds the
// list and does what is asked; this window only shows it. What cannot be lost without a word is asked in the card itself, with
// the safe answer in the focus; Escape is that answer too.

const AGES = [[60, "minute"], [3600, "hour"], [86400, "day"]];

const since = (seconds) => {
  const passed = Date.now() / 1000 - seconds;
  if (passed < 90) return "now";
  for (const [length, word] of AGES.toReversed())
    if (passed >= length) {
      const number = Math.floor(passed / length);
      if (word === "day" && number > 14) break;
      return `${counted(number, word)} ago`;
    }
  return new Date(seconds * 1000).toLocaleDateString(undefined, { year: "numeric", month: "short", day: "numeric" });
};

class Projects {
  constructor(model, el) {
    this.model = model;
    this.root = make("div", "lkp", el);
    this.thumbs = new ThumbPlaces(model);
    this.build();
    const rows = () => this.draw_rows();
    this.stop = listen_to(model, {
      "change:cards change:ask": () => this.draw(),
      "change:undo change:trash change:restore change:trouble change:busy": rows,
      "msg:custom": (message, buffers) => this.take(message, buffers),
    });
    this.draw();
  }

  close() {
    this.stop();
    this.thumbs.thumbs.clear();
  }

  take(message, buffers) {
    this.thumbs.take(message, buffers);
    if (message.kind === "made") this.name.value = "";
  }

  button(parent, text, pressed, css = "") {
    return button_in(parent, `jupyter-button ${css}`, text, pressed);
  }

  // ---- The parts that stay

  build() {
    const form = make("div", "lkp-new", this.root);
    const label = make("label", "lkp-label", form, "New project");
    this.name = make("input", "", label);
    this.name.type = "text";
    this.name.placeholder = "a name";
    this.name.setAttribute(SUPPRESS, "");
    this.name.addEventListener("keydown", (event) => event.key === "Enter" && !event.isComposing && this.create());
    this.button(form, "Create", () => this.create());
    this.trouble = make("div", "lkp-trouble", this.root);
    this.grid = make("div", "lkp-grid", this.root);
    this.grid.setAttribute("role", "list");
    this.row = make("div", "lkp-row", this.root);
    this.undo = this.button(this.row, "Undo", () => this.model.send({ kind: "undo" }));
    this.undone = make("span", "lkp-said", this.row);
    this.trash = make("span", "lkp-trash", this.row);
    this.restore = this.button(this.row, "", () => this.model.send({ kind: "restore" }));
    this.empty = this.button(this.row, "Empty the trash", () => this.model.send({ kind: "ask_empty" }));
    this.question = make("div", "lkp-question", this.root);
  }

  create() {
    this.model.send({ kind: "create", name: this.name.value });
  }

  // ---- The cards

  draw() {
    const at = document.activeElement?.closest?.(".lkp-card")?.dataset.id;
    const had = at !== undefined && this.grid.contains(document.activeElement);
    const what = document.activeElement?.dataset?.what;
    this.asked = undefined;
    const ask = this.model.get("ask");
    this.grid.replaceChildren(...this.model.get("cards").map((card) => this.card(card, ask?.id === card.id ? ask : undefined)));
    this.thumbs.begin();
    this.thumbs.ask();
    this.draw_rows();
    if (this.asked && document.hasFocus()) this.asked.focus({ preventScroll: true });
    else if (had) this.card_of(at)?.querySelector(`[data-what="${what}"]`)?.focus({ preventScroll: true });
  }

  card_of(id) {
    return [...this.grid.children].find((card) => card.dataset.id === id);
  }

  card(card, ask) {
    const place = make("div", "lkp-card");
    place.dataset.id = card.id;
    place.setAttribute("role", "listitem");
    place.classList.toggle("lkp-is-open", card.open);
    const face = button_in(place, "lkp-face", undefined, () => !card.open && this.model.send({ kind: "open", id: card.id }));
    face.dataset.what = "face";
    face.title = card.folder;
    face.setAttribute("aria-label", card.open ? `${card.name} is open` : `Open ${card.name}`);
    const images = make("div", "lkp-images", face);
    for (let i = 0; i < 3; ++i)
      if (card.images[i]) this.thumbs.put(images, "lkp-image", { id: card.images[i], label: `An image of ${card.name}` });
      else make("div", "lkp-image", images);
    const title = make("div", "lkp-title", face);
    make("span", "lkp-name", title, card.name);
    if (card.open) make("span", "lkp-open", title, "\u2713 open");
    make("div", "lkp-facts", face, card.facts);
    make("div", "lkp-facts", face, card.used ? `Used ${since(card.used)}` : "");
    if (ask) this.ask_in(place, ask);
    else this.actions(place, card);
    return place;
  }

  actions(place, card) {
    const row = make("div", "lkp-actions", place);
    const add = (text, what, pressed) => {
      const button = this.button(row, text, pressed);
      button.dataset.what = what;
      button.setAttribute("aria-label", `${text} ${card.name}`);
    };
    if (card.open) add("Close", "open", () => this.model.send({ kind: "close" }));
    else add("Open", "open", () => this.model.send({ kind: "open", id: card.id }));
    add("Rename", "rename", () => {
      const field = this.rename(place, row, card);
      field.focus({ preventScroll: true });
      field.select();
    });
    add("Delete", "delete", () => this.model.send({ kind: "ask_delete", id: card.id }));
    if (this.renaming?.id === card.id) this.rename(place, row, card);
  }

  // What is typed here stays when the cards are drawn again meanwhile.
  rename(place, row, card) {
    const line = make("div", "lkp-actions", place);
    const field = make("input", "", line);
    field.type = "text";
    field.dataset.what = "field";
    field.value = this.renaming?.name ?? card.name;
    this.renaming = { id: card.id, name: field.value };
    field.addEventListener("input", () => (this.renaming = { id: card.id, name: field.value }));
    field.setAttribute("aria-label", `New name of ${card.name}`);
    field.setAttribute(SUPPRESS, "");
    const take = () => {
      this.renaming = undefined;
      this.model.send({ kind: "rename", id: card.id, name: field.value });
    };
    const leave = () => {
      this.renaming = undefined;
      line.replaceWith(row);
      row.querySelector('[data-what="rename"]').focus({ preventScroll: true });
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) take();
      else if (event.key === "Escape") leave();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.button(line, "Rename", take);
    this.button(line, "Cancel", leave);
    row.replaceWith(line);
    return field;
  }

  ask_in(place, { words, yes }) {
    make("div", "lkp-words", place, words).setAttribute("role", "alert");
    const row = make("div", "lkp-actions", place);
    const keep = () => this.model.send({ kind: "keep" });
    this.asked = this.button(row, "Keep", keep);
    this.button(row, yes, () => this.model.send({ kind: "yes" }));
    row.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      keep();
    });
  }

  draw_rows() {
    const [undo, trash, busy, ask] = ["undo", "trash", "busy", "ask"].map((key) => this.model.get(key));
    this.undone.textContent = undo;
    this.undo.hidden = !undo;
    this.trash.textContent = trash;
    this.empty.hidden = !trash;
    this.restore.hidden = !this.model.get("restore");
    this.restore.textContent = `Restore ${this.model.get("restore")}`;
    this.trouble.textContent = this.model.get("trouble");
    this.row.hidden = !undo && !trash;
    for (const button of this.root.querySelectorAll("button")) button.disabled = busy;
    this.question.replaceChildren();
    if (ask && !ask.id) this.ask_in(this.question, ask);
    if (ask && !ask.id && document.hasFocus()) this.asked.focus({ preventScroll: true });
  }
}

export default {
  initialize: hear,
  render({ model, el }) {
    const projects = new Projects(model, el);
    return () => projects.close();
  },
};
