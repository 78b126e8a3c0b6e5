"""One project from its name to a run, as a person goes the way: made, filled by dropping, looked at, checked, trained on from
the other notebook. What is typed belongs to the project that is open, in both notebooks."""

import re
import shutil
import zipfile

import pytest
from browser import CHROMIUM, Lab, png
from controls_test import BORDERS, CUT, NAMELESS, SHOWN
from dataset_test import ImagesPanel
from kernels import ROOT
from playwright.sync_api import expect
from trainer_test import FOREIGN, Panel

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed; ./run test puts it there")

SETUP, PROJECT, IMAGES, TAGS, CAPTIONS, CHECK = range(6)
T_SETUP, T_RECIPE, T_TRAIN, T_TEST = range(4)
BIRD = "Blue bird \N{EIGHTH NOTE}"
OWL = "Owl \N{OWL}"  # which the fonts of a bare machine do not have: in no picture


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    for name in ("Dataset_Maker", "Lora_Trainer"):
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", folder)
    with Lab(folder) as lab:
        yield lab


def opened(browser, name):
    notebook = browser.open(name)
    notebook.page.evaluate("() => { if (!window.jupyterapp.shell.leftCollapsed) window.jupyterapp.shell.collapseLeft(); }")
    notebook.run_all()
    return notebook


@pytest.fixture(scope="module")
def trainer(browser):
    notebook = opened(browser, "Lora_Trainer.ipynb")
    Panel(notebook, T_RECIPE).says("Still to fill in")
    return notebook


@pytest.fixture(scope="module")
def maker(browser, trainer):
    return opened(browser, "Dataset_Maker.ipynb")


class ProjectPanel(ImagesPanel):
    def create(self, name):
        self.place.get_by_label("New project").fill(name)
        self.press("Create")

    def cards(self):
        return self.place.locator(".lkp-card")

    def card(self, name):
        return self.cards().filter(has=self.notebook.page.locator(".lkp-name", has_text=re.compile(rf"^{re.escape(name)}$")))

    def in_card(self, name, button):
        self.card(name).get_by_role("button", name=f"{button} {name}").last.click()

    def strip(self):
        return self.place.locator(".lks")


@pytest.fixture(scope="module")
def project(maker):
    return ProjectPanel(maker, PROJECT)


@pytest.fixture(scope="module")
def images(maker):
    return ImagesPanel(maker, IMAGES)


@pytest.fixture(scope="module")
def check(maker):
    return ImagesPanel(maker, CHECK)


@pytest.fixture(scope="module")
def dropped(tmp_path_factory):
    place = tmp_path_factory.mktemp("person")
    shutil.copytree(ROOT / "assets" / "lorikeet", place / "birds")
    (place / "birds" / "broken.png").write_bytes(png(80, 80, 4)[:60])
    with zipfile.ZipFile(place / "more.zip", "w") as archive:
        for i in range(2):
            archive.writestr(f"more-{i}.png", png(700, 420, 60 + 90 * i))
        archive.writestr("more-0.txt", "lorikeet, wide")
    return place


def focus_is_on(notebook, place):
    notebook.page.wait_for_function("place => place.contains(document.activeElement)", arg=place.element_handle())


def test_without_a_project_the_folder_itself_is_used(maker, project, images):
    project.says("No project is open.")
    expect(project.cards()).to_have_count(0)
    expect(project.strip().locator(".lks-item")).to_have_count(5)
    maker.picture("project-none", target=project.place)


def test_a_name_that_is_none_is_refused_in_words(project):
    project.create("  ")
    project.says("A project needs a name.")


