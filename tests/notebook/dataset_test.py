"""Collecting images as a person does it, in a browser: dropped, seen, chosen, deleted, taken back; nothing may be lost by a cut."""

import hashlib
import re
import shutil
import time
import zipfile

import pytest
from browser import CHROMIUM, Lab, png
from controls_test import BORDERS, CUT, NAMELESS, SHOWN, cells
from kernels import ROOT
from playwright.sync_api import expect
from trainer_test import FOREIGN, Panel

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed; ./run test puts it there")

SETUP, PROJECT, IMAGES, TAGS, CAPTIONS, CHECK = range(6)
NAMES = ("setup", "project", "images", "tags", "captions", "check")
MOST_WORDS = 75  # a page, on average
BAD_NAME = "<img src=x onerror=document.title='bad'>.png"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dataset")
    shutil.copy(ROOT / "notebooks" / "Dataset_Maker.ipynb", folder)
    with Lab(folder) as lab:
        yield lab


@pytest.fixture(scope="module")
def dropped(tmp_path_factory):
    """What lies on the person's own disk."""
    place = tmp_path_factory.mktemp("person")
    shutil.copytree(ROOT / "assets" / "lorikeet", place / "birds")
    inside = place / "birds" / "5_more"
    inside.mkdir()
    for i in range(3):
        (inside / f"more-{i}.png").write_bytes(png(300, 200 + 40 * i, 60 * i))
    (place / "birds" / "empty.png").write_bytes(b"")
    (place / "birds" / "page.png").write_text("<html>not an image</html>")
    (place / "birds" / "notes.pdf").write_bytes(b"%PDF")
    (place / "birds" / ".DS_Store").write_bytes(b"x")  # as on every Mac: not worth a word
    (place / "odd").mkdir()
    (place / "odd" / BAD_NAME).write_bytes(png(90, 120, 200))
    (place / "odd" / (BAD_NAME[:-4] + ".txt")).write_text("<b onclick=alert(1)>bold</b>, <script>alert(2)</script>")
    return place


class ImagesPanel(Panel):
    def __init__(self, notebook, number):
        super().__init__(notebook, number)
        self.place = self.place.locator(".lk-page")  # the living one: one whose kernel is gone lies hidden beside it

    def drop(self, *paths):
        self.notebook.drop(self.place.locator(".lku-field"), *paths)

    def reports(self, words, seconds=60):
        self.place.locator(".lku-sentence").get_by_text(words).wait_for(timeout=seconds * 1000)

    @property
    def grid(self):
        return self.place.locator(".lkg-grid")

    def tiles(self):
        return self.place.locator(".lkg-tile")

    def chosen(self):
        return self.place.locator(".lkg-tile[aria-selected=true] .lkg-name").all_inner_texts()

    def wait_for_thumbs(self, broken=0):
        """Of all images but so many, which cannot be read."""
        self.notebook.page.wait_for_function("""([place, broken]) => { const all = [...place.querySelectorAll('.lkg-image')];
          return all.length && all.filter(one => !one.complete || !one.naturalWidth).length === broken; }""",
                                             arg=[self.place.element_handle(), broken])


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open("Dataset_Maker.ipynb")
    notebook.page.evaluate("() => { if (!window.jupyterapp.shell.leftCollapsed) window.jupyterapp.shell.collapseLeft(); }")
    notebook.run_all()
    return notebook


@pytest.fixture(scope="module")
def panels(notebook):
    return [ImagesPanel(notebook, number) for number in range(len(NAMES))]


@pytest.fixture(scope="module")
def images(panels):
    return panels[IMAGES]


# Names, captions and sizes: they are the images' words, not ours.
SHOWN_BY_IMAGES = f"place => [...place.querySelectorAll('.lkg-tile, .lkf-tile, .lkw-tag, .lkw-chip, .lkw-tile, .lkw-read, .lkw-name, .lkv-tag, .lkv-caption, .lkv-name')].flatMap({SHOWN})"


def folder(lab):
    return lab.folder / "pictures"


