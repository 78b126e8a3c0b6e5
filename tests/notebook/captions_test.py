"""Captions as a person edits them, in a browser: by mouse and by the keyboard alone, one at a time and many at once."""

import shutil

import pytest
from browser import CHROMIUM, Lab, png
from controls_test import BORDERS, CUT, NAMELESS
from dataset_test import ImagesPanel
from kernels import ROOT
from playwright.sync_api import expect
from trainer_test import FOREIGN

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed; ./run test puts it there")

SETUP, PROJECT, IMAGES, TAGS, CAPTIONS, CHECK = range(6)
HOSTILE = "<b onclick=alert(1)>bold</b>"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("captions")
    shutil.copy(ROOT / "notebooks" / "Dataset_Maker.ipynb", folder)
    pictures = folder / "pictures"
    shutil.copytree(ROOT / "assets" / "lorikeet", pictures)
    for path in pictures.glob("*.txt"):
        path.write_text(f"lorikeet, 1bird, {path.stem}, green wings")
    (pictures / "odd.png").write_bytes(png(90, 120, 200))
    (pictures / "odd.txt").write_text(f"{HOSTILE}, bird\nA second line.\n")
    (pictures / "bare.png").write_bytes(png(90, 90, 20))
    (pictures / "broken.png").write_bytes(png(90, 90, 60))
    (pictures / "broken.txt").write_bytes("café".encode("latin-1"))
    with Lab(folder) as lab:
        yield lab


class CaptionsPanel(ImagesPanel):
    def tags(self):
        return self.place.locator(".lkw-tag")

    def tag(self, name):
        return self.place.locator(".lkw-tag", has=self.place.page.locator(".lkw-tag-name").get_by_text(name, exact=True))

    def chips(self):
        return self.place.locator(".lkw-chip-text").all_inner_texts()

    def chip(self, name):
        return self.place.get_by_role("listbox", name="Tags of this caption").get_by_role("option", name=name, exact=True)

    def opens(self, image):
        """The caption of this image is in the editor."""
        expect(self.place.locator(".lkw-name")).to_contain_text(image)

    def choose(self, image):
        self.place.locator(f".lkw-tile[aria-label^='{image}']").click()
        self.opens(image)

    def has_chips(self, *names):
        expect(self.place.locator(".lkw-chip-text")).to_have_text(list(names))

    def changes(self):
        return self.place.locator(".lkw-change")

    def undo(self):
        return self.place.locator(".lkw-main").get_by_role("button", name="Undo", exact=True)

    def choose_edit(self, label):
        self.place.get_by_label("Change many captions").select_option(label=label)


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open("Dataset_Maker.ipynb")
    notebook.page.evaluate("() => { if (!window.jupyterapp.shell.leftCollapsed) window.jupyterapp.shell.collapseLeft(); }")
    notebook.run_all()
    return notebook


@pytest.fixture(scope="module")
def panel(notebook):
    panel = CaptionsPanel(notebook, CAPTIONS)
    panel.place.scroll_into_view_if_needed()
    panel.says("15 images, 13 with a caption.")
    return panel


@pytest.fixture(scope="module")
def caption(lab, notebook):
    """What stands in the file, once it is this: chips are there before it is."""
    def read(name, wanted=None):
        file = lab.folder / "pictures" / f"{name}.txt"
        for _ in range(50):
            if wanted is None or (file.exists() and file.read_text() == wanted):
                break
            notebook.page.wait_for_timeout(100)
        return file.read_text()
    return read


def first_name():
    return sorted(path.stem for path in (ROOT / "assets" / "lorikeet").glob("*.png"))[0]


def test_the_tags_are_listed_by_how_many_images_have_them(notebook, panel):
    expect(panel.tag("lorikeet").locator(".lkw-tag-count")).to_have_text("12")
    panel.place.page.wait_for_function(
        "place => [...place.querySelectorAll('.lkw-thumb img')].filter(one => one.naturalWidth).length === 15",
        arg=panel.place.element_handle())
    panel.choose(f"{first_name()}.png")
    notebook.picture("captions", target=panel.place)


