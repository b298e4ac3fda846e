"""An exported encoder without Softmax gives the same probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.training.portable import replace_softmax

onnx = pytest.importorskip("onnx", reason="needs the extra `train`")
TensorProto, helper = onnx.TensorProto, onnx.helper


def graph(axis: int):
    nodes = [
        helper.make_node("Softmax", ["x"], ["p"], axis=axis),
        helper.make_node("MatMul", ["p", "x"], ["y"]),
    ]
    shape = ["batch", 2, "rows", "rows"]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in "xy"]
    return helper.make_model(
        helper.make_graph(nodes, "g", values[:1], values[1:]), opset_imports=[helper.make_opsetid("", 17)], ir_version=8
    )


def run(model, x):
    import onnxruntime

    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


def test_the_parts_give_what_softmax_gives():
    x = np.random.default_rng(3).standard_normal((1, 2, 9, 9)).astype(np.float32) * 20
    model = graph(-1)
    before = run(model, x)
    assert replace_softmax(model) == 1
    onnx.checker.check_model(model, full_check=True)
    assert [node.op_type for node in model.graph.node] == ["Clip", "Exp", "ReduceSum", "MatMul", "Div"]
    np.testing.assert_allclose(run(model, x), before, rtol=1e-4, atol=1e-4)
    assert replace_softmax(model) == 0


def test_another_axis_is_refused():
    with pytest.raises(ValueError, match="expected the last one"):
        replace_softmax(graph(1))


def test_huge_scores_give_no_overflow():
    x = np.array([[[[1e4, 2.0], [-1e4, -1e5]], [[3e38, -3e38], [0.0, 0.0]]]], dtype=np.float32)
    model = graph(-1)
    replace_softmax(model)
    assert np.isfinite(run(model, x)[0, 0]).all()


def test_shares_that_go_elsewhere_too_are_refused():
    model = graph(-1)
    model.graph.node.append(helper.make_node("Exp", ["p"], ["z"]))
    with pytest.raises(ValueError, match="expected one MatMul"):
        replace_softmax(model)