def test_an_empty_page_invites(notebook, panels, images):
    panels[PROJECT].says("No project is open.")
    images.says("No images yet")
    images.place.get_by_text("Drop images, folders or archives here").wait_for()
    assert images.place.locator(".lku-field").bounding_box()["height"] > 200
    notebook.picture("images-empty", target=images.place)


def test_a_dropped_folder_becomes_a_gallery(lab, notebook, images, dropped):
    images.drop(dropped / "birds")
    images.reports("15 images, 12 captions added.")
    images.says("15 images, 12 with a caption.")
    expect(images.tiles()).to_have_count(15)
    images.wait_for_thumbs()
    for name in sorted(path.name for path in (ROOT / "assets" / "lorikeet").iterdir() if path.suffix in (".png", ".txt")):
        assert (folder(lab) / name).read_bytes() == (ROOT / "assets" / "lorikeet" / name).read_bytes(), name
    assert (folder(lab) / "5_more" / "more-2.png").exists(), "a folder inside stays one"
    images.place.locator(".lku-list summary", has_text="3 files left out").click()
    told = images.place.locator(".lku-list li").all_inner_texts()
    assert any("empty.png: It is empty." in line for line in told), told
    assert any("page.png: It is named like an image" in line for line in told), told
    assert any("notes.pdf: It is neither" in line for line in told), told
    notebook.picture("images-dropped", target=images.place)
    images.place.locator(".lku-list summary", has_text="3 files left out").click()
    assert not [path for path in folder(lab).rglob("*") if path.name.endswith(".part")]


def test_the_same_drop_again_sends_nothing(images, dropped):
    images.drop(dropped / "birds")
    images.reports("Nothing was added. 27 were here already.")
    expect(images.tiles()).to_have_count(15)


def test_another_image_of_a_name_gets_a_new_one_with_its_caption(lab, images, dropped):
    first = sorted(path.stem for path in (ROOT / "assets" / "lorikeet").glob("*.png"))[0]
    other = dropped / "other"
    other.mkdir()
    (other / f"{first}.png").write_bytes(png(64, 64, 9))
    (other / f"{first}.txt").write_text("another one")
    before = (folder(lab) / f"{first}.png").read_bytes()
    images.drop(other / f"{first}.png", other / f"{first}.txt")
    images.reports("1 image, 1 caption added.")
    images.place.get_by_text("2 files got another name").wait_for()
    assert (folder(lab) / f"{first}.png").read_bytes() == before
    assert (folder(lab) / f"{first}_2.txt").read_text() == "another one"
    images.press("Undo")
    images.says("15 images, 12 with a caption.")
    assert not (folder(lab) / f"{first}_2.png").exists()


def test_files_are_chosen_by_a_button_too(notebook, images, dropped):
    with notebook.page.expect_file_chooser() as chooser:
        images.press("Choose files")
    chooser.value.set_files([str(dropped / "birds" / "5_more" / "more-0.png")])
    images.reports("1 image added.")
    images.press("Undo")
    images.says("15 images, 12 with a caption.")


def test_a_dropped_archive_is_unpacked_and_comes_back_as_one(lab, images, tmp_path):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("unpacked.png", png(80, 60, 3))
        archive.writestr("unpacked.txt", "out of a box")
    images.drop(tmp_path / "photos.zip")
    images.says("16 images, 13 with a caption.")
    images.place.get_by_text("photos.zip unpacked").first.wait_for()
    assert (folder(lab) / "unpacked.txt").read_text() == "out of a box"
    assert not (folder(lab) / "photos.zip").exists()
    images.press("Undo")
    images.says("15 images, 12 with a caption.")
    images.place.get_by_text("Not unpacked: photos.zip").first.wait_for()
    images.press("Undo")
    images.place.get_by_text("Not unpacked").first.wait_for(state="detached")


