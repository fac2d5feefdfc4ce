"""Checks ONNX files with ONNX's own checker and computes them with ONNX Runtime. Prints one JSON list.

The argument is the path of a JSON list of {"model": path, "inputs": {name: {"file": path, "shape": [...]}}, "output":
path}. Files of numbers are float32, little-endian. The answer is what each file says of itself.
"""
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

answers = []
for case in json.loads(pathlib.Path(json.loads(sys.argv[1])).read_text()):
    onnx.checker.check_model(case["model"], full_check=True)
    session = onnxruntime.InferenceSession(case["model"], providers=["CPUExecutionProvider"])
    inputs = {name: np.fromfile(given["file"], "<f4").reshape(given["shape"]) for name, given in case["inputs"].items()}
    [output] = session.run(None, inputs)
    output.astype("<f4").tofile(case["output"])
    meta = session.get_modelmeta()
    answers.append({
        "inputs": [[one.name, one.type, one.shape] for one in session.get_inputs()],
        "outputs": [[one.name, one.type, one.shape] for one in session.get_outputs()],
        "shape": output.shape,
        "producer": meta.producer_name,
        "metadata": meta.custom_metadata_map,
    })
print(json.dumps(answers))
