"""The main job as a person does it, in a browser: from an empty folder to a LoRA that is tried at three strengths.

The tab is reloaded and the kernel restarted while it goes on; nothing that was typed or trained may be lost by it.
"""

import re
import shutil
import time
from pathlib import Path

import pytest
from browser import CHROMIUM, Lab, write_notebook
from kernels import ROOT
from playwright.sync_api import expect

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed; ./run test puts it there")

SETUP, RECIPE, TRAIN, TEST = range(4)
STEPS = 400
# What the page of a browser says that is none of our doing; the last is of the panels that died with their kernel.
FOREIGN = re.compile("favicon|Failed to load resource|source map|ResizeObserver|Comm not found", re.IGNORECASE)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trainer")
    shutil.copy(ROOT / "notebooks" / "Lora_Trainer.ipynb", folder)
    shutil.copytree(ROOT / "assets" / "lorikeet", folder / "birds")
    write_notebook(folder / "help.ipynb", ["help", "trian"], "lorikeet")
    with Lab(folder) as lab:
        yield lab


@pytest.fixture(scope="module")
def notebook(browser):
    return browser.open("Lora_Trainer.ipynb")


class Panel:
    """What one cell shows."""

    def __init__(self, notebook, number):
        self.notebook = notebook
        self.place = notebook.output(number)

    def field(self, label, number=0):
        return self.place.get_by_label(label, exact=True).nth(number)

    def button(self, name):
        # The icon in front is part of the name that Chromium tells.
        return self.place.get_by_role("button", name=re.compile(rf"(^|\W){re.escape(name)}$"))

    def press(self, name):
        self.button(name).click()

    def status(self):
        return self.place.locator(".lk-status")

    def says(self, words, seconds=30):
        self.status().get_by_text(words).first.wait_for(timeout=seconds * 1000)

    def shows(self, words, seconds=30):
        self.place.get_by_text(words).first.wait_for(timeout=seconds * 1000)

    def type(self, label, text, number=0):
        """As a person does: into the field, key by key."""
        field = self.field(label, number)
        field.click()
        field.press("Control+a")
        field.press("Backspace")
        field.press_sequentially(text)

    def curve(self):
        """The drawn line of the smoothed loss; empty before there is one."""
        line = self.place.locator("path.lkc-smoothed")
        return line.get_attribute("d") if line.count() else ""

    def chart_moves(self, seconds=60):
        before = self.curve()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.curve() not in ("", before):
                return True
            self.notebook.page.wait_for_timeout(100)
        return False

    def picture(self, name):
        self.notebook.picture(name, target=self.place)


def step_of(panel):
    """The last step that the chart shows."""
    return int(re.search(r"Step (\d+)", panel.place.locator(".lkc-read").text_content()).group(1))


def test_a_fresh_start_says_what_this_machine_has(notebook):
    notebook.run_all()
    setup = Panel(notebook, SETUP)
    setup.says("This machine can train.")
    setup.picture("setup")
    setup.place.locator(".lk-fold", has_text="checks are fine").click()
    for row in ("system", "memory", "disk", "GPU", "LibTorch", "models"):
        setup.shows(re.compile(f"^{row}$", re.IGNORECASE))


def test_the_recipe_is_filled_by_typing(notebook, lab):
    recipe = Panel(notebook, RECIPE)
    recipe.says("Still to fill in")
    recipe.type("Name", "lorikeet")
    recipe.field("Models found here").select_option("tiny")
    recipe.type("Folder", "birds")
    recipe.shows("12 images")
    recipe.type("Trigger", "lorikeet")
    recipe.says("The recipe is complete.")
    recipe.picture("recipe")
    recipe.field("Show all settings").check()
    recipe.type("Images: Resolution (px)", "64")
    recipe.type("Images: Batch (images)", "many")
    recipe.says("Please check: Images: Batch")
    recipe.type("Images: Batch (images)", "2")
    recipe.says("The recipe is complete.")
    recipe.picture("recipe-all")


# All that can be used on a page, as a screen reader names it; and whether Tab leads there: of a toolbar to one of its buttons,
# from which the arrows lead on.
USABLE = """place => [...place.querySelectorAll('input, select, textarea, button')].filter(one => one.offsetParent).map(one => ({
  name: ([...(one.labels || [])].map(label => label.textContent).join(' ') + ' ' + one.textContent + ' '
    + (one.getAttribute('aria-label') || one.title || '')).replace(/[^\\w]+/g, ' ').trim(),
  reached: one.tabIndex >= 0 || one.disabled
    || one.closest('[role=toolbar]')?.querySelectorAll('button[tabindex="0"]').length === 1,
}))"""


