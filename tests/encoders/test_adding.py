import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from cbir_desktop.core.errors import KnownError
from cbir_desktop.encoders.adding import IMAGENET_MEAN, Wishes, add_model
from cbir_desktop.encoders.models import added, create_encoder
from cbir_desktop.encoders.onnx_file import check_complete


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "models"


def refusal(file, folder, name=None, **wishes):
    with pytest.raises(KnownError) as caught:
        add_model(file, folder, Wishes(**wishes), name)
    assert not list(folder.glob("*"))
    return caught.value.kind


def save(path, inputs, outputs, nodes, weights=()):
    def values(shapes):
        return [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in shapes.items()]

    graph = helper.make_graph(nodes, "g", values(inputs), values(outputs), list(weights))
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("my.domain", 1)]
    path.write_bytes(helper.make_model(graph, opset_imports=opsets, ir_version=9).SerializeToString())
    return path


def identity(path, shape, kind=TensorProto.FLOAT, out=None):
    out = out or shape
    return save(path, {"x": (kind, shape)}, {"y": (kind, out)}, [helper.make_node("Identity", ["x"], ["y"])])


def test_layout_size_and_output_are_read_from_the_network(make_model, folder, images):
    entry = add_model(make_model(layout="NHWC", size=40), folder, Wishes(), "mine")
    assert (entry.spec.layout, entry.spec.input_size, entry.spec.output, entry.spec.pool) == (
        "NHWC", 40, "embedding", "none",
    )  # fmt: skip
    assert entry.spec.mean == IMAGENET_MEAN
    assert entry.dim == 16
    assert entry.path.parent == folder
    assert create_encoder("mine", folder).encode(images).shape == (4, 16)
    assert list(added(folder)) == ["mine"]


def test_a_feature_map_is_pooled_and_its_pool_is_part_of_the_key(make_model, folder, images):
    file = make_model()
    assert add_model(file, folder, Wishes(output="features"), "map").spec.pool == "avg"
    assert add_model(file, folder, Wishes(pool="gem"), "gem").spec.output == "features"
    names = ["map", "map+gem", "map+rmac", "map+spoc", "map+max", "map+avg", "gem", "gem+rmac"]
    keys = {name: create_encoder(name, folder).key for name in names}
    assert len(set(keys.values())) == 5
    assert keys["map"] == keys["map+avg"]
    assert keys["gem"] == keys["map+gem"]
    assert create_encoder("map+rmac", folder).encode(images).shape == (4, 16)


def test_a_vector_has_no_other_pool(make_model, folder):
    add_model(make_model(), folder, Wishes(), "vector")
    for name, kind in (("vector+gem", "no-feature-map"), ("vector@int8", "no-such-precision"), ("hsv+gem", None)):
        with pytest.raises(KnownError) as caught:
            create_encoder(name, folder)
        assert caught.value.kind == (kind or "no-feature-map")


@pytest.mark.parametrize(
    ("shape", "wishes", "found"),
    [
        ([None, 3, None, None], {}, ("NCHW", 224)),
        (["n", "h", "w", 3], {"size": 64}, ("NHWC", 64)),
        (["n", "c", "h", "w"], {"layout": "NHWC", "size": 32}, ("NHWC", 32)),
        ([1, 3, 48, "w"], {}, ("NCHW", 48)),
    ],
)
def test_dynamic_inputs(tmp_path, folder, shape, wishes, found):
    file = identity(tmp_path / "x.onnx", shape)
    spec = add_model(file, folder, Wishes(**wishes)).spec
    assert (spec.layout, spec.input_size, spec.pool) == (*found, "avg")


def test_preprocessing_is_what_was_said(make_model, folder):
    spec = add_model(make_model(), folder, Wishes(mean=[127.5], std=[1, 2, 3], resize="pad")).spec
    assert (spec.mean, spec.std, spec.resize) == ((127.5,) * 3, (1, 2, 3), "pad")


def test_what_cannot_serve_is_refused(tmp_path, make_model, folder):
    folder.mkdir()
    model = make_model()
    (tmp_path / "text.onnx").write_text("not a network")
    (tmp_path / "half.onnx").write_bytes(model.read_bytes()[:700])
    assert refusal(tmp_path / "absent.onnx", folder) == "missing-model"
    assert refusal(tmp_path / "text.onnx", folder) == "not-onnx"
    assert refusal(tmp_path / "half.onnx", folder) == "not-onnx"
    assert refusal(model, folder, "a b") == "bad-name"
    assert refusal(model, folder, "../x") == "bad-name"
    assert refusal(model, folder, "hsv") == "name-taken"
    assert refusal(model, folder, mean=[0.4], std=[0.2]) == "usage"
    assert refusal(model, folder, mean=[1, 2], std=[1]) == "usage"
    assert refusal(model, folder, resize="stretch") == "usage"
    for wishes in ({"layout": "NHWC"}, {"size": 64}, {"output": "none"}, {"output": "embedding", "pool": "gem"}):
        assert refusal(model, folder, **wishes) == "unsupported-network"
    for shape in ([4, 3, 8, 8], [1, 1, 8, 8], [1, 3, 8, 16], [1, 3]):
        assert refusal(identity(tmp_path / "i.onnx", shape), folder) == "unsupported-network"
    assert refusal(identity(tmp_path / "u.onnx", [1, 3, 8, 8], TensorProto.UINT8), folder) == "unsupported-network"


def test_custom_operators_are_refused(tmp_path, folder):
    folder.mkdir()
    shape = (TensorProto.FLOAT, [1, 3, 8, 8])
    file = save(
        tmp_path / "custom.onnx", {"x": shape}, {"y": shape},
        [helper.make_node("Mine", ["x"], ["y"], domain="my.domain")],
    )  # fmt: skip
    assert refusal(file, folder) == "custom-operators"


@pytest.mark.parametrize("where", ["initializer", "subgraph"])
def test_weights_outside_the_file_are_refused(tmp_path, folder, where):
    folder.mkdir()
    weight = numpy_helper.from_array(np.zeros((1, 3, 8, 8), np.float32), "w")
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="/etc/passwd")
    shape = (TensorProto.FLOAT, [1, 3, 8, 8])
    if where == "initializer":
        file = save(
            tmp_path / "x.onnx", {"x": shape}, {"y": shape}, [helper.make_node("Add", ["x", "w"], ["y"])], [weight]
        )
    else:
        inner = helper.make_graph(
            [helper.make_node("Identity", ["w"], ["z"])], "inner", [],
            [helper.make_tensor_value_info("z", *shape)], [weight],
        )  # fmt: skip
        condition = numpy_helper.from_array(np.array(True), "c")
        node = helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner)
        file = save(tmp_path / "x.onnx", {"x": shape}, {"y": shape}, [node], [condition])
    assert refusal(file, folder) == "external-data"


def test_a_folder_that_cannot_be_written_is_said(make_model, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(KnownError) as caught:
        add_model(make_model(), tmp_path / "file" / "models", Wishes())
    assert caught.value.kind == "unwritable-folder"


def test_a_name_is_given_once(make_model, folder):
    add_model(make_model(), folder, Wishes())
    with pytest.raises(KnownError) as caught:
        add_model(make_model(seed=1), folder, Wishes())
    assert caught.value.kind == "name-taken"


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_cut_networks_are_no_onnx(make_model, share):
    data = make_model().read_bytes()
    check_complete(data)
    with pytest.raises(KnownError) as caught:
        check_complete(data[: int(share * len(data))])
    assert caught.value.kind == "not-onnx"
