"""The controls of every page in a browser: shortcuts, names, what is read aloud, the focus, borders, narrow windows, words."""

import re
import shutil

import pytest
from browser import CHROMIUM, Lab
from kernels import ROOT
from playwright.sync_api import expect
from trainer_test import Panel

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed; ./run test puts it there")

SETUP, RECIPE, TRAIN, TEST = range(4)
NAMES = ("setup", "recipe", "train", "test")
MOST_WORDS = 300


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("controls")
    shutil.copy(ROOT / "notebooks" / "Lora_Trainer.ipynb", folder)
    shutil.copytree(ROOT / "assets" / "lorikeet", folder / "birds")
    with Lab(folder) as lab:
        yield lab


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open("Lora_Trainer.ipynb")
    notebook.page.evaluate("() => { if (!window.jupyterapp.shell.leftCollapsed) window.jupyterapp.shell.collapseLeft(); }")
    notebook.run_all()
    Panel(notebook, SETUP).says("This machine can train.")
    recipe = Panel(notebook, RECIPE)
    recipe.says("Still to fill in")
    recipe.type("Name", "lorikeet")
    recipe.type("Folder", "birds")
    recipe.shows("12 images")
    recipe.type("Trigger", "lorikeet")
    recipe.says("The recipe is complete.")
    Panel(notebook, TRAIN).says("Ready to start.", seconds=60)
    return notebook


@pytest.fixture(scope="module")
def panels(notebook):
    return [Panel(notebook, number) for number in range(4)]


# The words that stand on a panel now: what is folded, hidden or inside a closed list is not among them.
SHOWN = """place => {
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  const words = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent.closest('style, option, .lk-spoken') || !parent.checkVisibility({visibilityProperty: true})) continue;
    words.push(...walker.currentNode.textContent.split(/\\s+/).filter(word => /[\\p{L}\\p{N}]/u.test(word)));
  }
  return words;
}"""


def test_four_panels_are_read_in_a_minute(panels):
    shown = [panel.place.evaluate(SHOWN) for panel in panels]
    for name, words in zip(NAMES, shown):
        print(f"{name}: {len(words)} words: {' '.join(words)}")
    print("words shown before the first LoRA:", sum(map(len, shown)))
    assert sum(map(len, shown)) < MOST_WORDS
    text = " ".join(word for words in shown for word in words)
    for jargon in ("data.subsets", "--name", "Folder 1", "optim.", "[["):
        assert jargon not in text


def test_each_page_has_one_main_button_a_status_and_the_next_step(panels):
    for panel in panels:
        assert panel.place.locator(".lk-main").count() == 1
        assert panel.status().inner_text().strip()
        assert "Next:" in panel.place.locator(".lk-next").inner_text()
    expect(panels[RECIPE].place.locator(".lk-main")).to_have_text(re.compile(r"^\s*Continue to train\s*$"))


# One of each kind of control, as CSS finds it on the pages.
KINDS = {
    "text": (RECIPE, "input[type=text]"),
    "list": (RECIPE, "select"),
    "checkbox": (RECIPE, "input[type=checkbox]"),
    "button": (SETUP, ".lk-buttons button"),
    "main button": (TRAIN, ".lk-main"),
    "fold": (SETUP, ".lk-fold"),
    "slider": (RECIPE, ".noUi-handle"),
    "several lines or numbers": (TEST, "input[type=text]"),
    "details": (TRAIN, ".lk-fold"),
}


def cells(notebook):
    return notebook.page.evaluate("""() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
        .map(cell => cell.type + ' ' + cell.sharedModel.getSource())""")