def test_a_chip_is_removed_edited_dragged_and_taken_back(panel, caption):
    name = first_name()
    panel.choose(f"{name}.png")
    whole = ["lorikeet", "1bird", name, "green wings"]
    panel.has_chips(*whole)
    panel.chip("1bird").locator(".lkw-cross").click()
    panel.has_chips("lorikeet", name, "green wings")
    panel.chip("green wings").dblclick()
    panel.place.get_by_label("Edit", exact=True).fill("red wings, blue head")
    panel.place.get_by_label("Edit", exact=True).press("Enter")
    panel.has_chips("lorikeet", name, "red wings", "blue head")
    panel.chip("blue head").drag_to(panel.chip("lorikeet"))
    panel.has_chips("blue head", "lorikeet", name, "red wings")
    assert caption(name, f"blue head, lorikeet, {name}, red wings") == f"blue head, lorikeet, {name}, red wings"
    for _ in range(3):
        expect(panel.undo()).to_be_enabled()
        panel.press("Undo")
        panel.place.get_by_text("Taken back:").first.wait_for()
        panel.place.page.wait_for_timeout(300)
    panel.has_chips(*whole)
    assert caption(name, ", ".join(whole)) == ", ".join(whole)


def test_the_keyboard_alone_does_it_all(notebook, panel, caption):
    keys = panel.place.page.keyboard
    names = sorted(path.stem for path in (ROOT / "assets" / "lorikeet").glob("*.png"))
    panel.choose(f"{names[0]}.png")
    panel.place.locator(".lkw-strip").focus()
    keys.press("ArrowRight")
    panel.opens(f"{names[1]}.png")
    keys.press("Enter")
    expect(panel.chip("lorikeet")).to_be_focused()
    keys.press("ArrowRight")
    keys.press("Delete")
    panel.has_chips("lorikeet", names[1], "green wings")
    expect(panel.chip(names[1])).to_be_focused()
    keys.press("Alt+ArrowRight")
    panel.has_chips("lorikeet", "green wings", names[1])
    keys.press("Enter")
    keys.type("renamed")
    keys.press("Enter")
    panel.has_chips("lorikeet", "green wings", "renamed")
    keys.type("sings")  # a letter begins a new tag
    keys.press("Enter")
    panel.has_chips("lorikeet", "green wings", "renamed", "sings")
    assert caption(names[1], "lorikeet, green wings, renamed, sings") == "lorikeet, green wings, renamed, sings"
    keys.press("PageDown")
    panel.opens(f"{names[2]}.png")
    keys.press("Escape")  # back to the images
    keys.press("ArrowLeft")
    panel.opens(f"{names[1]}.png")


def test_typing_fast_loses_nothing(panel, caption):
    panel.choose("bare.png")
    field = panel.place.get_by_label("Add", exact=True)
    for word in ("one", "two", "three", "four", "five"):
        field.fill(word)
        field.press("Enter")
    panel.has_chips("one", "two", "three", "four", "five")
    panel.says("15 images, 14 with a caption.")
    assert caption("bare", "one, two, three, four, five") == "one, two, three, four, five"


def test_what_training_reads_is_counted_as_one_types(panel):
    panel.choose("bare.png")
    tokens = panel.place.locator(".lkw-tokens")
    expect(tokens).to_have_text("9 of 75 tokens")
    field = panel.place.get_by_label("Add", exact=True)
    field.fill("six")
    expect(tokens).to_have_text("11 of 75 tokens")
    field.fill("red beak, " * 40)
    expect(tokens).to_contain_text("of which 75 are read")
    expect(panel.place.locator(".lkw-read del")).to_contain_text("red beak")
    field.press("Escape")
    field.fill("")


def test_several_lines_are_edited_as_text(lab, panel, caption):
    panel.choose("odd.png")
    panel.has_chips(HOSTILE, "bird")
    panel.place.get_by_text("1 more line: see them as text.").wait_for()
    panel.press("As text")
    text = panel.place.get_by_label("Caption as text")
    expect(text).to_have_value(f"{HOSTILE}, bird\nA second line.\n")
    text.fill("bird\nA second line, longer.\n")
    panel.press("As tags")
    panel.has_chips("bird")
    assert caption("odd", "bird\nA second line, longer.\n") == "bird\nA second line, longer.\n"
    panel.press("Undo")
    panel.has_chips(HOSTILE, "bird")


def test_a_caption_that_is_no_text_says_so_and_stays(lab, panel):
    panel.choose("broken.png")
    expect(panel.place.locator(".lkw-trouble")).not_to_be_empty()
    expect(panel.place.get_by_role("button", name="As text")).to_be_disabled()
    assert (lab.folder / "pictures" / "broken.txt").read_bytes() == "café".encode("latin-1")


