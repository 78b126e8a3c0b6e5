// The tags of a dataset by how many images have them. One that is chosen leaves only its images; keys: arrows move, Enter or
// Space choose, Escape shows all images again, Delete proposes to remove the tag everywhere.

const SEARCH_MS = 200;

class CaptionTags {
  constructor(model, parent, leave_for) {
    this.model = model;
    this.leave_for = leave_for; // an image may be left by it
    this.at = 0;
    this.prefix = `lkw-tag-${++parts_made}`;
    this.root = make("section", "lkw-tags", parent);
    const label = make("label", "lkw-label", this.root, "Tags");
    this.search = make("input", "", label);
    Object.assign(this.search, { type: "text", placeholder: "search" });
    this.search.setAttribute("aria-label", "Search tags");
    this.search.setAttribute(SUPPRESS, "");
    this.search.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => model.send({ kind: "search", text: this.search.value }), SEARCH_MS);
    });
    this.list = make("div", "lkw-tag-list", this.root);
    this.list.tabIndex = 0;
    for (const [name, value] of [["role", "listbox"], ["aria-label", "Tags by how many images have them"], [SUPPRESS, ""]])
      this.list.setAttribute(name, value);
    this.list.addEventListener("click", (event) => this.click(event));
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.rest = make("div", "lkw-quiet", this.root);
    const actions = make("div", "lkw-row", this.root);
    this.remove = button_in(actions, "jupyter-button", "Remove everywhere", () => this.propose("remove"));
    this.replace = button_in(actions, "jupyter-button", "Replace everywhere", () => this.propose("replace"));
    this.all = button_in(actions, "jupyter-button", "All images", () => this.choose(""));
  }

  close() {
    clearTimeout(this.typing);
  }

  draw() {
    const tags = this.model.get("tags");
    const chosen = this.model.get("tag");
    const scrolled = this.list.scrollTop;
    this.rows = tags.map(([tag, images, key], i) => {
      const row = make("div", "lkw-tag");
      row.id = `${this.prefix}-${i}`;
      row.dataset.index = i;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(key === chosen));
      row.setAttribute("aria-label", `${tag}, ${counted(images, "image")}`);
      make("span", "lkw-tag-name", row, tag);
      make("span", "lkw-tag-count", row, String(images));
      return row;
    });
    this.list.replaceChildren(...this.rows);
    this.list.scrollTop = scrolled;
    this.at = Math.min(this.at, Math.max(0, tags.length - 1));
    const total = this.model.get("tags_total");
    this.rest.textContent = total > tags.length ? `and ${total - tags.length} more: search for them`
      : total ? "" : this.model.get("search") ? "No tag like this." : "No tags yet.";
    if (document.activeElement !== this.search) this.search.value = this.model.get("search");
    this.mark();
  }

  mark() {
    this.rows?.forEach((row, i) => row.classList.toggle("lkw-at", i === this.at));
    if (this.rows?.[this.at]) this.list.setAttribute("aria-activedescendant", this.rows[this.at].id);
    else this.list.removeAttribute("aria-activedescendant");
    const none = !this.model.get("tag");
    for (const button of [this.remove, this.replace]) button.disabled = none || this.model.get("busy");
    this.all.disabled = none;
  }

  choose(key) {
    this.leave_for({ kind: "tag", tag: key === this.model.get("tag") ? "" : key });
  }

  propose(kind) {
    const chosen = this.model.get("tags").find(([, , key]) => key === this.model.get("tag"));
    if (chosen && !this.model.get("busy")) this.model.send({ kind, tag: chosen[0] });
  }

  click(event) {
    const row = event.target.closest(".lkw-tag");
    if (!row) return;
    this.at = Number(row.dataset.index);
    this.choose(this.model.get("tags")[this.at][2]);
    this.list.focus({ preventScroll: true });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const tags = this.model.get("tags");
    const to = (index) => () => {
      if (!tags.length) return;
      this.at = Math.max(0, Math.min(tags.length - 1, index));
      this.mark();
      this.rows[this.at].scrollIntoView({ block: "nearest" });
    };
    const enter = () => tags[this.at] && this.choose(tags[this.at][2]);
    const does = {
      ArrowUp: to(this.at - 1), ArrowDown: to(this.at + 1), Home: to(0), End: to(tags.length - 1),
      PageUp: to(this.at - 10), PageDown: to(this.at + 10), Enter: enter, " ": enter,
      Escape: () => this.model.get("tag") && this.choose(""),
      Delete: () => this.propose("remove"),
    };
    if (!does[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    does[event.key]();
  }
}