def test_jupyters_shortcuts_do_not_reach_a_control(notebook, panels):
    panels[RECIPE].field("Show all settings").check()
    panels[RECIPE].place.locator(".lk-fold", has_text="Adapter").click()
    before = cells(notebook)
    for kind, (number, place) in KINDS.items():
        control = panels[number].place.locator(place).locator("visible=true").first
        control.scroll_into_view_if_needed()
        panels[number].place.locator(".lk-purpose").first.click()  # in command mode, with this cell chosen
        control.focus()
        for key in ("x", "d", "d", "a", "b", "m", "Shift+M"):
            notebook.page.keyboard.press(key)
        assert cells(notebook) == before, kind
        assert control.evaluate("one => one === document.activeElement"), kind
        if kind in ("text", "several lines or numbers"):
            for _ in range(7):
                control.press("Backspace")
    # The same without our mark: the shortcut is real, and this test would see it.
    button = panels[SETUP].button("Check again")
    panels[SETUP].place.locator(".lk-purpose").first.click()
    button.evaluate("one => { one.removeAttribute('data-lm-suppress-shortcuts'); one.focus(); }")
    notebook.page.keyboard.press("x")
    changed = cells(notebook) != before
    notebook.command("notebook:undo-cell-action")
    assert changed
    notebook.page.wait_for_function("count => window.jupyterapp.shell.currentWidget.content.model.cells.length === count",
                                    arg=len(before))
    notebook.run_all()  # a cell that was cut and brought back has no panel
    panels[SETUP].says("This machine can train.")


def test_ctrl_s_saves_the_notebook_from_a_control(notebook, panels):
    notebook.page.evaluate("() => { window.jupyterapp.shell.currentWidget.context.model.dirty = true; }")
    panels[SETUP].button("Check again").focus()
    notebook.page.keyboard.press("Control+s")
    notebook.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")


# What assistive programs are told of each field: its label, its description, whether it is refused.
FIELDS = """place => [...place.querySelectorAll('.lk-field')].filter(one => one.checkVisibility()).map(field => {
  const control = field.querySelector('input, select, textarea');
  return control && { label: control.labels?.[0]?.textContent ?? '', invalid: control.getAttribute('aria-invalid'),
    note: document.getElementById(control.getAttribute('aria-describedby'))?.textContent ?? null };
}).filter(Boolean)"""
NAMELESS = """place => [...place.querySelectorAll('input, select, textarea, button, [role=slider], [role=progressbar], img')]
  .filter(one => one.checkVisibility()).filter(one => !((one.labels?.[0]?.textContent ?? '') + one.textContent
  + (one.getAttribute('aria-label') ?? '') + (one.title ?? '') + (one.alt ?? '')).trim()).map(one => one.outerHTML)"""


def test_every_control_is_named_described_and_says_what_is_wrong(panels):
    for panel in panels:
        assert panel.place.evaluate(NAMELESS) == []
        for field in panel.place.evaluate(FIELDS):
            assert field["label"], field
            assert field["note"] is not None and field["invalid"] in ("true", "false"), field
    recipe = panels[RECIPE]
    field = recipe.field("Folder")
    recipe.type("Folder", "nowhere")
    recipe.says("Please check: Folder.")
    expect(field).to_have_attribute("aria-invalid", "true")
    described = recipe.notebook.page.locator("#" + field.get_attribute("aria-describedby")).inner_text()
    assert "There is no folder" in described
    assert "recipe is complete" not in recipe.status().inner_text()
    recipe.type("Folder", " 'birds' ")
    recipe.says("The recipe is complete.")
    expect(field).to_have_attribute("aria-invalid", "false")


def test_the_status_is_read_aloud_politely_and_not_at_each_count(notebook, panels):
    panel = panels[TRAIN]
    spoken = panel.place.locator(".lk-spoken")
    assert spoken.get_attribute("aria-live") == "polite"
    assert panel.place.locator("[role=status], [aria-live]").count() == 1
    panel.says("Ready to start.", seconds=60)
    notebook.page.wait_for_function("place => place.querySelector('.lk-spoken').textContent.includes('Ready to start.')",
                                    arg=panel.place.element_handle())
    said = panel.place.evaluate("""async place => {
      const status = place.querySelector('.lk-status .widget-html-content'), before = status.innerHTML, said = [];
      const watch = new MutationObserver(() => said.push(place.querySelector('.lk-spoken').textContent));
      watch.observe(place.querySelector('.lk-spoken'), {childList: true, characterData: true, subtree: true});
      for (let step = 1; step <= 30; ++step) {
        status.innerHTML = `lorikeet: training, step ${step} of 600.`;
        await new Promise(done => setTimeout(done, 100));
      }
      watch.disconnect();
      status.innerHTML = before;
      return said;
    }""")
    assert len([one for one in said if "training, step" in one]) == 1, said


