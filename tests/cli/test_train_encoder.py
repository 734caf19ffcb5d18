import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra [train] is not installed")
pytest.importorskip("pytorch_metric_learning", reason="the extra [train] is not installed")
onnx = pytest.importorskip("onnx", reason="the extra [train] is not installed")

from cbir_desktop.encoders.models import create_encoder  # noqa: E402
from cbir_desktop.training.adapted import Start  # noqa: E402

QUICK = ("--epochs", "4", "--patience", "4", "--rate", "0.01", "--dim", "16")


@pytest.mark.parametrize(
    "more",
    [
        ("--backbone", "cnn", "--loss", "classification"),
        ("--backbone", "mlp"),
        ("--backbone", "given+rmac", "--loss", "contrastive", "--sampling", "weighted", "--margin", "0.8"),
        ("--backbone", "given+gem", "--train-backbone"),
        ("--backbone", "last", "--train-backbone"),
        ("--backbone", "last+max"),
    ],
)
def test_an_encoder_is_learned_measured_and_used(cbir, cbir_json, library, sorted_photos, make_network, more):
    for name, layout in (("given", "NCHW"), ("last", "NHWC")):
        assert (
            cbir("models", "add", make_network(layout), "--name", name, "--output", "features", "--library", library)[0]
            == 0
        )
    arguments = ("train", "encoder", sorted_photos, "--name", "mine", "--measure", "pictures", "--library", library)
    code, (made,) = cbir_json(*arguments, *QUICK, *more)
    assert code == 0
    assert made["validation"]["after"] >= made["validation"]["before"]
    before, after = made["measured"]
    assert after["encoder"] == "mine"
    assert (before["pictures"], after["dim"], made["dim"]) == (18, 16, 16)
    better = made["validation"]["after"] > made["validation"]["before"]
    assert better or max(made["validation"]["curve"]) <= made["validation"]["before"]  # the beginning was kept
    assert before["key"] != after["key"] or not better
    card = (library / "models" / "mine.md").read_text()
    assert f"{after['map_step']:.4f}" in card
    assert "sorted, half of the pictures: 18 pictures in 3 classes" in card
    assert f"{0 if 'cnn' in more or 'mlp' in more else 0.5} of the weights it began with" in card
    picture = np.full((30, 30, 3), 200, np.uint8)
    together = create_encoder("mine", library / "models").encode([picture, picture[:9]])
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert cbir("index", sorted_photos, "--library", library, "--encoder", "mine")[0] == 0


def test_a_new_network_has_a_ready_made_plan_of_its_own():
    knowing, new = Start().plan(dim=None), Start("cnn").plan(dim=9)
    assert (knowing.keep, knowing.dim, new.keep, new.dim) == (0.5, 256, 0, 9)
    assert new.rate > knowing.rate
    assert (Start("mlp").plan(keep=0.3, rate=0.1).keep, Start("mlp").plan(rate=0.1).rate) == (0.3, 0.1)


@pytest.mark.slow
def test_of_several_plans_the_best_is_learned(cbir_json, cbir, library, sorted_photos, make_network):
    pytest.importorskip("ray.tune", reason="the extra [tune] is not installed")
    cbir("models", "add", make_network("NCHW"), "--name", "given", "--library", library)
    common = ("train", "encoder", sorted_photos, "--name", "mine", "--backbone", "given", "--library", library)
    code, (made,) = cbir_json(*common, *QUICK, "--tune", "3")
    if code == 2 and made["error"]["kind"] == "ray-not-started":
        pytest.skip(made["error"]["message"])
    assert code == 0
    values = [one["map"] for one in made["tried"]]
    assert (len(values), values) == (3, sorted(values, reverse=True))
    assert {name: made[name] for name in ("loss", "rate", "hidden")} == {
        name: made["tried"][0][name] for name in ("loss", "rate", "hidden")
    }
    assert "this plan among 3" in (library / "models" / "mine.md").read_text()


def test_an_adapted_encoder_can_be_adapted_again(cbir_json, cbir, library, sorted_photos, make_network):
    cbir("models", "add", make_network("NCHW"), "--name", "given", "--library", library)
    for name, backbone in (("once", "given"), ("twice", "once")):
        code, _ = cbir_json(
            "train", "encoder", sorted_photos, "--name", name, "--backbone", backbone, *QUICK, "--library", library
        )
        assert code == 0
    code, (refused,) = cbir_json("train", "encoder", sorted_photos, "--name", "once", "--library", library)
    assert (code, refused["error"]["kind"]) == (2, "name-taken")


@pytest.mark.parametrize(("backbone", "kind"), [("hsv", "not-a-network"), ("nothing", "not-a-network")])
def test_what_is_no_network_is_no_backbone(cbir_json, library, sorted_photos, backbone, kind):
    code, (refused,) = cbir_json(
        "train", "encoder", sorted_photos, "--name", "mine", "--backbone", backbone, "--library", library
    )
    assert (code, refused["error"]["kind"]) == (2, kind)
    assert not list((library / "models").glob("*")) if (library / "models").exists() else True
