"""What runs, and what is gone: trainings begun elsewhere, runs without a folder, kernels that restart, crash or end, servers
that are started again. A panel tells the truth about each, in words, and what it offers works."""

import contextlib
import os
import shutil
import signal
import subprocess
import time

import psutil
import pytest
from browser import CHROMIUM, Lab, write_notebook
from kernels import BUILD, ROOT
from measure import JOB
from playwright.sync_api import expect
from trainer_test import Panel as WholePanel

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed; ./run test puts it there")

RECIPE, TRAIN = range(2)
ENDLESS = 1_000_000


class Panel(WholePanel):
    """The page itself: one that took the place of a dead one too."""

    def __init__(self, notebook, number):
        super().__init__(notebook, number)
        self.place = notebook.output(number).locator(".lk-page")

    def run_shown(self, words=None, seconds=10):
        """The entry that is chosen; with `words` once it is that, since it follows the status."""
        end = time.monotonic() + seconds
        while True:
            shown = self.field("Run shown here").locator("option:checked").text_content().replace("\xa0", " ")
            if words in (None, shown) or time.monotonic() > end:
                return shown
            self.notebook.page.wait_for_timeout(100)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("life")
    shutil.copytree(ROOT / "assets" / "lorikeet", folder / "birds")
    write_notebook(folder / "life.ipynb", ["recipe", "train"], "lorikeet")
    return folder


@pytest.fixture(scope="module")
def lab(folder):
    with Lab(folder) as lab:
        yield lab


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open("life.ipynb")
    notebook.run_all()
    Panel(notebook, RECIPE).field("Name").wait_for()
    Panel(notebook, RECIPE).type("Name", "owl")
    return notebook


def environment(folder):
    """Of a terminal of the same person as the notebook of the tests."""
    return {**os.environ, "XDG_CACHE_HOME": str(folder / ".jupyter" / "cache"), "GOMP_SPINCOUNT": "1000"}


