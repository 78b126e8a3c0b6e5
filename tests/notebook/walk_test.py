"""Where a newcomer stumbled: dead presses, lost focus, frames that look like something else, one notebook in two tabs."""

import shutil

import pytest
from browser import CHROMIUM, Lab, write_notebook
from kernels import ROOT
from playwright.sync_api import expect
from trainer_test import Panel

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed; ./run test puts it there")

SETUP, RECIPE, TRAIN, TEST = range(4)
WORDS = ["setup", "recipe", "train", "test"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("walk")
    for name in ("walk.ipynb", "later.ipynb"):
        write_notebook(folder / name, WORDS, "lorikeet")
    shutil.copytree(ROOT / "assets" / "lorikeet", folder / "my birds")
    with Lab(folder) as lab:
        yield lab


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open("walk.ipynb")
    notebook.run_all()
    Panel(notebook, SETUP).says("This machine can train.")
    Panel(notebook, RECIPE).says("Still to fill in")
    Panel(notebook, TEST).field("Prompt").wait_for()
    return notebook


def focus_is_on(notebook, panel):
    notebook.page.wait_for_function("place => place.contains(document.activeElement)", arg=panel.place.element_handle())


def test_start_with_an_empty_recipe_leads_to_it(notebook):
    train = Panel(notebook, TRAIN)
    train.press("Start")
    train.says("See the page recipe above.")
    focus_is_on(notebook, Panel(notebook, RECIPE))


# The status line while it has the focus: its frame, and whether that is as wide as what it is around.
FRAME = """place => {
  const status = place.querySelector('.lk-status');
  return { has: status === document.activeElement, outline: getComputedStyle(status).outlineStyle,
    beside: status.getBoundingClientRect().width - status.querySelector('.widget-html-content').getBoundingClientRect().width };
}"""


def test_a_control_that_goes_leaves_the_focus_on_its_page(notebook):
    recipe = Panel(notebook, RECIPE)
    practise = recipe.button("Practise with a dozen lorikeets")
    practise.click()
    expect(recipe.field("Folder")).to_have_value("practice-images")
    notebook.page.wait_for_function("place => place.querySelector('.lk-status') === document.activeElement",
                                    arg=recipe.place.element_handle())
    assert recipe.place.evaluate(FRAME)["outline"] == "none", "who uses the mouse needs no frame"
    recipe.type("Folder", "x")
    recipe.field("Folder").press("Backspace")
    practise.focus()
    notebook.page.keyboard.press("Enter")
    expect(recipe.field("Folder")).to_have_value("practice-images")
    notebook.page.wait_for_function("place => place.querySelector('.lk-status') === document.activeElement",
                                    arg=recipe.place.element_handle())
    frame = recipe.place.evaluate(FRAME)
    assert frame["outline"] == "solid"
    assert abs(frame["beside"]) <= 2, frame


def test_a_path_as_a_terminal_completes_it_is_taken(notebook):
    recipe = Panel(notebook, RECIPE)
    recipe.type("Folder", "my\\ birds")
    recipe.shows("12 images")
    recipe.type("Folder", "C:\\Users\\me\\pics")
    recipe.shows("This is a path on your own computer")


def test_the_next_cell_is_named_also_where_it_was_not_run(browser, notebook):
    later = browser.open("later.ipynb")  # its kernel makes the pages that were shown in this folder before
    later.command("notebook:run-cell")
    setup = Panel(later, SETUP)
    setup.says("This machine can train.")
    setup.press("Continue to recipe")
    setup.says("Next: run the cell recipe below.")
    later.page.close()


def test_two_tabs_on_one_notebook_are_told_in_both(browser, notebook):
    first = notebook.output(RECIPE).locator(".lk-tabs")
    expect(first).to_be_hidden()
    second = browser.open("walk.ipynb")
    second.run_all()
    expect(second.output(RECIPE).locator(".lk-tabs")).to_be_visible()
    expect(first).to_be_visible()
    expect(first).to_have_text("This notebook is open in another tab too; close one of them.")
    second.page.goto("about:blank")
    expect(first).to_be_hidden()
    second.page.close()
