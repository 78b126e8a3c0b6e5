// A list of folders and files to choose a path from. Keys: up and down move, Enter goes in or chooses, Backspace and left go up,
// Escape closes, and the focus is on the button again. It is there while the list is open.

let pickers = 0;

class PathPicker {
  constructor(model, el) {
    this.model = model;
    this.at = 0;
    this.prefix = `lkc-${Date.now().toString(36)}-${++pickers}`;
    this.el = el;
    const name = `Choose a ${model.get("wants")}: ${model.get("field")}`;
    this.panel = make("div", "lkc-panel", el);
    this.panel.setAttribute("role", "group");
    this.panel.setAttribute("aria-label", name);
    this.panel.addEventListener("keydown", (event) => this.key(event));
    this.stop = listen_to(model, {
      "change:entries change:folder change:note": () => this.draw_soon(),
    });
    this.draw();
  }

  close() {
    this.stop();
    clearTimeout(this.waiting);
  }

  // Several of these change at once.
  draw_soon() {
    this.waiting ??= setTimeout(() => {
      this.waiting = undefined;
      this.draw();
    });
  }

  draw() {
    const [entries, folder, note] = ["entries", "folder", "note"].map((key) => this.model.get(key));
    this.at = Math.max(0, entries.findIndex(({ name }) => name === this.from));
    this.from = undefined;
    const top = make("div", "lkc-top", undefined);
    const up = button_in(top, "jupyter-button", "Up", () => this.up());
    up.disabled = folder === "/";
    const path = make("span", "lkc-folder", top, folder);
    path.title = folder;
    this.list = make("div", "lkc-list");
    this.list.tabIndex = 0;
    this.list.setAttribute(SUPPRESS, "");
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", folder);
    this.list.append(...entries.map((entry, i) => this.entry(entry, i)));
    const bottom = make("div", "lkc-bottom");
    if (this.model.get("wants") === "folder") button_in(bottom, "jupyter-button", "Choose this folder", () => this.choose());
    button_in(bottom, "jupyter-button", "Cancel", () => this.leave());
    make("span", "lkc-note", bottom, note);
    this.panel.replaceChildren(top, this.list, bottom);
    this.mark();
    if (this.drawn || document.hasFocus()) requestAnimationFrame(() => this.list.focus({ preventScroll: true }));
    if (!this.drawn && document.hasFocus()) requestAnimationFrame(() => this.panel.scrollIntoView({ block: "nearest" }));
    this.drawn = true;
  }

  entry({ label, kind }, index) {
    const place = make("div", `lkc-entry lkc-${kind}`);
    place.id = `${this.prefix}-${index}`;
    place.setAttribute("role", "option");
    make("i", `fa fa-${kind === "folder" ? "folder-o" : "file-o"}`, place).setAttribute("aria-hidden", "true");
    make("span", "", place, kind === "folder" ? `${label}/` : label);
    place.addEventListener("click", () => {
      this.at = index;
      this.enter();
    });
    return place;
  }

  mark() {
    [...this.list.children].forEach((place, i) => place.setAttribute("aria-selected", String(i === this.at)));
    const chosen = this.list.children[this.at];
    if (!chosen) return this.list.removeAttribute("aria-activedescendant");
    this.list.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  // ---- What is done

  enter() {
    const entry = this.model.get("entries")[this.at];
    if (!entry) return;
    if (entry.kind === "folder") this.model.send({ kind: "into", name: entry.name });
    else this.choose(entry.name);
  }
  up() {
    this.from = this.model.get("folder").split("/").at(-1);
    this.model.send({ kind: "up" });
  }
  choose(name = "") {
    this.to_button();
    this.model.send({ kind: "choose", name });
  }
  leave() {
    this.to_button();
    this.model.send({ kind: "close" });
  }
  // This list goes; the focus does not go with it.
  to_button() {
    this.el.closest(".lk-picker")?.querySelector(".lkc-button")?.focus({ preventScroll: true });
  }

  key(event) {
    const in_list = event.target === this.list;
    const last = this.list.children.length - 1;
    const to = { ArrowUp: this.at - 1, ArrowDown: this.at + 1, Home: 0, End: last }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") this.leave();
    else if (!in_list) return;
    else if (to !== undefined) {
      this.at = Math.min(last, Math.max(0, to));
      this.mark();
    } else if (event.key === "Enter" || event.key === "ArrowRight") this.enter();
    else if (event.key === "Backspace" || event.key === "ArrowLeft") this.up();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

export default {
  initialize: hear,
  render({ model, el }) {
    const picker = new PathPicker(model, el);
    return () => picker.close();
  },
};