def test_a_project_is_made_and_every_page_of_both_notebooks_follows(lab, browser, maker, trainer, project, images):
    recipe = ImagesPanel(trainer, T_RECIPE)
    recipe.type("Name", "of the folder")
    recipe.place.locator(".lk-main").focus()
    project.create(BIRD)
    project.says(f"{BIRD} is made, and open.")
    expect(project.card(BIRD)).to_have_count(1)
    assert (lab.folder / "projects" / BIRD / ".lorikeet" / "project.json").exists()
    expect(images.place.locator(".lks-place")).to_have_text(f"Project {BIRD}")
    expect(recipe.place.locator(".lks-place")).to_have_text(f"Project {BIRD}")
    expect(recipe.field("Name")).to_have_value(BIRD)
    assert maker.page.get_by_text("Error displaying widget").count() == 0
    focus_is_on(maker, project.place)
    images.says("No images yet")


def test_images_are_dropped_and_come_into_it(lab, maker, images, dropped):
    images.drop(dropped / "birds")
    images.says("13 images, 12 with a caption.")
    images.drop(dropped / "more.zip")
    images.says("15 images, 13 with a caption.")
    assert (lab.folder / "projects" / BIRD / "pictures" / "more-1.png").exists()
    expect(images.tiles()).to_have_count(15)
    expect(images.place.locator(".lks")).to_contain_text("13 of 15 captions")


def test_an_image_is_seen_large_and_the_arrows_lead_on(maker, images):
    images.grid.focus()
    keys = maker.page.keyboard
    keys.press("Home")
    keys.press("Enter")
    view = images.place.locator(".lkg-view")
    expect(view).to_be_visible()
    expect(images.grid).to_be_hidden()
    keys.press("ArrowRight")
    expect(view.locator(".lkg-view-name")).to_contain_text("(2 of 15)")
    maker.page.wait_for_function("place => place.querySelector('.lkg-view-image').naturalWidth > 0", arg=images.place.element_handle())
    maker.picture("images-large", target=images.place)
    keys.press("Escape")
    expect(images.grid).to_be_visible()
    assert images.grid.evaluate("one => one === document.activeElement")


def test_two_are_deleted_and_brought_back(lab, maker, images):
    place = lab.folder / "projects" / BIRD / "pictures"
    before = {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()}
    images.tiles().nth(2).click()
    images.tiles().nth(4).click()
    images.press("Move 2 images to the trash")
    images.says("13 images")
    expect(images.tiles()).to_have_count(13)
    images.press("Undo")
    images.says("15 images, 13 with a caption.")
    assert {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()} == before


def test_the_report_shows_the_images_it_speaks_of(maker, images, check):
    check.press("Check again")
    check.says("Ready for training", seconds=60)
    row = check.place.locator(".lkf-row[data-kind=left-out]")
    expect(row).to_contain_text("1 image cannot be read and is left out.")
    expect(row).to_contain_text("broken.png")
    bare = check.place.locator(".lkf-row[data-kind=no-caption]")
    expect(bare.locator(".lkf-tile")).to_have_count(1)
    maker.page.wait_for_function("""place => { const all = [...place.querySelectorAll('.lkf-grid .lkt-image')];
      return all.length === 12 && all.every(one => one.complete && one.naturalWidth > 0); }""", arg=check.place.element_handle())
    expect(check.place.locator(".lkf-caption", has_text="lorikeet").first).to_be_visible()
    maker.picture("dataset-check", target=check.place)
    check.press("Show more: 2 left")
    expect(check.place.locator(".lkf-grid .lkf-tile")).to_have_count(14)
    bare.get_by_role("button", name="Show in the gallery").click()
    expect(images.tiles()).to_have_count(1)
    focus_is_on(maker, images.place)
    expect(images.place.get_by_label("Finding")).to_have_value("no-caption")
    images.place.get_by_label("Finding").select_option("too-small")
    expect(images.place.locator(".lkg-finding").first).to_have_text(re.compile("too small"))
    images.wait_for_thumbs()
    maker.picture("images-finding", target=images.place)
    images.place.get_by_label("Finding").select_option("")
    expect(images.tiles()).to_have_count(15)
    images.wait_for_thumbs(broken=1)
    maker.picture("dataset-images", target=images.place)


