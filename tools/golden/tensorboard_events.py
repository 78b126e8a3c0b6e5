"""Makes tests/golden/tensorboard_events.safetensors: records of event files as the tensorboard package writes them."""

import io
import sys
from pathlib import Path

import numpy as np
import tensorboard
from safetensors.numpy import save_file
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

TIME = 1764000000.25


def record(event: event_pb2.Event) -> np.ndarray:
    file = io.BytesIO()
    RecordWriter(file).write(event.SerializeToString())
    return np.frombuffer(file.getvalue(), np.uint8)


def scalar(tag: str, step: int, value: float) -> np.ndarray:
    point = summary_pb2.Summary.Value(tag=tag, simple_value=value)
    return record(event_pb2.Event(wall_time=TIME, step=step, summary=summary_pb2.Summary(value=[point])))


def main() -> None:
    save_file({
        "version": record(event_pb2.Event(wall_time=TIME, file_version="brain.Event:2")),
        "first": scalar("loss/current", 0, 0.125),
        "later": scalar("loss/current", 300, 0.1),
        "zero": scalar("loss/current", 1, 0.0),
        "long_tag": scalar("lr/" + "x" * 200, 123456789012, -3.5),
    }, OUT, metadata={
        "reference": "tensorboard.summary.writer.record_writer", "version": f"tensorboard {tensorboard.__version__}",
        "command": "python tools/golden/tensorboard_events.py", "tolerance": "0"})
    print(OUT, Path(OUT).stat().st_size)


OUT = sys.argv[1] if len(sys.argv) > 1 else str(Path(__file__).parents[2] / "tests/golden/tensorboard_events.safetensors")
if __name__ == "__main__":
    main()
