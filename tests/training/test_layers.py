import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")

from cbir_desktop.core.errors import KnownError  # noqa: E402
from cbir_desktop.encoders.models import create_encoder  # noqa: E402
from cbir_desktop.training.architectures import Source, build  # noqa: E402
from cbir_desktop.training.export_torchvision import export_model  # noqa: E402
from cbir_desktop.training.layers import ALIASES  # noqa: E402

RANDOM = Source(random=True)
pytestmark = pytest.mark.usefixtures("torchvision")


def test_alexnet_is_cut_before_the_relu(torchvision):
    torch.manual_seed(0)
    whole = torchvision.models.alexnet(weights=None).eval()
    pixels = torch.rand(2, 3, 224, 224)
    for layer, length in (("fc6", 4096), ("fc7", 4096)):
        with torch.no_grad():
            map_ = torch.flatten(whole.avgpool(whole.features(pixels)), 1)
            wanted = whole.classifier[:2](map_) if layer == "fc6" else whole.classifier[:5](map_)
            built = build("alexnet", RANDOM, False, 224, layer)
            assert built.is_vector
            found = built.network(pixels)
        torch.testing.assert_close(found, wanted)
        assert found.shape == (2, length)
        assert (found < 0).any()
    conv5 = build("alexnet", RANDOM, False, 224, "conv5")
    assert not conv5.is_vector
    with torch.no_grad():
        torch.testing.assert_close(conv5.network(pixels), whole.features[:11](pixels))


def test_every_alias_is_a_convolution_or_a_linear_layer(torchvision):
    for name, words in ALIASES.items():
        with torch.device("meta"):  # no weights are drawn: VGG-16 has 138 million
            modules = dict(torchvision.models.get_model(name, weights=None).named_modules())
        for path in words.values():
            assert isinstance(modules[path], torch.nn.Conv2d | torch.nn.Linear)


def test_a_middle_layer_is_an_encoder(tmp_path):
    entry, worst = export_model("resnet18", RANDOM, tmp_path, size=64, layer="layer3")
    assert worst <= 1e-4
    assert (entry.name, entry.dim, entry.spec.pool) == ("resnet18-layer3", 256, "avg")
    picture = np.random.default_rng(0).integers(0, 256, (90, 70, 3), np.uint8)
    assert create_encoder("resnet18-layer3+rmac", tmp_path).encode([picture]).shape == (1, 256)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "layer", "dim"),
    [
        ("alexnet", "fc6", 4096),
        ("alexnet", "conv5", 256),
        ("googlenet", "inception4a", 512),
        ("resnet50", "layer3.1.conv2", 256),
        ("efficientnet_b1", "features.6", 192),
    ],
)
def test_layers_agree_with_torch(name, layer, dim, tmp_path):
    entry, worst = export_model(name, RANDOM, tmp_path, size=224 if name == "alexnet" else 64, layer=layer)
    assert (entry.dim, worst <= 1e-4) == (dim, True)


@pytest.mark.parametrize(
    ("name", "layer", "pool", "size", "kind"),
    [
        ("resnet18", "layer9", None, 64, "no-such-layer"),
        ("dino_vit", "blocks.1", None, 64, "no-such-layer"),
        ("resnet18", "fc", "gem", 64, "no-feature-map"),
        ("alexnet", "fc6", None, 96, "bad-export"),
    ],
)
def test_what_cannot_be_cut_is_refused(name, layer, pool, size, kind, tmp_path, capsys):
    with pytest.raises(KnownError) as caught:
        export_model(name, RANDOM, tmp_path, pool=pool, size=size, layer=layer)
    assert caught.value.kind == kind
    assert capsys.readouterr().out == ""
    assert not list(tmp_path.iterdir())


def test_the_error_names_layers_that_are_there():
    with pytest.raises(KnownError, match="conv5"):
        build("alexnet", RANDOM, False, 224, "conv9")