def test_a_tag_is_removed_everywhere_and_taken_back_after_a_restart(lab, notebook, panel, caption):
    before = {path.name: path.read_bytes() for path in (lab.folder / "pictures").glob("*.txt")}
    panel.tag("lorikeet").click()
    expect(panel.place.locator(".lkw-tile")).to_have_count(12)
    panel.press("Remove everywhere")
    panel.says("12 captions would change. Nothing is changed yet.")
    expect(panel.changes()).to_have_count(12)
    expect(panel.changes().first.locator("del")).to_contain_text("lorikeet")
    notebook.picture("captions-changes", target=panel.place)
    panel.press("Leave them as they are")
    expect(panel.changes()).to_have_count(0)
    panel.press("Show changes")
    panel.press("Change 12 captions")
    panel.place.get_by_text("12 captions changed").first.wait_for()
    assert not any("lorikeet," in path.read_text("utf-8", "replace") for path in (lab.folder / "pictures").glob("*.txt"))
    notebook.save()
    notebook.restart_kernel()
    notebook.run_all()
    panel.says("15 images, 14 with a caption.")
    panel.place.scroll_into_view_if_needed()
    expect(panel.undo()).to_be_enabled()
    panel.press("Undo")
    panel.place.get_by_text("Taken back: 12 captions changed.").first.wait_for()
    assert {path.name: path.read_bytes() for path in (lab.folder / "pictures").glob("*.txt")} == before


def test_a_bulk_edit_is_typed_shown_and_made(panel, caption):
    panel.choose_edit("Replace tags")
    panel.place.get_by_label("Tags", exact=True).last.fill("green*")
    panel.place.get_by_label("Tags in their place").fill("emerald wings")
    panel.press("Show changes")
    expect(panel.changes().first.locator("ins")).to_contain_text("emerald wings")
    panel.press("Change 12 captions")
    panel.place.get_by_text("12 captions changed").first.wait_for()
    assert "emerald wings" in caption(first_name())
    panel.press("Undo")
    panel.place.get_by_text("Taken back: 12 captions changed.").first.wait_for()


def test_a_change_of_another_program_is_shown_not_written_over(lab, panel, caption):
    name = first_name()
    panel.choose(f"{name}.png")
    (lab.folder / "pictures" / f"{name}.txt").write_text("mine")
    panel.chip("green wings").locator(".lkw-cross").click()
    panel.has_chips("mine")
    expect(panel.place.locator(".lkw-read")).to_have_text("Training reads: mine")
    assert caption(name, "mine") == "mine"
    panel.place.get_by_text("was changed by another program meanwhile").first.wait_for()


def looks_right(notebook, panel, theme):
    """Every control has a name and a border that is seen."""
    notebook.set_theme(theme)
    notebook.page.wait_for_timeout(400)
    panel.place.scroll_into_view_if_needed()
    assert panel.place.evaluate(NAMELESS) == []
    assert panel.place.evaluate(BORDERS) == []
    notebook.set_theme("light")


def is_not_cut(notebook, panel, width, picture):
    """Nothing is cut or scrolls sideways in a window of this width."""
    usual = notebook.page.viewport_size
    notebook.page.set_viewport_size({"width": width, "height": 500 if width == 640 else 900})
    notebook.page.wait_for_timeout(600)
    try:
        panel.place.scroll_into_view_if_needed()
        assert panel.place.evaluate("place => place.scrollWidth <= place.clientWidth + 2")
        assert panel.place.evaluate(CUT) == []
        notebook.picture(picture, target=panel.place)
    finally:
        notebook.page.set_viewport_size(usual)


WIDTHS = [(1000, "1000px"), (700, "700px"), (640, "200percent")]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everything_is_named_and_its_borders_are_seen(notebook, panel, theme):
    looks_right(notebook, panel, theme)


@pytest.mark.parametrize("width, name", WIDTHS)
def test_nothing_is_cut_in_a_narrow_window(notebook, panel, width, name):
    is_not_cut(notebook, panel, width, f"captions-{name}")


def test_the_browser_had_nothing_to_complain_of(notebook):
    assert sorted({line for line in notebook.errors if not FOREIGN.search(line)}) == []
