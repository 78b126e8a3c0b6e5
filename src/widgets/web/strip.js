// Where one stands: the project, and how far it is. One place for Tab; the arrows lead from item to item, as in any toolbar.
// A press is answered by the page, in its status line.

const SUPPRESS = "data-lm-suppress-shortcuts";
const SIGNS = { open: "\u25cb", part: "\u25d0", done: "\u25cf" };
const MARK_WORDS = { open: "not yet", part: "in part", done: "done" };

const make = (kind, css, parent, text) => {
  const made = document.createElement(kind);
  made.className = css;
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
};

class Strip {
  constructor(model, el) {
    this.model = model;
    this.root = make("div", "lks", el);
    this.place = make("div", "lks-place", this.root);
    this.bar = make("div", "lks-items", this.root);
    this.bar.setAttribute("role", "toolbar");
    this.bar.setAttribute("aria-label", "How far it is");
    this.bar.addEventListener("keydown", (event) => this.key(event));
    this.trouble = make("div", "lks-trouble", this.root);
    this.at = 0;
    this.draw_soon = () => this.draw();
    for (const key of ["place", "project", "folder", "trouble", "items"]) model.on(`change:${key}`, this.draw_soon);
    this.draw();
  }

  close() {
    for (const key of ["place", "project", "folder", "trouble", "items"]) this.model.off(`change:${key}`, this.draw_soon);
  }

  draw() {
    const [place, project, folder, trouble, items] = ["place", "project", "folder", "trouble", "items"].map((key) => this.model.get(key));
    // Without a project there is nothing to name: the folder is the one that the notebook lies in.
    this.place.hidden = !project;
    this.place.replaceChildren("Project ", make("b", "", undefined, place));
    this.place.title = folder;
    this.trouble.textContent = trouble ? `\u26a0 ${trouble}` : "";
    // The buttons stay, so that the focus does.
    while (this.bar.children.length > items.length) this.bar.lastChild.remove();
    while (this.bar.children.length < items.length) this.add();
    items.forEach(({ key, text, mark, cell }, i) => {
      const button = this.bar.children[i];
      button.dataset.key = key;
      button.title = `Cell ${cell}`;
      button.setAttribute("aria-label", `${text}: ${MARK_WORDS[mark]}`);
      button.classList.toggle("lks-next", mark !== "done" && items.slice(0, i).every((before) => before.mark === "done"));
      const [sign, words] = button.children;
      sign.textContent = SIGNS[mark];
      words.textContent = text;
    });
    this.rove(Math.min(this.at, Math.max(0, items.length - 1)));
  }

  add() {
    const button = make("button", "lks-item", this.bar);
    button.type = "button";
    button.setAttribute(SUPPRESS, "");
    make("span", "lks-sign", button).setAttribute("aria-hidden", "true");
    make("span", "", button);
    button.addEventListener("click", () => this.model.send({ kind: "press", key: button.dataset.key }));
  }

  rove(index) {
    this.at = index;
    [...this.bar.children].forEach((button, i) => (button.tabIndex = i === index ? 0 : -1));
  }

  key(event) {
    const last = this.bar.children.length - 1;
    const to = { ArrowLeft: this.at - 1, ArrowRight: this.at + 1, Home: 0, End: last }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.rove(Math.min(last, Math.max(0, to)));
    this.bar.children[this.at].focus();
  }
}

export default {
  initialize: hear,
  render({ model, el }) {
    const strip = new Strip(model, el);
    const life = new Life(model, el);
    return () => {
      strip.close();
      life.close();
    };
  },
};
