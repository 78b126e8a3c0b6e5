// The images of a dataset, a page of them at a time, with the first words of their captions. The kernel holds the list; this
// window asks for the thumbnails that it does not have ("want") and keeps them by the version of the image.
//
// What is chosen is `selected`, the same in every window. Keys: arrows, Home and End move; Space chooses; Shift chooses from
// there to here; PageUp and PageDown turn the page; Enter shows it large; Delete moves to the trash; Ctrl+Z takes
// the last change back.

const TYPING_MS = 250;
const WHOLE = 0.99; // of an image: a frame round all of it tells nothing

let galleries = 0;

class Gallery {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.prefix = `lkg-${Date.now().toString(36)}-${++galleries}`;
    this.thumbs = new Thumbs();
    this.tiles = [];
    this.at = 0; // the tile that the keys work on
    this.anchor = 0; // where Shift chooses from
    this.build();
    this.handlers = {
      "change:items": () => {
        this.draw();
        this.draw_rows();
      },
      "change:selected": () => this.mark(),
      "change:undo change:busy change:found change:total change:page change:pages change:filter change:findings change:finding": () => this.draw_rows(),
      "msg:custom": (message, buffers) => this.take(message, buffers),
    };
    for (const [name, handler] of Object.entries(this.handlers)) model.on(name, handler);
    this.draw();
    this.draw_rows();
  }

  close() {
    for (const [name, handler] of Object.entries(this.handlers)) this.model.off(name, handler);
    clearTimeout(this.typing);
    this.thumbs.clear();
  }

  // ---- The parts that stay

  build() {
    this.root = make("div", "lkg", this.el);
    const top = make("div", "lkg-row", this.root);
    const label = make("label", "lkg-filter", top, "Filter by caption");
    this.filter = make("input", "", label);
    this.filter.type = "text";
    this.filter.setAttribute(SUPPRESS, "");
    this.filter.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.model.send({ kind: "filter", text: this.filter.value }), TYPING_MS);
    });
    const kinds = make("label", "lkg-filter", top, "Finding");
    this.finding = make("select", "", kinds);
    this.finding.setAttribute(SUPPRESS, "");
    this.finding.addEventListener("change", () => this.model.send({ kind: "finding", finding: this.finding.value }));
    this.kinds = kinds;
    this.count = make("div", "lkg-count", top);
    this.grid = make("div", "lkg-grid", this.root);
    this.grid.tabIndex = 0;
    for (const [name, value] of [["role", "listbox"], ["aria-label", "Images"], ["aria-multiselectable", "true"], [SUPPRESS, ""]])
      this.grid.setAttribute(name, value);
    this.grid.addEventListener("keydown", (event) => this.key(event));
    this.grid.addEventListener("click", (event) => this.click(event));
    this.grid.addEventListener("dblclick", () => this.view.open());
    this.view = new GalleryView(this);
    this.root.append(this.view.root);
    const bottom = make("div", "lkg-row", this.root);
    this.trash = this.button("", bottom, () => this.delete_chosen());
    this.undo = this.button("Undo", bottom, () => this.take_back());
    this.said = make("div", "lkg-said", bottom);
    const pages = make("div", "lkg-pages", bottom);
    this.before = this.button("Previous page", pages, () => this.turn(-1));
    this.page = make("div", "lkg-page", pages);
    this.after = this.button("Next page", pages, () => this.turn(1));
    this.pages = pages;
  }

  button(text, parent, pressed) {
    const button = make("button", "jupyter-button", parent, text);
    button.type = "button";
    button.setAttribute(SUPPRESS, "");
    button.addEventListener("click", pressed);
    return button;
  }

  draw_rows() {
    const [found, total, page, pages, undo] = ["found", "total", "page", "pages", "undo"].map((key) => this.model.get(key));
    this.root.classList.toggle("lkg-none", total === 0 && !undo);
    const count = found === total ? counted(total, "image") : `${found} of ${counted(total, "image")}`;
    this.count.textContent = this.items.some((item) => item.frame) ? `${count}. Framed: what training takes.` : count;
    if (document.activeElement !== this.filter) this.filter.value = this.model.get("filter");
    this.draw_findings();
    const before = this.undo.disabled;
    this.undo.disabled = !undo || this.model.get("busy");
    this.said.textContent = undo;
    if (!before && this.undo.disabled && document.activeElement === document.body) this.grid.focus({ preventScroll: true });
    this.pages.classList.toggle("lkg-one", pages < 2);
    this.page.textContent = `${page + 1} of ${pages}`;
    this.before.disabled = page === 0;
    this.after.disabled = page + 1 >= pages;
    this.mark();
  }

  draw_findings() {
    const findings = this.model.get("findings");
    this.kinds.classList.toggle("lkg-hidden", !findings.length);
    this.finding.replaceChildren(new Option("all images", ""), ...findings.map(({ kind, words }) => new Option(words, kind)));
    this.finding.value = this.model.get("finding");
  }

  // ---- The images

  get items() {
    return this.model.get("items");
  }

  draw() {
    const ids = new Map(this.tiles.map((tile) => [tile.item.id, tile]));
    const kept_name = this.tiles[this.at]?.item.name;
    this.tiles = this.items.map((item, i) => this.tile(item, i, ids.get(item.id)));
    this.grid.replaceChildren(...this.tiles.map((tile) => tile.place));
    const same = this.items.findIndex((item) => item.name === kept_name);
    this.at = Math.max(0, same >= 0 ? same : Math.min(this.at, this.tiles.length - 1));
    this.anchor = Math.min(this.anchor, Math.max(0, this.tiles.length - 1));
    this.ask();
    this.mark();
    this.view.draw();
  }

  tile(item, i, known) {
    const place = make("div", "lkg-tile");
    place.id = `${this.prefix}-${i}`;
    place.setAttribute("role", "option");
    place.dataset.index = i;
    const without = item.bad_caption ? "caption cannot be read" : "no caption";
    const words = item.chips.length ? item.chips.join(", ") : without;
    place.setAttribute("aria-label", [`${item.label}: ${words}`, ...(item.findings ?? [])].join(", "));
    place.title = item.caption ? `${item.label}\n${item.caption}` : item.label;
    const frame = make("div", "lkg-frame", place);
    const image = known?.image ?? make("img", "lkg-image");
    image.alt = item.label;
    image.draggable = false;
    frame.append(image);
    const tile = { item, place, image };
    if (item.frame && Math.min(item.frame[2], item.frame[3]) < WHOLE) this.draw_cut(frame, image, item.frame);
    if (item.findings) make("div", "lkg-finding", frame, item.findings.join(", "));
    make("div", "lkg-mark", frame, "\u2713").setAttribute("aria-hidden", "true");
    const chips = make("div", "lkg-chips", place);
    for (const chip of item.chips) make("span", "lkg-chip", chips, chip);
    if (item.more) make("span", "lkg-more", chips, "\u2026");
    if (!item.chips.length) make("span", "lkg-more", chips, without);
    make("div", "lkg-name", place, item.label);
    this.show_thumb(tile);
    return tile;
  }

  // What training cuts, over the image as it lies in its square.
  draw_cut(frame, image, [left, top, width, height]) {
    const cut = make("div", "lkg-cut", frame);
    const fit = () => {
      const { naturalWidth: w, naturalHeight: h } = image;
      if (!w || !h) return;
      const [part_w, part_h] = w > h ? [1, h / w] : [w / h, 1];
      const at = (start, part) => `${100 * ((1 - part) / 2 + start * part)}%`;
      Object.assign(cut.style, { left: at(left, part_w), top: at(top, part_h), width: `${100 * width * part_w}%`,
        height: `${100 * height * part_h}%` });
    };
    image.addEventListener("load", fit);
    fit();
  }

  ask() {
    const names = this.items.filter((item) => !this.thumbs.has(item.id)).map((item) => item.name);
    this.thumbs.trim(new Set(this.items.map((item) => item.id)));
    if (names.length) this.model.send({ kind: "want", names });
  }

  take(message, buffers) {
    if (message.kind === "large") this.view.take(message, buffers);
    if (message.kind !== "thumbs") return;
    this.thumbs.take(message.ids, buffers);
    for (const id of message.broken) this.thumbs.broken.add(id);
    const came = new Set([...message.ids, ...message.broken]);
    for (const tile of this.tiles) if (came.has(tile.item.id)) this.show_thumb(tile);
  }

  show_thumb({ item, place, image }) {
    const url = this.thumbs.urls.get(item.id);
    if (url && image.src !== url) image.src = url;
    image.classList.toggle("lkg-hidden", !url);
    if (!this.thumbs.broken.has(item.id) || place.querySelector(".lkg-broken")) return;
    make("div", "lkg-broken", place.querySelector(".lkg-frame"), "cannot be read");
  }

  // ---- Choosing

  get chosen() {
    return this.model.get("selected");
  }

  choose(names) {
    this.model.set("selected", names);
    this.model.save_changes();
    this.mark();
  }

  toggle(index) {
    const { name } = this.items[index];
    this.choose(this.chosen.includes(name) ? this.chosen.filter((one) => one !== name) : [...this.chosen, name]);
  }

  choose_range(index) {
    const [low, high] = [Math.min(this.anchor, index), Math.max(this.anchor, index)];
    const range = this.items.slice(low, high + 1).map((item) => item.name);
    this.choose([...new Set([...this.chosen, ...range])]);
  }

  mark() {
    const chosen = new Set(this.chosen);
    this.tiles.forEach(({ item, place }, i) => {
      place.setAttribute("aria-selected", String(chosen.has(item.name)));
      place.classList.toggle("lkg-at", i === this.at);
    });
    if (this.tiles[this.at]) this.grid.setAttribute("aria-activedescendant", this.tiles[this.at].place.id);
    else this.grid.removeAttribute("aria-activedescendant");
    const one = this.view.is_open && this.tiles.length > 0; // with none chosen: the one that is shown large
    this.trash.textContent = chosen.size
      ? `Move ${counted(chosen.size, "image")} to the trash`
      : `Move ${one ? "this image " : ""}to the trash`;
    this.trash.disabled = !(chosen.size || one) || this.model.get("busy");
  }

  click(event) {
    const tile = event.target.closest(".lkg-tile");
    if (!tile) return;
    const index = Number(tile.dataset.index);
    this.at = index;
    if (event.shiftKey) this.choose_range(index);
    else this.toggle(index);
    if (!event.shiftKey) this.anchor = index;
    this.grid.focus({ preventScroll: true });
  }

  // ---- Keys

  columns() {
    const top = this.tiles[0]?.place.offsetTop;
    const other = this.tiles.findIndex((tile) => tile.place.offsetTop !== top);
    return other < 0 ? Math.max(1, this.tiles.length) : other;
  }

  key(event) {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns(), ArrowDown: this.columns() };
    const does = {
      " ": () => this.tiles.length && this.toggle(this.at),
      Home: () => this.move_to(0, event.shiftKey),
      End: () => this.move_to(this.tiles.length - 1, event.shiftKey),
      PageUp: () => this.turn(-1),
      PageDown: () => this.turn(1),
      Delete: () => this.delete_chosen(),
      Enter: () => this.view.open(),
    };
    if (this.chosen.length) does.Escape = () => this.choose([]); // else it leads out of the page
    const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    let act;
    if (plain && event.key in steps) act = () => this.move_to(this.at + steps[event.key], event.shiftKey);
    else if (plain && event.key in does) act = does[event.key];
    else if (command && event.code === "KeyZ") act = () => this.take_back();
    else if (command && event.code === "KeyA") act = () => this.choose(this.items.map((item) => item.name));
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  move_to(index, choosing) {
    if (index < 0 || index >= this.tiles.length) return;
    this.at = index;
    if (choosing) this.choose_range(index);
    else this.anchor = index;
    this.mark();
    this.tiles[index].place.scrollIntoView({ block: "nearest" });
  }

  turn(way) {
    const page = this.model.get("page") + way;
    if (page < 0 || page >= this.model.get("pages")) return;
    this.at = this.anchor = 0;
    this.model.send({ kind: "page", page });
    this.grid.scrollIntoView({ block: "nearest" });
  }

  // The chosen ones, or with none chosen the one that the keys are at.
  delete_chosen() {
    if (this.model.get("busy")) return;
    this.delete_these(this.chosen.length ? this.chosen : [this.items[this.at]?.name].filter(Boolean));
    (this.view.is_open ? this.view.root : this.grid).focus({ preventScroll: true });
  }

  delete_these(names) {
    if (!names.length || this.model.get("busy")) return;
    this.model.send({ kind: "trash", names });
    this.choose([]); // else what comes back would come back chosen
  }

  take_back() {
    if (this.model.get("undo") && !this.model.get("busy")) this.model.send({ kind: "undo" });
  }
}

export default {
  initialize: hear,
  render({ model, el }) {
    const gallery = new Gallery(model, el);
    return () => gallery.close();
  },
};