def test_what_cannot_be_read_goes_to_the_trash_and_back(maker, check):
    check.place.locator(".lkf-row[data-kind=left-out]").get_by_role("button", name="Move it to the trash").click()
    expect(check.place.locator(".lkf-row[data-kind=left-out]")).to_have_count(0)
    check.says("1 image moved to the trash.")
    check.press("Undo")
    expect(check.place.locator(".lkf-row[data-kind=left-out]")).to_have_count(1)
    check.place.locator(".lkf-row[data-kind=left-out]").get_by_role("button", name="Move it to the trash").click()
    expect(check.place.locator(".lkf-row[data-kind=left-out]")).to_have_count(0)
    check.says("14 images")


def test_the_whole_report_is_kept_and_can_be_opened(lab, maker, check):
    check.press("Whole report")
    check.says("The report is kept as dataset-report.html.", seconds=60)
    assert "What the trainer will see" in (lab.folder / "projects" / BIRD / "dataset-report.html").read_text()
    with maker.page.context.expect_page() as window:
        check.place.get_by_role("link", name="Open the report").click()
    window.value.get_by_role("heading", name="Dataset report").wait_for()
    window.value.close()


def test_a_folder_is_chosen_from_a_list(maker, project):
    button, panel = project.place.locator("button.lkc-button"), project.place.locator(".lkc-panel")
    keys = maker.page.keyboard
    button.click()
    expect(panel.locator(".lkc-list")).to_be_focused()
    keys.press("Escape")
    expect(panel).to_have_count(0)
    expect(button).to_be_focused()
    keys.press("Enter")
    expect(panel).to_be_visible()
    expect(panel.locator(".lkc-list")).to_be_focused()
    keys.press("Backspace")
    expect(panel.locator(".lkc-entry", has_text="pictures/")).to_have_attribute("aria-selected", "true")
    maker.picture("project-picker", target=project.place)
    expect(panel.locator(".lkc-list")).to_be_focused()
    keys.press("Enter")
    expect(panel).to_contain_text("14 images here.")
    project.press("Choose this folder")
    expect(panel).to_have_count(0)
    expect(project.field("Folder of the images")).to_have_value("pictures")


def test_the_strip_leads_to_the_cell_and_says_where_it_is(maker, trainer, project, check):
    check.place.locator(".lks-item", has_text="images").click()
    focus_is_on(maker, ImagesPanel(maker, IMAGES).place)
    check.place.locator(".lks-item", has_text="recipe").click()
    check.says("recipe: run the cell recipe in the notebook Lora_Trainer.")
    first = check.place.locator(".lks-item").first
    first.focus()
    maker.page.keyboard.press("ArrowRight")
    maker.page.keyboard.press("End")
    assert check.place.locator(".lks-item").last.evaluate("one => one === document.activeElement")
    assert check.place.locator(".lks-item[tabindex='0']").count() == 1


def test_a_run_is_started_from_the_trainer_notebook(lab, maker, trainer, check, project):
    check.press("Use for training")
    check.says("The recipe uses these images.")
    recipe, train = ImagesPanel(trainer, T_RECIPE), ImagesPanel(trainer, T_TRAIN)
    trainer.page.bring_to_front()
    expect(recipe.field("Folder")).to_have_value("pictures")
    recipe.type("Name", "bluebird")
    recipe.type("Checkpoint", "tiny")
    recipe.type("Trigger", "lorikeet")
    recipe.says("The recipe is complete.")
    recipe.field("Show all settings").check()
    recipe.type("Training: Steps", "30")
    recipe.field("Show all settings").uncheck()
    train.says("Ready to start.", seconds=60)
    train.press("Start")
    train.says("bluebird is finished.", seconds=240)
    assert (lab.folder / "projects" / BIRD / "runs" / "bluebird" / "job.toml").exists()
    expect(train.place.locator(".lks")).to_contain_text("1 run")
    trainer.picture("project-trained", target=train.place)
    maker.page.bring_to_front()
    expect(project.card(BIRD)).to_contain_text("14 images, 13 captions, recipe, 1 run")


