"""Images are tagged in a browser: one is looked at while the threshold is moved, then all, shown before they are written."""

import shutil

import pytest
from browser import CHROMIUM, Lab, png
from captions_test import TAGS, WIDTHS, CaptionsPanel, is_not_cut, looks_right
from kernels import ROOT
from playwright.sync_api import expect
from trainer_test import FOREIGN

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed; ./run test puts it there")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tags")
    shutil.copy(ROOT / "notebooks" / "Dataset_Maker.ipynb", folder)
    pictures = folder / "pictures"
    pictures.mkdir()
    for path in (ROOT / "assets" / "lorikeet").glob("*.png"):
        shutil.copy(path, pictures)
    (pictures / "broken.png").write_bytes(png(90, 90, 60)[:60])
    with Lab(folder) as lab:
        yield lab


class TagsPanel(CaptionsPanel):
    def bars(self):
        return self.place.locator(".lkv-tag")

    def written(self):
        return self.place.locator(".lkv-written .lkv-tag-name").all_inner_texts()

    @property
    def line(self):
        return self.place.get_by_role("slider", name="Threshold")


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open("Dataset_Maker.ipynb")
    notebook.page.evaluate("() => { if (!window.jupyterapp.shell.leftCollapsed) window.jupyterapp.shell.collapseLeft(); }")
    notebook.run_all()
    return notebook


@pytest.fixture(scope="module")
def panel(notebook):
    panel = TagsPanel(notebook, TAGS)
    panel.place.scroll_into_view_if_needed()
    panel.says("Still to fill in: the folder of a tagger.")
    return panel


@pytest.fixture(scope="module")
def captions(lab):
    return lambda: {path.stem: path.read_text() for path in (lab.folder / "pictures").glob("*.txt")}


def test_a_tagger_is_chosen_and_says_what_it_sees(notebook, panel):
    panel.place.get_by_label("Taggers found here").select_option(label="tiny, for practice")
    panel.press("Next")  # past the one that cannot be read
    expect(panel.bars().first).to_be_visible(timeout=30000)
    assert "lorikeet" in panel.written()
    panel.place.page.wait_for_function("place => place.querySelector('.lkv-image img:not(.lkv-hidden)')?.naturalWidth > 0",
                                       arg=panel.place.element_handle())
    notebook.picture("tags", target=panel.place)


def test_the_line_is_dragged_and_moved_by_keys(panel):
    field = panel.place.get_by_label("Threshold", exact=True).last
    before = len(panel.written())
    box = panel.line.bounding_box()
    panel.place.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    panel.place.page.mouse.down()
    panel.place.page.mouse.move(box["x"] + 400, box["y"] + box["height"] / 2, steps=5)
    panel.place.page.mouse.up()
    expect(panel.line).to_have_attribute("data-value", "1.00")
    expect(panel.place.locator(".lkv-written")).to_have_count(0)
    panel.line.focus()
    panel.place.page.keyboard.press("Home")
    expect(panel.line).to_have_attribute("data-value", "0.00")
    for _ in range(4):
        panel.place.page.keyboard.press("PageUp")
    expect(panel.line).to_have_attribute("data-value", "0.40")
    assert panel.place.get_by_label("Threshold", exact=True).count()
    panel.place.page.wait_for_timeout(400)
    assert 0 < len(panel.written()) <= before


def test_all_are_tagged_shown_written_and_taken_back(notebook, panel, captions):
    panel.press("Tag all images")
    panel.says("12 captions would be written. Nothing is changed yet.", seconds=120)
    assert captions() == {}
    expect(panel.changes()).to_have_count(12)
    panel.place.get_by_text("broken.png").first.wait_for()  # left out, with the reason
    notebook.picture("tags-all", target=panel.place)
    panel.press("Write 12 captions")
    panel.says("13 images, 1 without a caption.")
    assert len(captions()) == 12
    assert all("lorikeet" in caption for caption in captions().values())
    panel.press("Undo: 12 images tagged")
    panel.says("13 images, 13 without a caption.")
    assert captions() == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everything_is_named_and_its_borders_are_seen(notebook, panel, theme):
    looks_right(notebook, panel, theme)


@pytest.mark.parametrize("width, name", WIDTHS)
def test_nothing_is_cut_in_a_narrow_window(notebook, panel, width, name):
    is_not_cut(notebook, panel, width, f"tags-{name}")


def test_the_browser_had_nothing_to_complain_of(notebook):
    assert sorted({line for line in notebook.errors if not FOREIGN.search(line)}) == []
