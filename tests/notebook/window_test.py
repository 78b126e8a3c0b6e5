"""The kernel's half of what a window does, on a page of the tests: press, type, reload, two windows, restart."""

import time

import pytest
from browser import CHROMIUM, Lab, write_notebook
from playwright.sync_api import expect

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed; ./run test puts it there")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("window")
    write_notebook(folder / "page.ipynb", ["page"])
    write_notebook(folder / "broken.ipynb", ["page", "broken", "page"])
    with Lab(folder) as lab:
        yield lab


def shown(notebook, number=0):
    return notebook.output(number).locator(".widget-label, .jupyter-widgets.widget-label")


def test_press_type_reload_two_windows_and_restart(browser):
    first = browser.open("page.ipynb")
    first.run_all()
    button = first.output(0).get_by_role("button", name="Press")
    button.click()
    first.output(0).get_by_text("pressed 1").wait_for()
    began = time.monotonic()
    button.click()
    first.output(0).get_by_text("pressed 2").wait_for()
    assert time.monotonic() - began < 0.5

    field = first.output(0).locator("input[type=text]")
    field.fill("typed")
    second = browser.open("page.ipynb")
    second.run_all()
    other = second.output(0).locator("input[type=text]")
    other.wait_for()
    expect(other).to_have_value("typed")
    other.fill("typed there")
    first.page.wait_for_function("field => field.value === 'typed there'", arg=field.element_handle())
    second.page.close()

    first.save()
    began = time.monotonic()
    first.reload()
    first.output(0).get_by_text("pressed 2").wait_for()
    print("back after a reload: %.2f s" % (time.monotonic() - began))
    expect(first.output(0).locator("input[type=text]")).to_have_value("typed there")
    first.output(0).get_by_role("button", name="Press").click()
    first.output(0).get_by_text("pressed 3").wait_for()

    first.restart_kernel()
    first.run_all()
    first.output(0).get_by_role("button", name="Press").click()
    first.output(0).get_by_text("pressed 1").wait_for()
    first.picture("page")
    first.page.close()


def test_a_failing_cell_holds_back_the_next(browser):
    notebook = browser.open("broken.ipynb")
    notebook.run_all()
    notebook.output(1).get_by_text("The disk is gone.").first.wait_for()
    notebook.page.wait_for_timeout(500)
    assert notebook.cell(2).locator(".jp-InputPrompt").inner_text().strip() in ("[ ]:", "[]:")
    notebook.page.close()
