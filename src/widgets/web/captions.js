// Captions: tags on the left, on the right the images that have the chosen one and the caption of one of them. The kernel
// holds the lists and the files; this window asks for the thumbnails that it does not have.
//
// Keys on the images: arrows, Home and End choose; Enter goes to the caption; PageUp and PageDown turn the page; Ctrl+Z takes
// the last change back.

class Captions {
  constructor(model, el) {
    this.model = model;
    this.thumbs = new ThumbPlaces(model);
    this.root = make("div", "lkw", el);
    this.empty = make("div", "lkw-quiet", this.root, "No images yet. Drop some on the page images.");
    this.tags = new CaptionTags(model, this.root, (message) => this.editor.leave_for(message));
    const main = make("div", "lkw-main", this.root);
    const top = make("div", "lkw-row", main);
    this.count = make("div", "lkw-quiet lkw-count", top);
    this.before = button_in(top, "jupyter-button", "Previous page", () => this.turn(-1));
    this.page = make("div", "lkw-quiet", top);
    this.after = button_in(top, "jupyter-button", "Next page", () => this.turn(1));
    this.strip = make("div", "lkw-strip", main);
    this.strip.tabIndex = 0;
    for (const [name, value] of [["role", "listbox"], ["aria-label", "Images"], [SUPPRESS, ""]]) this.strip.setAttribute(name, value);
    this.strip.addEventListener("keydown", (event) => this.key(event));
    this.strip.addEventListener("click", (event) => this.click(event));
    this.editor = new CaptionEditor(model, main, { undo: () => this.take_back(), leave: () => this.strip.focus({ preventScroll: true }) });
    this.editor.on_send = () => this.mark();
    const bottom = make("div", "lkw-row", main);
    this.undo = button_in(bottom, "jupyter-button", "Undo", () => this.take_back());
    this.said = make("div", "lkw-quiet", bottom);
    this.stop = listen_to(model, {
      "change:tags change:tags_total change:tag change:search": () => this.tags.draw(),
      "change:items change:page change:pages change:found change:total": () => this.draw(),
      "change:editor": () => this.draw_editor(),
      "change:undo change:busy": () => this.mark(),
      "msg:custom": (message, buffers) => this.take(message, buffers),
    });
    this.tags.draw();
    this.draw();
    this.draw_editor();
  }

  close() {
    this.stop();
    this.tags.close();
    this.editor.close();
    this.thumbs.thumbs.clear();
  }

  take(message, buffers) {
    this.thumbs.take(message, buffers);
    if (message.kind === "thumbs" && this.model.get("editor").name) this.editor.show_image(this.thumbs.thumbs);
    if (message.kind === "counted") this.editor.take(message);
  }

  get items() {
    return this.model.get("items");
  }

  draw() {
    const [found, total, page, pages, first] = ["found", "total", "page", "pages", "first"].map((key) => this.model.get(key));
    this.root.classList.toggle("lkw-none", total === 0);
    this.tiles = this.items.map((item, i) => {
      const tile = make("div", "lkw-tile");
      tile.id = `${this.tags.prefix}-image-${i}`;
      tile.dataset.index = i;
      tile.title = `${item.label}\n${item.caption || "no caption"}`;
      tile.setAttribute("role", "option");
      tile.setAttribute("aria-label", `${item.label}: ${item.caption || "no caption"}`);
      this.thumbs.put(tile, "lkw-thumb", item);
      if (!item.caption) make("div", "lkw-no-caption", tile, "no caption");
      return tile;
    });
    this.strip.replaceChildren(...this.tiles);
    this.thumbs.begin();
    this.thumbs.ask();
    this.count.textContent = found === total ? counted(total, "image") : `${found} of ${counted(total, "image")}`;
    for (const part of [this.before, this.page, this.after]) part.classList.toggle("lkw-hidden", pages < 2);
    this.page.textContent = `${first + 1} to ${first + this.items.length}`;
    this.before.disabled = page === 0;
    this.after.disabled = page + 1 >= pages;
    this.mark();
  }

  draw_editor() {
    this.editor.draw(this.thumbs.thumbs);
    if (this.editor.refocus) this.editor.focus();
    this.editor.refocus = false;
    this.mark(true);
  }

  mark(scroll) {
    const { name } = this.model.get("editor");
    this.strip.removeAttribute("aria-activedescendant");
    this.items.forEach((item, i) => {
      const tile = this.tiles[i];
      if (!tile) return;
      const is_it = item.name === name;
      tile.setAttribute("aria-selected", String(is_it));
      if (!is_it) return;
      this.strip.setAttribute("aria-activedescendant", tile.id);
      if (scroll) this.show_tile(tile);
    });
    const undo = this.model.get("undo");
    this.undo.disabled = !undo || this.model.get("busy") || Boolean(this.editor.sent); // what it takes back is about to change
    this.said.textContent = undo;
    this.tags.mark();
  }

  // Within the strip alone: the page does not move.
  show_tile(tile) {
    const { offsetTop: top, offsetHeight: height } = tile;
    const { scrollTop, clientHeight } = this.strip;
    if (top < scrollTop) this.strip.scrollTop = top;
    if (top + height > scrollTop + clientHeight) this.strip.scrollTop = top + height - clientHeight;
  }

  choose(index) {
    const item = this.items[index];
    if (!item || item.name === this.model.get("editor").name) return;
    this.editor.leave_for({ kind: "image", name: item.name });
  }

  click(event) {
    const tile = event.target.closest(".lkw-tile");
    if (!tile) return;
    this.choose(Number(tile.dataset.index));
    this.strip.focus({ preventScroll: true });
  }

  columns() {
    const top = this.tiles[0]?.offsetTop;
    const other = this.tiles.findIndex((tile) => tile.offsetTop !== top);
    return other < 0 ? Math.max(1, this.tiles.length) : other;
  }

  key(event) {
    const { name } = this.model.get("editor");
    const at = this.items.findIndex((item) => item.name === name);
    const go = (to) => () => this.choose(Math.max(0, Math.min(this.items.length - 1, to)));
    const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    let act;
    if (command && event.code === "KeyZ") act = () => this.take_back();
    else if (!event.ctrlKey && !event.metaKey && !event.altKey)
      act = { ArrowLeft: go(at - 1), ArrowRight: go(at + 1), ArrowUp: go(at - this.columns()), ArrowDown: go(at + this.columns()),
        Home: go(0), End: go(this.items.length - 1), PageUp: () => this.turn(-1), PageDown: () => this.turn(1),
        Enter: () => this.editor.focus() }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  turn(way) {
    const page = this.model.get("page") + way;
    if (page >= 0 && page < this.model.get("pages")) this.model.send({ kind: "page", page });
  }

  take_back() {
    this.editor.settle();
    const what = this.model.get("undo");
    if (what && !this.editor.sent && !this.model.get("busy")) this.model.send({ kind: "undo", what }); // the one that is named
  }
}

export default {
  initialize: hear,
  render({ model, el }) {
    const captions = new Captions(model, el);
    return () => captions.close();
  },
};
