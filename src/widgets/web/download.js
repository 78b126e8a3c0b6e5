// A link to a file through Jupyter's server, which is asked first whether it has it: it hands out what lies below its own folder
// and is not hidden. It looks at the notebook's path through what anywidget hands on of JupyterLab's widget manager.

const base_url = () => {
  const config = document.getElementById("jupyter-config-data");
  try {
    return JSON.parse(config?.textContent ?? "{}").baseUrl ?? "/";
  } catch {
    return "/";
  }
};

class Link {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.draw = () => this.show();
    model.on("change:file", this.draw);
    this.show();
  }

  close() {
    this.model.off("change:file", this.draw);
  }

  async show() {
    const file = this.model.get("file");
    this.el.replaceChildren();
    if (!file) return;
    const notebook = this.model.widget_manager?.context?.path ?? "";
    const parts = [...notebook.split(":").at(-1).split("/").slice(0, -1), ...file.split("/")].filter(Boolean);
    const url = `${base_url()}files/${parts.map(encodeURIComponent).join("/")}`;
    const answer = await fetch(url, { method: "HEAD" }).catch(() => undefined);
    if (file !== this.model.get("file") || this.el.childElementCount) return;
    if (!answer?.ok) return this.say(`${this.model.get("name")} cannot be downloaded here: copy its path instead.`);
    const link = document.createElement("a");
    Object.assign(link, { href: url, download: this.model.get("name"), className: "lk-download-link" });
    link.textContent = `Download ${this.model.get("name")}`;
    this.el.append(link);
  }

  say(words) {
    const line = document.createElement("span");
    line.textContent = words;
    this.el.append(line);
  }
}

export default {
  initialize: hear,
  render({ model, el }) {
    const link = new Link(model, el);
    return () => link.close();
  },
};
