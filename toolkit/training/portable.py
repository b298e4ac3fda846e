"""Makes an exported encoder give the same numbers, bit for bit, on processors with and without AVX-512.

The encoder rounds its activations to 8 bits 24 times. So a difference in the last bit of one number can grow until
other words become a quote. Of ONNX Runtime's kernels that the encoder uses, only Softmax adds up in an order that
depends on the processor (found by running each operator, and then the encoder, under an emulated Haswell of 2013).
Written as maximum, difference, exponential, sum and quotient, it does not, at nine tenths of the speed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto


def replace_softmax(model: ModelProto) -> int:
    """Write every Softmax over the last axis as its parts, in place.

    Args:
        model: A graph of ONNX operator set 13 to 17.

    Returns:
        How many were replaced.

    Raises:
        ValueError: A Softmax runs over another axis than the last one.
    """
    import numpy as np
    from onnx import numpy_helper

    found = [node for node in model.graph.node if node.op_type == "Softmax"]
    if found:
        model.graph.initializer.append(numpy_helper.from_array(np.array([-1]), "softmax_axis"))
    nodes: list[NodeProto] = []
    for node in model.graph.node:
        nodes += _parts(node) if node in found else [node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return len(found)


def _parts(softmax: NodeProto) -> list[NodeProto]:
    from onnx import helper

    axis = next((a.i for a in softmax.attribute if a.name == "axis"), -1)
    if axis not in (-1, 3):
        raise ValueError(f"{softmax.name} runs over axis {axis}; expected the last one.")
    (scores,), (result,) = softmax.input, softmax.output
    largest, less, power, total = (f"{result}_{part}" for part in ("largest", "less", "power", "total"))
    return [
        helper.make_node("ReduceMax", [scores], [largest], axes=[-1], keepdims=1),
        helper.make_node("Sub", [scores, largest], [less]),
        helper.make_node("Exp", [less], [power]),
        helper.make_node("ReduceSum", [power, "softmax_axis"], [total], keepdims=1),
        helper.make_node("Div", [power, total], [result]),
    ]
