"""Rows that only the tests have, in a browser: a page among the real ones, a family of models and a kind of adapter in the forms
and in the plan. Nothing of the pages names them."""

import re
import shutil

import pytest
from browser import CHROMIUM, Lab, write_notebook
from kernels import ROOT
from playwright.sync_api import expect
from trainer_test import Panel

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed; ./run test puts it there")

HELP, TOYS, RECIPE, TRAIN, TEST = range(5)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toys")
    write_notebook(folder / "toys.ipynb", ["help", "toys", "recipe", "train", "test"])
    shutil.copytree(ROOT / "assets" / "lorikeet", folder / "birds")
    with Lab(folder) as lab:
        yield lab


@pytest.fixture(scope="module")
def notebook(browser):
    notebook = browser.open("toys.ipynb")
    notebook.run_all()
    return notebook


def test_a_page_of_the_tests_is_listed_and_works(notebook, lab):
    Panel(notebook, HELP).shows("Makes a toy model.")
    toys = Panel(notebook, TOYS)
    toys.press("Make it")
    toys.says("A toy model and its adapter lie in models.")
    assert (lab.folder / "models" / "toy.safetensors").exists()


def test_a_family_of_the_tests_is_offered_and_planned(notebook):
    notebook.run_all()  # the same pages, which look for models again
    recipe = Panel(notebook, RECIPE)
    recipe.type("Name", "toy")
    recipe.field("Models found here").select_option("toy")
    recipe.shows("a Toy checkpoint")
    recipe.type("Folder", "birds")
    recipe.type("Trigger", "lorikeet")
    recipe.says("The recipe is complete.")
    train = Panel(notebook, TRAIN)
    train.shows("12 images")
    train.shows("Chosen for 12 images and Toy")


def test_an_adapter_of_the_tests_is_offered(notebook):
    test = Panel(notebook, TEST)
    expect(test.field("LoRA")).to_have_value(re.compile(r"toy_style\.safetensors$"))
    test.type("Prompt", "a bird")
    test.press("More settings")
    test.field("Models found here").select_option("toy")
    test.says("Ready to generate.")
