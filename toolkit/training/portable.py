"""Makes an exported encoder give the same numbers, bit for bit, on processors with and without AVX-512.

The encoder rounds its activations to 8 bits 24 times. So a difference in the last bit of one number can grow until
other words become a quote. Of ONNX Runtime's kernels that the encoder uses, only Softmax adds up in an order that
depends on the processor (found by running each operator, and then the encoder, under an emulated Haswell of 2013).
Written as exponential, sum and quotient, it does not. The quotient is taken behind the product that the weights go
into, where the table is eight times as small, so that this costs little speed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

LIMIT = 70.0
"""Scores are cut at this size, so that no exponential overflows; those of the shipped encoder stay below 64."""


def replace_softmax(model: ModelProto) -> int:
    """Write every Softmax over the last axis, with the matrix product behind it, as its parts, in place.

    Args:
        model: A graph of ONNX operator set 13 to 17.

    Returns:
        How many were replaced.

    Raises:
        ValueError: A Softmax runs over another axis than the last one, or something else than one product uses it.
    """
    from onnx import numpy_helper

    users = {node.output[0]: _product(model, node) for node in model.graph.node if node.op_type == "Softmax"}
    if not users:
        return 0
    for name, value in (("least", np.float32(-LIMIT)), ("most", np.float32(LIMIT)), ("axis", np.array([-1]))):
        model.graph.initializer.append(numpy_helper.from_array(np.asarray(value), f"softmax_{name}"))
    products = {product.output[0] for product in users.values()}
    nodes: list[NodeProto] = []
    for node in model.graph.node:
        if node.op_type == "Softmax":
            nodes += _weights(node)
        elif node.output[0] in products:
            nodes += _shared(node)
        else:
            nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return len(users)


def _product(model: ModelProto, softmax: NodeProto) -> NodeProto:
    """Find the matrix product that a Softmax goes into."""
    axis = next((a.i for a in softmax.attribute if a.name == "axis"), -1)
    if axis not in (-1, 3):
        raise ValueError(f"{softmax.name} runs over axis {axis}; expected the last one.")
    users = [node for node in model.graph.node if softmax.output[0] in node.input]
    if [node.op_type for node in users] != ["MatMul"] or users[0].input[0] != softmax.output[0]:
        raise ValueError(f"{softmax.name} goes into {[node.op_type for node in users]}; expected one MatMul, as first.")
    return users[0]


def _weights(softmax: NodeProto) -> list[NodeProto]:
    """Give exponentials in place of shares, and their sums."""
    from onnx import helper

    (scores,), (shares,) = softmax.input, softmax.output
    return [
        helper.make_node("Clip", [scores, "softmax_least", "softmax_most"], [f"{shares}_cut"]),
        helper.make_node("Exp", [f"{shares}_cut"], [shares]),
        helper.make_node("ReduceSum", [shares, "softmax_axis"], [f"{shares}_total"], keepdims=1),
    ]


def _shared(product: NodeProto) -> list[NodeProto]:
    """Divide a product of exponentials by their sums."""
    from onnx import helper

    (shares, values), (result,) = product.input, product.output
    return [
        helper.make_node("MatMul", [shares, values], [f"{result}_undivided"]),
        helper.make_node("Div", [f"{result}_undivided", f"{shares}_total"], [result]),
    ]