def test_projects_are_renamed_deleted_and_taken_back(lab, maker, trainer, project):
    project.create("Second")
    project.says("Second is made, and open.")
    recipe = ImagesPanel(trainer, T_RECIPE)
    expect(recipe.place.locator(".lks-place")).to_have_text("Project Second")
    expect(project.cards()).to_have_count(2)
    project.in_card("Second", "Rename")
    field = project.card("Second").get_by_label("New name of Second")
    expect(field).to_be_focused()
    maker.page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    project.in_card("Second", "Rename")
    field.fill(OWL)
    maker.page.keyboard.press("Enter")
    project.says(f"Second is called {OWL} now.")
    expect(recipe.place.locator(".lks-place")).to_have_text(f"Project {OWL}")
    project.press("Undo")
    expect(project.card("Second")).to_have_count(1)
    project.in_card("Second", "Delete")
    keep = project.card("Second").get_by_role("button", name="Keep")
    expect(keep).to_be_focused()
    maker.picture("project-delete", target=project.place)
    maker.page.keyboard.press("Escape")
    expect(keep).to_have_count(0)
    project.in_card("Second", "Delete")
    project.card("Second").get_by_role("button", name="Move to the trash").click()
    expect(project.cards()).to_have_count(1)
    project.shows("In the trash: 1 project")
    expect(recipe.field("Name")).to_have_value("of the folder")
    project.press("Undo")
    expect(project.cards()).to_have_count(2)
    expect(project.card("Second").get_by_text("open")).to_be_visible()
    project.card(BIRD).get_by_role("button", name=f"Open {BIRD}").first.click()
    project.says(f"{BIRD} is open.")
    expect(recipe.field("Name")).to_have_value("bluebird")
    maker.page.wait_for_function("place => [...place.querySelectorAll('.lkt-image')].filter(one => one.naturalWidth > 0).length === 3",
                                 arg=project.place.element_handle())
    maker.picture("project-cards", target=project.place)


def test_a_damaged_memory_is_said_on_every_page(lab, maker, trainer, project):
    memory = lab.folder / ".lorikeet" / "workspace.json"
    whole = memory.read_text()
    memory.write_text("{")
    project.place.locator(".lks-trouble").get_by_text("workspace.json is damaged").wait_for()
    expect(project.place.locator(".lks-place")).to_have_text(f"Project {BIRD}"), "nobody is moved elsewhere"
    memory.write_text(whole)
    expect(project.place.locator(".lks-trouble")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everything_is_named_and_its_borders_are_seen(maker, project, images, check, theme):
    maker.set_theme(theme)
    maker.page.wait_for_timeout(400)
    for panel in (project, images, check):
        panel.place.scroll_into_view_if_needed()
        assert panel.place.evaluate(NAMELESS) == []
        assert panel.place.evaluate(BORDERS) == []
    maker.set_theme("light")


@pytest.mark.parametrize("width, name", [(700, "700px"), (640, "200percent")])
def test_nothing_is_cut_in_a_narrow_window(maker, project, images, check, width, name):
    usual = maker.page.viewport_size
    maker.page.set_viewport_size({"width": width, "height": 500 if width == 640 else 900})
    maker.page.wait_for_timeout(600)
    try:
        for word, panel in (("project", project), ("images", images), ("check", check)):
            panel.place.scroll_into_view_if_needed()
            assert panel.place.evaluate("place => place.scrollWidth <= place.clientWidth + 2"), word
            inner = [line for line in panel.place.evaluate(CUT) if not line.startswith(("lkg-name", "lkg-chip", "lkf-name"))]
            assert inner == [], word
            maker.picture(f"made-{word}-{name}", target=panel.place)
    finally:
        maker.page.set_viewport_size(usual)


def test_the_browsers_had_nothing_to_complain_of(maker, trainer):
    for notebook in (maker, trainer):
        assert sorted({line for line in notebook.errors if not FOREIGN.search(line)}) == []