def test_the_focus_stays_on_the_page(notebook, panels):
    setup = panels[SETUP]
    button = setup.button("Check again")
    button.focus()
    notebook.page.keyboard.press("Enter")
    setup.says("This machine can train.")
    notebook.page.wait_for_timeout(400)
    # The button is off while it looks, and the page takes the focus as soon as it is drawn so.
    notebook.page.wait_for_function("place => place.contains(document.activeElement)", arg=setup.place.element_handle())
    panels[RECIPE].button("Continue to train").click()
    notebook.page.wait_for_function("place => place.contains(document.activeElement)", arg=panels[TRAIN].place.element_handle())


# Contrast of each border with the ground that it lies on, as WCAG counts it.
BORDERS = """place => {
  const numbers = text => { const n = text.match(/[\\d.]+/g).map(Number);
    return text.startsWith('color(') ? [n[0] * 255, n[1] * 255, n[2] * 255, n[3] ?? 1] : [n[0], n[1], n[2], n[3] ?? 1]; };
  const over = (top, ground) => [0, 1, 2].map(i => top[i] * top[3] + ground[i] * (1 - top[3])).concat(1);
  const ground = one => { for (let at = one; at; at = at.parentElement) {
    const colour = numbers(getComputedStyle(at).backgroundColor); if (colour[3] === 1) return colour; } return [255, 255, 255, 1]; };
  const light = colour => { const [r, g, b] = colour.slice(0, 3).map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  return [...place.querySelectorAll('.lk-input > input, .lk-input > select, .jupyter-button')].filter(one => one.checkVisibility() && !one.disabled)
    .filter(one => !one.matches('.lk-fold, .mod-primary')).map(one => {
      const around = ground(one.parentElement), line = over(numbers(getComputedStyle(one).borderTopColor), around);
      const [a, b] = [light(line), light(around)].sort((x, y) => y - x);
      return { what: one.outerHTML.slice(0, 90), ratio: (a + 0.05) / (b + 0.05) };
    }).filter(one => one.ratio < 3);
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_borders_are_seen(notebook, panels, theme):
    notebook.set_theme(theme)
    notebook.page.wait_for_timeout(400)
    for name, panel in zip(NAMES, panels):
        notebook.picture(f"controls-{name}", theme, target=panel.place)
        assert panel.place.evaluate(BORDERS) == [], name
    notebook.set_theme("light")


# What reaches beyond its page, or has to be scrolled sideways.
CUT = """place => [...place.querySelectorAll('.lk-page, .lk-page *')].filter(one => one.checkVisibility() && !one.closest('.lk-spoken, svg, .noUi-target'))
  .filter(one => { const page = one.closest('.lk-page').getBoundingClientRect(), box = one.getBoundingClientRect();
    return box.width > 1 && (box.right > page.right + 2 || (one.scrollWidth > one.clientWidth + 2 && getComputedStyle(one).overflowX !== 'visible'
      && one.clientWidth > 0 && !one.matches('input, select'))); })
  .map(one => one.className + ': ' + one.textContent.slice(0, 60))"""


@pytest.mark.parametrize("width, name", [(700, "700px"), (640, "200percent")])
def test_nothing_is_cut_in_a_narrow_window(notebook, panels, width, name):
    usual = notebook.page.viewport_size
    notebook.page.set_viewport_size({"width": width, "height": 900 if width == 700 else 500})
    notebook.page.wait_for_timeout(600)
    try:
        for number, panel in enumerate(panels):
            if number == TRAIN:
                panel.press("Details of the plan")
            panel.place.scroll_into_view_if_needed()
            assert panel.place.evaluate("place => place.scrollWidth <= place.clientWidth + 2"), number
            assert panel.place.evaluate(CUT) == [], number
            notebook.picture(f"controls-{NAMES[number]}-{name}", target=panel.place)
            if number == TRAIN:
                panel.press("Details of the plan")
    finally:
        notebook.page.set_viewport_size(usual)


def test_the_browser_had_nothing_to_complain_of(notebook):
    foreign = re.compile("favicon|Failed to load resource|source map|ResizeObserver|Comm not found", re.IGNORECASE)
    assert sorted({line for line in notebook.errors if not foreign.search(line)}) == []