def test_everything_has_a_name_and_is_reached_by_keyboard(notebook):
    for number in (SETUP, RECIPE, TRAIN, TEST):
        usable = Panel(notebook, number).place.evaluate(USABLE)
        assert usable
        assert [one for one in usable if not one["name"] or not one["reached"]] == []
    recipe = Panel(notebook, RECIPE)
    recipe.field("Name").focus()
    for label in ("Models found here", "Checkpoint", "Choose a file: Checkpoint", "Folder", "Choose a folder: Folder", "Trigger"):
        notebook.page.keyboard.press("Tab")
        place = recipe.place.locator(f"button[title='{label}']").first if label.startswith("Choose") else recipe.field(label)
        assert place.evaluate("one => one === document.activeElement"), label


def test_the_plan_comes_before_the_start(notebook):
    recipe, train = Panel(notebook, RECIPE), Panel(notebook, TRAIN)
    recipe.type("Sample: Every N steps", "200")
    recipe.type("Training: Steps", str(STEPS))  # the last, with the focus: its hints may not move Start away
    recipe.says("The recipe is complete.")  # without a prompt, samples are of the first caption
    train.says("Ready to start.")
    train.shows(f"{STEPS} steps")
    train.picture("train-plan")


def test_a_run_is_seen_to_move_and_survives_a_reload(notebook):
    train = Panel(notebook, TRAIN)
    train.press("Start")
    assert train.chart_moves()
    notebook.save()
    before = step_of(train)
    began = time.monotonic()
    notebook.reload()
    notebook.page.wait_for_function("() => document.querySelector('path.lkc-smoothed')?.getAttribute('d')")
    took = time.monotonic() - began
    print(f"all back after a reload in mid-run: {took:.2f} s")
    assert train.chart_moves()
    assert step_of(train) > before
    # After a reload one stands at the top of the notebook.
    Panel(notebook, SETUP).shows(re.compile(r"lorikeet is training, step \d+ of 400\."))
    expect(Panel(notebook, RECIPE).field("Name")).to_have_value("lorikeet")
    train.picture("train-running")


def test_stop_restart_and_resume_to_the_end(notebook, lab):
    train = Panel(notebook, TRAIN)
    train.press("Stop")
    train.says("stopped at step")
    notebook.restart_kernel()
    notebook.run_all_again()
    recipe = Panel(notebook, RECIPE)
    recipe.says("The recipe is complete.")
    expect(recipe.field("Name")).to_have_value("lorikeet")
    assert recipe.field("Show all settings").is_checked()
    train.says("Resume goes on from there.")
    train.press("Resume")  # the main button
    assert train.chart_moves()
    train.says("training, step")
    assert "Stopped after" not in train.status().inner_text(), "a receipt of the session before"
    train.says("lorikeet is finished.", seconds=300)
    pictures = train.place.locator(".lk-card img")
    assert pictures.count() >= 2
    assert all(pictures.nth(i).evaluate("image => image.naturalWidth") >= 64 for i in range(pictures.count()))
    train.picture("train-done")
    notebook.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    train.press("Copy path")
    notebook.page.wait_for_function("async () => (await navigator.clipboard.readText()).endsWith('/lorikeet.safetensors')")
    train.says("Copied: /")
    link = train.place.get_by_role("link", name="Download lorikeet.safetensors")
    with notebook.page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "lorikeet.safetensors"
    assert Path(download.value.path()).read_bytes() == next(lab.folder.rglob("checkpoints/lorikeet.safetensors")).read_bytes()


def test_the_lora_is_tried_at_three_strengths(notebook, lab):
    test = Panel(notebook, TEST)
    # The newest is chosen by itself.
    expect(test.field("LoRA")).to_have_value(re.compile(r"lorikeet\.safetensors$"))
    expect(test.field("Prompt")).to_have_value(re.compile("^lorikeet, "))  # of the run's last sample
    test.shows("Its trigger is lorikeet.")
    test.type("Prompt", "a lorikeet on a white background")
    test.type("Strengths", "0, 0.5, 1")
    test.says("Ready to generate.")
    test.press("Generate")
    test.says("3 images saved", seconds=90)
    pictures = test.place.locator(".lk-card img")
    assert pictures.count() == 3
    test.shows("lorikeet, step 400, strength 0.5, seed 1")
    assert all(pictures.nth(i).evaluate("image => image.naturalWidth") >= 64 for i in range(3))
    written = sorted((lab.folder / "samples").glob("*.png"))
    assert len(written) == 3
    assert all(b"a lorikeet on a white background" in file.read_bytes() for file in written)
    test.picture("test")


def test_help_and_a_word_that_is_none_are_one_calm_screen(browser):
    notebook = browser.open("help.ipynb")
    notebook.run_all()
    notebook.output(0).get_by_text("Checks that this machine can train.").wait_for()
    notebook.output(1).get_by_text("Did you mean \"train\"?").wait_for()
    notebook.picture("help", target=notebook.page.locator(".jp-WindowedPanel-viewport").first)
    notebook.page.close()


def test_nothing_went_wrong_on_the_way(notebook):
    assert sorted({line for line in notebook.errors if not FOREIGN.search(line)}) == []