def test_choosing_deleting_and_taking_back_by_keyboard(lab, notebook, images):
    images.place.locator(".lk-purpose").first.click()  # in command mode, where Jupyter's shortcuts are at home
    before = cells(notebook)
    images.grid.focus()
    keys = notebook.page.keyboard
    keys.press("Home")
    keys.press("ArrowRight")
    keys.press("Space")
    keys.press("Shift+ArrowRight")
    assert len(images.chosen()) == 2
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    keys.press("x")
    keys.press("d")
    keys.press("d")
    keys.press("Escape")
    expect(images.place.locator(".lkg-tile[aria-selected=true]")).to_have_count(0)
    keys.press("End")
    keys.press("Space")
    name = images.chosen()[0]
    assert name
    keys.press("Delete")
    images.says("14 images")
    expect(images.tiles()).to_have_count(14)
    assert not (folder(lab) / name).exists()
    images.place.get_by_text("1 image moved to the trash", exact=True).first.wait_for()
    assert images.grid.evaluate("one => one === document.activeElement")
    keys.press("Control+z")
    images.says("15 images, 12 with a caption.")
    expect(images.tiles()).to_have_count(15)
    assert (folder(lab) / name).exists()
    assert cells(notebook) == before


def test_choosing_by_pointer_and_filtering(notebook, images):
    images.tiles().nth(2).click()
    images.tiles().nth(5).click(modifiers=["Shift"])
    assert len(images.chosen()) == 4
    images.button("Move 4 images to the trash").wait_for()
    notebook.picture("images-chosen", target=images.place)
    images.tiles().nth(3).click()
    assert len(images.chosen()) == 3
    field = images.place.get_by_label("Filter by caption")
    field.fill("nothing says this")
    expect(images.tiles()).to_have_count(0)
    images.place.get_by_text("0 of 15 images").wait_for()
    field.fill("")
    expect(images.tiles()).to_have_count(15)
    assert images.chosen() == [], "what was not seen is no longer chosen"


def test_names_and_captions_are_only_ever_text(notebook, images, dropped):
    images.drop(*(dropped / "odd").iterdir())
    images.reports("1 image, 1 caption added.")
    images.says("16 images")
    images.wait_for_thumbs()
    assert images.place.locator("[onerror], [onclick], .lkg script, .lku script").count() == 0
    assert notebook.page.title() != "bad"
    images.place.get_by_text("<b onclick=alert(1)>bold</b>").first.wait_for()
    images.press("Undo")
    images.says("15 images, 12 with a caption.")


def test_an_upload_goes_on_after_a_cut_connection_and_a_new_kernel(lab, notebook, images, tmp_path):
    large = tmp_path / "large.png"
    large.write_bytes(png(500, 500, 77, rest=48 << 20))
    for cut in ("connection", "kernel"):
        images.drop(large)
        notebook.page.wait_for_function("""place => Number(place.querySelector('.lku-bar').getAttribute('aria-valuenow')) > 10""",
                                        arg=images.place.element_handle())
        if cut == "connection":
            notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.reconnect()")
        else:
            notebook.restart_kernel()
        images.says("16 images", seconds=90)
        wanted = hashlib.sha256(large.read_bytes()).hexdigest()
        assert hashlib.sha256((folder(lab) / "large.png").read_bytes()).hexdigest() == wanted, cut
        expect(images.place.locator(".lku-progress")).to_have_class(re.compile("lku-hidden"))
        images.press("Undo")
        images.says("15 images, 12 with a caption.")


def test_a_reloaded_page_goes_on_where_it_was_and_cancel_leaves_nothing_half(lab, notebook, images, tmp_path):
    large = tmp_path / "large.png"
    large.write_bytes(png(500, 500, 78, rest=48 << 20))
    images.drop(large)
    notebook.page.wait_for_function("""place => Number(place.querySelector('.lku-bar').getAttribute('aria-valuenow')) > 10""",
                                    arg=images.place.element_handle())
    images.press("Cancel")
    images.reports("1 file did not arrive")
    assert not list(folder(lab).glob(".*.part"))
    images.drop(large)
    notebook.page.wait_for_function("""place => Number(place.querySelector('.lku-bar').getAttribute('aria-valuenow')) > 30""",
                                    arg=images.place.element_handle())
    notebook.save()
    notebook.reload()
    images.says("15 images", seconds=60)
    images.reports("1 file did not arrive")
    assert [path.stat().st_size > 0 for path in folder(lab).glob(".large.png.*.part")] == [True]
    images.drop(large)
    images.says("16 images", seconds=60)
    assert (folder(lab) / "large.png").read_bytes() == large.read_bytes()
    images.press("Undo")
    images.says("15 images, 12 with a caption.")