@contextlib.contextmanager
def training(folder, name, place):
    """Begun on a command line, in a working folder of its own."""
    place.mkdir(exist_ok=True)
    (place / "job.toml").write_text(JOB.format(name=name, steps=ENDLESS).replace('"birds"', f'"{folder}/birds"'))
    run = subprocess.Popen([str(BUILD / "lorikeet"), "train", "job.toml"], cwd=place, env=environment(folder),
                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        yield run
    finally:
        if run.poll() is None:
            run.kill()
        run.wait()
        run.stderr.close()


def ends(run, seconds=60):
    try:
        run.wait(seconds)
        return True
    except subprocess.TimeoutExpired:
        return False


def kernel_of(lab):
    found = [one for one in psutil.Process(lab.process.pid).children(recursive=True) if one.name() == "lorikeet_kernel"]
    assert len(found) == 1
    return found[0]


def alive(panel, name):
    """What is typed reaches the kernel, and its answer comes back."""
    panel.type("Name", "a/b")
    panel.says("Please check")
    panel.type("Name", name)
    return panel.field("Name").input_value() == name


def test_a_training_from_a_terminal_is_shown_and_can_be_stopped(notebook, folder):
    train = Panel(notebook, TRAIN)
    with training(folder, "terminal", folder / "elsewhere") as run:
        train.says("terminal: training", seconds=60)
        assert train.run_shown().startswith("terminal – running")
        assert train.button("Start").is_disabled()
        # The command line refuses a second one too, unless it is asked for.
        with training(folder, "second", folder / "second") as second:
            assert ends(second)
            assert "terminal is training on this machine" in second.stderr.read()
        train.picture("life-elsewhere")
        train.press("Stop")
        train.shows("terminal stopped at step", seconds=60)
        assert ends(run)


def test_another_entry_does_not_lose_what_runs(notebook, folder):
    train = Panel(notebook, TRAIN)
    (folder / "runs" / "old").mkdir(parents=True)
    (folder / "runs" / "old" / "job.toml").write_text("")
    with training(folder, "hidden", folder / "elsewhere") as run:
        train.press("Show hidden")
        train.says("hidden: training", seconds=60)
        train.field("Run shown here").select_option(index=0)
        train.shows("is training now, in")
        assert train.run_shown().startswith("old – cut off")
        assert train.button("Start").is_disabled()
        train.picture("life-other")
        train.press("Stop hidden")
        assert ends(run)
        train.place.get_by_text("is training now, in").wait_for(state="hidden")


def test_a_run_without_its_folder_is_named_and_stopped(notebook, folder):
    train = Panel(notebook, TRAIN)
    with training(folder, "lost", folder) as run:
        train.press("Show lost")
        train.says("lost: training, step", seconds=60)
        shutil.rmtree(folder / "runs" / "lost", ignore_errors=True)
        shutil.rmtree(folder / "runs" / "lost", ignore_errors=True)
        train.says("its folder was deleted or moved", seconds=60)
        named = "lost – running, its folder was deleted or moved"
        assert train.run_shown(named) == named
        assert train.button("Start").is_disabled()
        train.picture("life-lost")
        assert train.place.get_by_text("of 1000000").count() > 0, "what was known stays"
        train.press("Stop")
        assert ends(run)


def mark_pages(notebook):
    """The pages that are there now, so that they can be told from those that take their place."""
    notebook.page.evaluate("() => document.querySelectorAll('.lk-page').forEach(page => { page.dataset.old = 'yes'; })")


def wait_for_new_pages(notebook, seconds=60):
    for number in (RECIPE, TRAIN):
        # With its last part: the parts come one by one.
        page = notebook.output(number).locator(".lk-page:not([data-old])")
        page.locator(".lk-next").wait_for(timeout=seconds * 1000)
        page.locator(".lk-title").wait_for(timeout=seconds * 1000)


def test_panels_come_back_after_a_restart(notebook):
    recipe = Panel(notebook, RECIPE)
    mark_pages(notebook)
    notebook.restart_kernel()
    wait_for_new_pages(notebook)
    expect(recipe.field("Name")).to_have_value("owl")
    assert alive(recipe, "owl")
    assert notebook.page.get_by_text("Error displaying widget").count() == 0


def test_a_crash_is_said_and_the_panels_come_back(notebook, lab):
    recipe = Panel(notebook, RECIPE)
    mark_pages(notebook)
    old = kernel_of(lab)
    old.send_signal(signal.SIGKILL)
    recipe.place.get_by_text("The kernel is restarting.").wait_for()
    # JupyterLab says so in a window of its own, over everything.
    notebook.page.get_by_role("dialog").get_by_role("button", name="Ok").click()
    wait_for_new_pages(notebook)
    assert alive(recipe, "owl")
    assert kernel_of(lab).pid != old.pid


def test_a_kernel_that_ended_says_what_to_press_and_run_all_heals(notebook, lab):
    recipe = Panel(notebook, RECIPE)
    notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    recipe.place.get_by_text("Restart Kernel").wait_for()
    recipe.place.locator(".lk-main").click()
    assert recipe.place.locator(".lk-dead-words").evaluate("words => words === document.activeElement")
    recipe.picture("life-gone")
    # What the menu does.
    notebook.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:restart-kernel'); }")
    notebook.wait_idle()
    notebook.run_all_again()
    assert alive(recipe, "owl")
    assert notebook.page.locator(".lk-page.lk-dead").count() == 0


def test_another_server_finds_the_panels_of_the_saved_notebook(folder, lab, browser, notebook):
    notebook.save()
    notebook.page.wait_for_timeout(1000)
    notebook.page.close()
    for session in lab.ask("sessions"):
        lab.ask("sessions/" + session["id"], "DELETE")
    with Lab(folder) as later, later.browser("light", browser) as window:
        again = window.open("life.ipynb")
        recipe = Panel(again, RECIPE)
        recipe.field("Name").wait_for()
        expect(recipe.field("Name")).to_have_value("owl")
        assert alive(recipe, "owl")
        assert again.page.get_by_text("model not found").count() == 0
        again.page.close()


# anywidget's patience with a module that loads, two seconds, as short as if the processors were taken meanwhile.
NO_PATIENCE = """() => { const timeout = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (ms) => timeout(ms === 2000 ? 0 : ms); }"""


def test_parts_that_load_late_are_heard_all_the_same(folder, lab, browser):
    shutil.copytree(folder / "birds", folder / "late" / "birds")
    write_notebook(folder / "late" / "late.ipynb", ["recipe"], "lorikeet")
    with lab.browser("light", browser) as window:
        window.context.add_init_script(f"({NO_PATIENCE})()")
        notebook = window.open("late/late.ipynb")
        notebook.run_all()
        recipe = Panel(notebook, 0)
        expect(recipe.place.locator(".lks-items")).to_contain_text("images")
        recipe.type("Folder", "birds")
        expect(recipe.place.locator(".lks-items")).to_contain_text("12 images")
        assert any("Failed to initialize model" in line for line in notebook.errors), "they did not load late"
        notebook.page.close()


# Texts of the chart as tall as they are on the screen, and whether anything is wider than its page.
LAID_OUT = """page => ({
  texts: [...page.querySelectorAll('.lkc svg text')].map(text => text.getBoundingClientRect().height),
  wide: [...page.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right > page.getBoundingClientRect().right + 1
    && one.offsetParent).map(one => one.className || one.tagName),
})"""


@pytest.mark.parametrize("width", [700, 640])  # 640: a window of 1280 at 200 %
def test_a_narrow_page_stays_readable(browser, folder, lab, width):
    write_notebook(folder / "narrow.ipynb", ["train"], "lorikeet")
    with training(folder, f"narrow-{width}", folder) as run:
        notebook = browser.open("narrow.ipynb")
        notebook.run_all()
        train = Panel(notebook, 0)
        seen = train.status().get_by_text(f"narrow-{width}: training").first
        other = train.button(f"Show narrow-{width}")  # where the run before is still shown
        seen.or_(other).first.wait_for(timeout=60000)
        if other.is_visible():
            other.click()
        seen.wait_for(timeout=60000)
        assert train.chart_moves()
        notebook.page.set_viewport_size({"width": width, "height": 1000})
        notebook.page.wait_for_timeout(500)
        laid_out = train.place.evaluate(LAID_OUT)
        assert min(laid_out["texts"]) >= 11
        assert laid_out["wide"] == []
        train.picture(f"life-narrow-{width}")
        train.press("Stop")
        assert ends(run)
        notebook.page.close()
    time.sleep(1)
