import hashlib

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from cbir_desktop.core.errors import KnownError
from cbir_desktop.encoders.choice import Choice
from cbir_desktop.encoders.models import create_encoder, find_entry
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.precision import faster, measure, settle
from cbir_desktop.library.reembed import reembed


def write_network(path, depth):
    """``depth`` convolutions one after the other: how long a run takes is known by how many there are."""
    weights = np.random.default_rng(depth).standard_normal((8, 3, 5, 5)).astype(np.float32)
    deep = np.random.default_rng(depth).standard_normal((8, 8, 5, 5)).astype(np.float32) / 14
    nodes = [helper.make_node("Conv", ["pixels", "w"], ["x0"], pads=[2] * 4)]
    nodes += [helper.make_node("Conv", [f"x{i}", "d"], [f"x{i + 1}"], pads=[2] * 4) for i in range(depth)]
    nodes += [helper.make_node("ReduceMean", [f"x{depth}"], ["embedding"], axes=[2, 3], keepdims=0)]
    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [1, 3, 64, 64])
    out = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, 8])
    tensors = [numpy_helper.from_array(weights, "w"), numpy_helper.from_array(deep, "d")]
    graph = helper.make_graph(nodes, "g", [pixels], [out], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path.write_bytes(model.SerializeToString())
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def make_pair(tmp_path):
    """Adds "pair", a model in two precisions, to the models of the library; their depths say which is quicker."""
    models = tmp_path / "library" / "models"
    models.mkdir(parents=True)

    def make(float32, int8):
        one, two = write_network(models / "f.onnx", float32), write_network(models / "i.onnx", int8)
        (models / "pair.toml").write_text(
            f'file = "f.onnx"\nsha256 = "{one}"\nfile_int8 = "i.onnx"\nsha256_int8 = "{two}"\ninput_size = 64\n'
        )
        return models

    return make


def test_the_faster_one_is_chosen(make_pair):
    models = make_pair(12, 1)
    assert settle(Choice("pair"), models) == Choice("pair", None, "int8")
    models = make_pair(1, 12)
    assert measure(find_entry("pair", models), Choice("pair")) == "float32"


def test_int8_must_be_worth_it():
    assert [faster(1.0, int8) for int8 in (0.5, 0.9, 0.95, 1.5)] == ["int8", "int8", "float32", "float32"]


def test_one_variant_is_not_measured(make_pair):
    models = make_pair(1, 1)
    assert settle(Choice("hsv"), models) == Choice("hsv")
    assert settle(Choice("pair", None, "float32"), models) == Choice("pair", None, "float32")
    (models / "pair.toml").write_text('file = "f.onnx"\ninput_size = 64\n')
    assert settle(Choice("pair"), models) == Choice("pair")
    with pytest.raises(KnownError) as caught:
        create_encoder("pair@int8", models)
    assert caught.value.kind == "no-such-precision"


def test_it_is_chosen_when_the_library_is_made_and_stays(make_pair, open_session, photos):
    models = make_pair(12, 1)
    with open_session(encoder="pair") as session:
        index_paths(session, [str(photos)])
        assert session.encoder_name == "pair@int8"
        key = session.encoder.key
    for wanted in (None, "pair"):
        with open_session(encoder=wanted) as session:
            assert session.encoder.key == key
    assert key == create_encoder("pair@int8", models).key != create_encoder("pair@float32", models).key


def test_a_library_from_before_there_were_two_keeps_its_vectors(make_pair, open_session, photos):
    models = make_pair(12, 1)
    both = (models / "pair.toml").read_text()
    (models / "pair.toml").write_text("\n".join(line for line in both.splitlines() if "int8" not in line))
    with open_session(encoder="pair") as session:
        index_paths(session, [str(photos)])
        key = session.encoder.key
    (models / "pair.toml").write_text(both)
    with open_session(encoder=None) as session:
        assert session.encoder.key == key
        assert index_paths(session, [str(photos)]).unchanged == 12


def test_a_command_changes_it(make_pair, open_session, photos):
    make_pair(12, 1)
    session = open_session(encoder="pair")
    index_paths(session, [str(photos)])
    report = reembed(session, precision="float32")
    assert (report.encoder, report.encoded, report.switched) == ("pair@float32", 12, True)
    assert reembed(session, "pair").encoder == "pair@float32"  # not measured again
    assert reembed(session, precision="int8").present == 12