def test_a_page_of_a_hundred_is_there_at_once(lab, notebook, images, tmp_path):
    many = tmp_path / "many"
    many.mkdir()
    for i in range(130):
        (many / f"many-{i:03}.png").write_bytes(png(640, 480, i))
    images.drop(many)
    images.reports("130 images added.")
    images.says("145 images")
    expect(images.tiles()).to_have_count(100)
    images.wait_for_thumbs()
    images.grid.focus()
    notebook.page.keyboard.press("PageDown")
    expect(images.tiles()).to_have_count(45)
    images.wait_for_thumbs()
    notebook.save()
    notebook.reload()  # a window that has none of them, and a kernel whose cache has all
    images.wait_for_thumbs()
    began = time.monotonic()
    images.press("Previous page")
    expect(images.tiles()).to_have_count(100)
    images.wait_for_thumbs()
    print("a page of 100 thumbnails: %.2f s" % (time.monotonic() - began))
    images.press("Undo")
    images.says("15 images, 12 with a caption.")


def test_the_check_folds_what_is_fine_and_leads_to_training(lab, notebook, panels):
    check = panels[CHECK]
    check.press("Check again")
    check.says("Ready for training")
    check.shows("3 images have no caption.")
    assert check.place.locator(".lk-fold", has_text="fine").count() == 1
    check.press("Use for training")
    check.says("The recipe uses these images.")
    notebook.picture("check", target=check.place)
    notebook.picture("project", target=panels[PROJECT].place)


def test_the_pages_are_short_named_and_have_one_main_button(panels):
    shown, tiles = [], []
    for name, panel in zip(NAMES, panels):
        panel.place.scroll_into_view_if_needed()  # what is far off is not drawn
        expect(panel.status()).to_be_visible()
        shown += panel.place.evaluate(SHOWN)
        tiles += panel.place.evaluate(SHOWN_BY_IMAGES)
        print(f"{name}: {len(shown)} words so far")
        assert panel.place.locator(".lk-main").count() == 1
        assert panel.status().inner_text().strip()
        assert "Next:" in panel.place.locator(".lk-next").inner_text()
        assert panel.place.evaluate(NAMELESS) == []
    assert len(shown) - len(tiles) < MOST_WORDS * len(NAMES)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_borders_are_seen(notebook, panels, theme):
    notebook.set_theme(theme)
    notebook.page.wait_for_timeout(400)
    for name, panel in zip(NAMES, panels):
        panel.place.scroll_into_view_if_needed()
        assert panel.place.evaluate(BORDERS) == [], name
    notebook.set_theme("light")


@pytest.mark.parametrize("width, name", [(1000, "1000px"), (700, "700px"), (640, "200percent")])
def test_nothing_is_cut_in_a_narrow_window(notebook, panels, width, name):
    usual = notebook.page.viewport_size
    notebook.page.set_viewport_size({"width": width, "height": 500 if width == 640 else 900})
    notebook.page.wait_for_timeout(600)
    try:
        for number in (PROJECT, IMAGES, CHECK):
            place = panels[number].place
            place.scroll_into_view_if_needed()
            assert place.evaluate("place => place.scrollWidth <= place.clientWidth + 2"), number
            inner = [line for line in place.evaluate(CUT) if not line.startswith(("lkg-name", "lkg-chip", "lkf-name"))]
            assert inner == [], number
            notebook.picture(f"{NAMES[number]}-{name}", target=place)
    finally:
        notebook.page.set_viewport_size(usual)


def test_the_browser_had_nothing_to_complain_of(notebook):
    assert sorted({line for line in notebook.errors if not FOREIGN.search(line)}) == []
