"""The real pages without a browser: the notebook that comes along executed, and every widget checked against ipywidgets."""

import json
import subprocess
import sys

import ipywidgets
import pytest
from kernels import ROOT, Kernel
from traitlets import TraitError

NOTEBOOKS = {"Lora_Trainer": ["setup", "recipe", "train", "test"], "Dataset_Maker": ["setup", "project", "images", "tags", "captions", "check"]}
WORDS = ["setup", "project", "images", "tags", "captions", "check", "recipe", "train", "test", "help"]


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    """The state of every widget after each page was shown once."""
    with Kernel("lorikeet", tmp_path_factory.mktemp("work")) as kernel:
        for word in WORDS:
            assert kernel.run(word)[0]["status"] == "ok", word
        yield kernel.states()


def kinds_of(kind):
    """A class and all that are derived from it: the styles of some controls have no name in ipywidgets' front door."""
    return {kind}.union(*(kinds_of(one) for one in kind.__subclasses__()))


def classes():
    """What ipywidgets itself knows, by the model's module and name."""
    found = {}
    for kind in kinds_of(ipywidgets.Widget):
        traits = kind.class_traits(sync=True)
        if "_model_name" in traits:
            key = (traits["_model_module"].default_value, traits["_model_name"].default_value)
            found.setdefault(key, []).append((kind, traits))
    return found


def references(value):
    if isinstance(value, str):
        return [value.removeprefix("IPY_MODEL_")] if value.startswith("IPY_MODEL_") else []
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [one for part in inner for one in references(part)]


def complaints(state, kind, traits):
    wrong = []
    for key, value in state.items():
        if key not in traits:
            wrong.append(f"{kind.__name__} has no {key}")
            continue
        if references(value) or (isinstance(value, list) and key == "children"):
            continue
        holder = kind.__new__(kind)
        holder._cross_validation_lock = True  # a value by itself: the others are not set in this empty one
        try:
            traits[key]._validate(holder, tuple(value) if isinstance(value, list) else value)
        except TraitError as error:
            wrong.append(f"{kind.__name__}.{key} = {value!r}: {error}")
    if state.get("index") is not None and not 0 <= state["index"] < len(state["_options_labels"]):
        wrong.append(f"{kind.__name__}: no {state['index']} in {state['_options_labels']}")
    return wrong


def test_every_state_is_one_that_ipywidgets_could_have(states):
    known = classes()
    wrong = []
    checked = 0
    for model in states.values():
        state = model["state"]
        key = (state["_model_module"], state["_model_name"])
        assert (model["model_module"], model["model_name"]) == key
        if key[0] == "anywidget":
            continue  # has a test of its own: it may hold anything beside its few fixed keys
        assert key in known, key
        wrong += min((complaints(state, *one) for one in known[key]), key=len)
        checked += 1
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert checked > 50


def test_a_state_that_ipywidgets_could_not_have_is_seen():
    for module, name, state in (("HTMLModel", "value", {"value": 3}), ("HTMLModel", "colour", {"colour": "red"}),
                                ("DropdownModel", "index", {"_options_labels": ["one"], "index": 1})):
        (kind, traits), *_ = classes()[("@jupyter-widgets/controls", module)]
        assert complaints(state, kind, traits), name


def test_anywidgets_name_what_anywidget_needs(states):
    parts = [m["state"] for m in states.values() if m["model_module"] == "anywidget"]
    assert parts
    for state in parts:
        assert {"_esm", "_anywidget_id"} <= set(state)
        assert (state["_model_name"], state["_view_name"], state["_view_module"]) == ("AnyModel", "AnyView", "anywidget")


def test_every_reference_leads_to_a_widget(states):
    for model in states.values():
        for one in references(model["state"]):
            assert one in states


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_notebooks_that_come_along_have_no_outputs_and_our_words(name):
    notebook = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text())
    cells = [c for c in notebook["cells"] if c["cell_type"] == "code"]
    assert ["".join(c["source"]) for c in cells] == NOTEBOOKS[name]
    assert all(c["outputs"] == [] and c["execution_count"] is None for c in cells)
    assert notebook["metadata"]["kernelspec"]["name"] == "lorikeet"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_nbconvert_executes_it(tmp_path, name):
    (tmp_path / "in.ipynb").write_text((ROOT / "notebooks" / f"{name}.ipynb").read_text())
    subprocess.run([sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "in.ipynb", "--output", "out.ipynb"],
                   cwd=tmp_path, check=True, timeout=120)
    done = json.loads((tmp_path / "out.ipynb").read_text())
    cells = [c for c in done["cells"] if c["cell_type"] == "code"]
    assert all("application/vnd.jupyter.widget-view+json" in c["outputs"][-1]["data"] for c in cells)
    kept = done["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    for cell in cells:
        assert cell["outputs"][-1]["data"]["application/vnd.jupyter.widget-view+json"]["model_id"] in kept
