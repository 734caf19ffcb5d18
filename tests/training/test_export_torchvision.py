import functools
import hashlib
import http.server
import threading

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")
onnx = pytest.importorskip("onnx", reason="the extra [train] is not installed")

from cbir_desktop.core.errors import KnownError  # noqa: E402
from cbir_desktop.encoders.models import create_encoder  # noqa: E402
from cbir_desktop.encoders.pooling import MAP_POOLS, pool, unit_rows  # noqa: E402
from cbir_desktop.training.architectures import _ARCHITECTURES, NAMES, Source, build  # noqa: E402
from cbir_desktop.training.export_torchvision import export_model  # noqa: E402
from cbir_desktop.training.published import _HASH_IN_NAME, fetch, read_weights  # noqa: E402
from cbir_desktop.training.torch_pooling import Pooled  # noqa: E402
from cbir_desktop.training.vision_transformer import VisionTransformer, VitShape  # noqa: E402

RANDOM = Source(random=True)
DIMENSIONS = {
    "alexnet": 256, "convnext_tiny": 768, "dino_vit": 384, "efficientnet_b1": 1280, "googlenet": 1024,
    "mobilenet_v3_large": 960, "resnet18": 512, "resnet50": 2048, "vgg16": 512,
}  # fmt: skip
QUICK = {"resnet18", "mobilenet_v3_large"}


@pytest.mark.usefixtures("torchvision")
@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in NAMES]
)
def test_every_architecture_agrees_with_torch(name, tmp_path):
    entry, worst = export_model(name, RANDOM, tmp_path, size=64)
    assert worst <= 1e-4
    assert entry.dim == DIMENSIONS[name]
    (opset,) = onnx.load(entry.path).opset_import
    assert opset.version >= 17
    encoder = create_encoder(name, tmp_path)
    picture = np.random.default_rng(0).integers(0, 256, (90, 70, 3), np.uint8)
    vector = encoder.encode([picture])
    assert vector.shape == (1, DIMENSIONS[name])
    if entry.spec.pool != "none":
        assert encoder.key != create_encoder(f"{name}+rmac", tmp_path).key


@pytest.mark.usefixtures("torchvision")
@pytest.mark.parametrize("kind", ["spoc", "rmac"])
def test_the_pooled_network_gives_what_pooling_its_map_gives(kind, tmp_path):
    export_model("resnet18", RANDOM, tmp_path, "inside", kind, size=96)
    export_model("resnet18", RANDOM, tmp_path, "outside", size=96)
    picture = np.random.default_rng(0).integers(0, 256, (120, 90, 3), np.uint8)
    inside, outside = create_encoder("inside", tmp_path), create_encoder(f"outside+{kind}", tmp_path)
    np.testing.assert_allclose(inside.encode([picture]), outside.encode([picture]), atol=1e-4)


@pytest.mark.parametrize("kind", MAP_POOLS)
def test_torch_pools_as_numpy_does(kind):
    maps = torch.rand(2, 5, 7, 6, generator=torch.Generator().manual_seed(0))
    found = Pooled(torch.nn.Identity(), kind, 7, 6)(maps)
    np.testing.assert_allclose(found, unit_rows(pool(maps.numpy(), kind)), atol=1e-6)


@pytest.mark.usefixtures("torchvision")
def test_random_weights_are_seeded():
    def first(seed):
        return next(build("resnet18", Source(random=True, seed=seed), False, None).network.parameters())

    assert torch.equal(first(3), first(3))
    assert not torch.equal(first(3), first(4))


def test_a_local_state_dict_is_taken_and_its_keys_are_strict(torchvision, tmp_path):
    weights = torchvision.models.resnet18(weights=None).state_dict()
    torch.save(weights, tmp_path / "mine.pt")
    built = build("resnet18", Source(tmp_path / "mine.pt"), False, None)
    assert torch.equal(built.network[0].weight, weights["conv1.weight"])
    assert built.size == 224
    assert built.mean == pytest.approx((123.675, 116.28, 103.53))
    del weights["conv1.weight"]
    torch.save(weights, tmp_path / "lacking.pt")
    torch.save({"model": weights}, tmp_path / "nested.pt")
    torch.save(Source(), tmp_path / "object.pt")  # would have to be executed
    (tmp_path / "text.pt").write_text("?")
    kinds = {"lacking": "wrong-weights", "nested": "wrong-weights", "object": "wrong-weights", "text": "wrong-weights"}
    for name, kind in {**kinds, "absent": "no-such-path"}.items():
        with pytest.raises(KnownError) as caught:
            build("resnet18", Source(tmp_path / f"{name}.pt"), False, None)
        assert caught.value.kind == kind


