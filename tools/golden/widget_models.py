"""The states that ipywidgets 8 expects of the controls we draw, cut from the schema that Jupyter publishes.

    python tools/golden/widget_models.py jupyterwidgetmodels.latest.json

The schema is packages/schema/jupyterwidgetmodels.latest.json of github.com/jupyter-widgets/ipywidgets.
"""

import hashlib
import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "golden"
DRAWN = """Button ButtonStyle Checkbox CheckboxStyle DescriptionStyle Dropdown FloatSlider GridBox HBox HTML HTMLStyle Image
IntProgress IntSlider Layout ProgressStyle SliderStyle Text TextStyle Textarea ToggleButtons ToggleButtonsStyle VBox""".split()


def main():
    text = Path(sys.argv[1]).read_bytes()
    models = {}
    for model in json.loads(text):
        name = model["model"]["name"]
        if name.removesuffix("Model") not in DRAWN:
            continue
        models[name] = {
            "model": model["model"],
            "view": model["view"],
            "attributes": {
                one["name"]: {key: one[key] for key in ("type", "allow_none", "enum") if key in one}
                for one in model["attributes"]
            },
        }
    made = {
        "reference": "ipywidgets, packages/schema/jupyterwidgetmodels.latest.json",
        "sha256": hashlib.sha256(text).hexdigest(),
        "command": "python tools/golden/widget_models.py jupyterwidgetmodels.latest.json",
        "models": models,
    }
    path = FOLDER / "widget_models.json"
    path.write_text(json.dumps(made, indent=0, sort_keys=True) + "\n")
    print(path, path.stat().st_size, "bytes,", len(models), "models")


if __name__ == "__main__":
    main()
