"""The images of a dataset by key and by pointer: one shown large, the way out of the page, what a reloaded window shows; and an
archive that is none."""

import shutil

import pytest
from browser import CHROMIUM, Lab
from dataset_test import CHECK, IMAGES, ImagesPanel
from kernels import ROOT
from playwright.sync_api import expect

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed; ./run test puts it there")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    shutil.copy(ROOT / "notebooks" / "Dataset_Maker.ipynb", folder)
    shutil.copytree(ROOT / "assets" / "lorikeet", folder / "pictures", ignore=lambda _, names: [name for name in names
                                                                                               if name[-4:] not in (".png", ".txt")])
    with Lab(folder) as lab:
        yield lab


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open("Dataset_Maker.ipynb")
    notebook.run_all()
    return notebook


@pytest.fixture(scope="module")
def panels(notebook):
    return {number: ImagesPanel(notebook, number) for number in (IMAGES, CHECK)}


@pytest.fixture(scope="module")
def images(panels):
    panels[IMAGES].says("12 images, all with a caption.")
    return panels[IMAGES]


def test_the_large_image_is_deleted_by_a_button_and_comes_back_by_a_key(notebook, images):
    keys = notebook.page.keyboard
    images.grid.focus()
    keys.press("Home")
    keys.press("Enter")
    view = images.place.locator(".lkg-view")
    expect(view).to_be_visible()
    images.press("Move this image to the trash")
    images.says("11 images")
    expect(view).to_be_visible()
    keys.press("Control+z")
    images.says("12 images, all with a caption.")
    keys.press("Escape")
    expect(view).to_be_hidden()
    expect(images.button("Move to the trash")).to_be_disabled()


def test_escape_leads_out_of_the_page_to_its_cell(notebook, images):
    inside = "place => place.contains(document.activeElement)"
    active = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"
    keys = notebook.page.keyboard
    grid = images.grid
    for control in (images.button("Choose files"), images.place.get_by_label("Filter by caption"), grid):
        images.place.locator(".lk-purpose").first.click()
        here = notebook.page.evaluate(active)
        control.focus()
        if control is grid:
            keys.press("Space")
            keys.press("Escape")  # of what is chosen
            assert images.chosen() == []
            assert images.place.evaluate(inside)
        keys.press("Escape")
        assert not images.place.evaluate(inside)
        assert notebook.page.evaluate(active) == here
        keys.press("k")  # Jupyter's own: to the cell above
        assert notebook.page.evaluate(active) == here - 1


def test_the_check_has_its_images_in_a_window_that_was_reloaded(notebook, panels):
    check = panels[CHECK]
    check.press("Check again")
    check.says("Ready for training")
    notebook.save()
    notebook.reload()
    check.says("Ready for training")
    check.place.scroll_into_view_if_needed()
    notebook.page.wait_for_function("""place => { const all = [...place.querySelectorAll('.lkt-image')];
      return all.length >= 12 && all.every(one => one.complete && one.naturalWidth); }""", arg=check.place.element_handle())


def test_an_archive_that_is_none_is_named_beside_the_field_and_goes(lab, images, tmp_path):
    (tmp_path / "broken.zip").write_bytes(bytes(range(256)) * 4)
    images.drop(tmp_path / "broken.zip")
    images.reports("1 archive arrived.")
    told = images.place.locator(".lku-trouble")
    expect(told).to_contain_text("broken.zip")
    assert "encrypted" not in told.inner_text()
    images.place.get_by_role("button", name="Move to the trash: broken.zip").click()
    expect(images.place.locator(".lku-archive")).to_have_count(0)
    assert not (lab.folder / "pictures" / "broken.zip").exists()
    images.says("12 images, all with a caption.")
