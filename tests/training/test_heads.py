import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")

from cbir_desktop.training.heads import Bent, class_means, head_of, quieten  # noqa: E402


def drawn(vectors, head):
    with torch.no_grad():
        return head(vectors)


def test_a_head_begins_from_the_ranking_that_there_was(hidden):
    vectors, _ = hidden
    turned = drawn(vectors, head_of(vectors, 12))
    torch.testing.assert_close(turned @ turned.T, vectors @ vectors.T, atol=1e-5, rtol=0)


def test_of_many_dimensions_the_widest_stay(hidden):
    vectors, _ = hidden
    assert drawn(vectors, head_of(vectors, 5)).square().sum() == pytest.approx(
        float(torch.linalg.eigvalsh(vectors.T @ vectors)[-5:].sum()), rel=1e-4
    )


def test_quiet_products_are_those_by_the_shrunk_covariance(hidden):
    vectors, labels = hidden
    head = head_of(vectors, 12)
    quieten(head, vectors, torch.from_numpy(labels))
    rows = vectors.double().numpy()
    means = np.stack([rows[labels == label].mean(0) for label in range(6)])
    apart = rows - means[labels]
    within = apart.T @ apart / len(rows)
    shrunk = 0.5 * within / (np.trace(within) / 12) + 0.5 * np.eye(12)
    about = rows - means.mean(0)
    found = drawn(vectors, head).double().numpy()
    np.testing.assert_allclose(found @ found.T, about @ np.linalg.inv(shrunk) @ about.T, atol=1e-4)


def test_quiet_heads_of_hidden_units_bend_nothing_yet(hidden):
    vectors, labels = hidden
    plain, bent = head_of(vectors, 8), head_of(vectors, 8, 16)
    assert isinstance(bent, Bent)
    for head in (plain, bent):
        quieten(head, vectors, torch.from_numpy(labels))
    torch.testing.assert_close(drawn(vectors, bent), drawn(vectors, plain))


def test_without_any_spread_in_classes_only_the_middle_moves():
    vectors = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, -0.4]])
    head = head_of(vectors, 2)
    quieten(head, vectors, torch.arange(3))
    about = vectors - vectors.mean(0)
    found = drawn(vectors, head)
    torch.testing.assert_close(found @ found.T, 2 * about @ about.T)


def test_means_of_classes():
    rows = torch.tensor([[1.0, 0.0], [5.0, 5.0], [3.0, 2.0]])
    torch.testing.assert_close(class_means(rows, torch.tensor([0, 1, 0])), torch.tensor([[2.0, 1.0], [5.0, 5.0]]))