@pytest.mark.parametrize("layer_scale", [False, True])
def test_a_dino_style_transformer_is_read_from_its_weights(tmp_path, layer_scale):
    shape = VitShape(width=128, depth=2, patch=14 if layer_scale else 16, places=5, layer_scale=layer_scale)
    weights = VisionTransformer(shape).state_dict()
    torch.save({**weights, "mask_token": torch.zeros(1, 128)}, tmp_path / "dino.pt")
    size = 8 * shape.patch  # not the size it was trained at
    entry, worst = export_model("dino_vit", Source(tmp_path / "dino.pt"), tmp_path / "models", "token", size=size)
    assert worst <= 1e-4
    assert (entry.dim, entry.spec.pool) == (128, "none")
    entry, worst = export_model("dino_vit", Source(tmp_path / "dino.pt"), tmp_path / "models", "map", "gem", size)
    assert (entry.dim, entry.spec.pool) == (128, "none")
    with pytest.raises(KnownError, match="multiple of the patch"):
        build("dino_vit", Source(tmp_path / "dino.pt"), False, size + 1)
    torch.save({**weights, "more": torch.zeros(1)}, tmp_path / "more.pt")
    with pytest.raises(KnownError, match="not of this network"):
        build("dino_vit", Source(tmp_path / "more.pt"), False, size)


def test_attention_is_that_of_torch():
    block = VisionTransformer(VitShape(width=128, depth=1)).blocks[0].attn
    reference = torch.nn.MultiheadAttention(128, 2, batch_first=True)
    reference.in_proj_weight, reference.in_proj_bias = block.qkv.weight, block.qkv.bias
    reference.out_proj.weight, reference.out_proj.bias = block.proj.weight, block.proj.bias
    tokens = torch.rand(2, 9, 128)
    torch.testing.assert_close(block(tokens), reference(tokens, tokens, tokens)[0], atol=1e-5, rtol=1e-4)


def test_names_and_weights_that_are_not_there():
    with pytest.raises(KnownError, match="known: alexnet"):
        build("resnet19", RANDOM, False, None)
    with pytest.raises(KnownError, match="--weights FILE"):
        build("dino_vit", Source(), False, None)


def test_the_published_files_carry_their_checksum(torchvision):
    for architecture in _ARCHITECTURES.values():
        published = getattr(torchvision.models, architecture.weights).IMAGENET1K_V1
        assert _HASH_IN_NAME.search(published.url)
        assert published.transforms().crop_size[0] in (224, 240)


@pytest.fixture
def server(tmp_path):
    """Serves the folder ``site``; gives its address."""
    site = tmp_path / "site"
    site.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield site, f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_published_weights_are_verified_and_kept(server, tmp_path):
    site, address = server
    torch.save({"w": torch.ones(2)}, site / "w.pth")
    data = (site / "w.pth").read_bytes()
    name = f"net-{hashlib.sha256(data).hexdigest()[:8]}.pth"
    (site / name).write_bytes(data)
    (site / "net-00000000.pth").write_bytes(data)
    kept = fetch(f"{address}/{name}", tmp_path / "cache")
    assert torch.equal(read_weights(kept)["w"], torch.ones(2))
    (site / name).unlink()
    assert fetch(f"{address}/{name}", tmp_path / "cache") == kept
    kept.write_bytes(b"damaged")  # a cached file is verified too, and fetched again
    for missing, kind in ((name, "no-network"), ("net-00000000.pth", "wrong-checksum"), ("w.pth", "wrong-checksum")):
        with pytest.raises(KnownError) as caught:
            fetch(f"{address}/{missing}", tmp_path / "cache")
        assert caught.value.kind == kind


def test_without_a_network_the_message_says_what_to_do(tmp_path):
    with pytest.raises(KnownError, match="--weights FILE") as caught:
        fetch("http://127.0.0.1:1/net-00000000.pth", tmp_path)
    assert caught.value.kind == "no-network"
    assert not list(tmp_path.iterdir())
