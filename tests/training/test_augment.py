"""Seeded crops and edits."""

from dataclasses import replace

import numpy as np
import torch

from cbir_desktop.training.augment import edited, look, seeded_views, whole


def ramp(n=2, side=32):
    """Pictures whose red grows to the right and green downwards."""
    line = torch.linspace(0, 255, side)
    picture = torch.stack(
        [line.expand(side, side), line[:, None].expand(side, side), torch.full((side, side), 80.0)], 2
    )
    return picture.round().to(torch.uint8).expand(n, -1, -1, -1).contiguous()


def test_the_whole_picture_at_its_own_size_is_itself():
    pictures = ramp()
    x = look(pictures, whole(2), 32)
    torch.testing.assert_close(x, pictures.permute(0, 3, 1, 2) / 255)


def test_shrinking_averages():
    x = look(ramp(), whole(2), 8)
    torch.testing.assert_close(x[0, 0, 0], look(ramp(), whole(2), 32)[0, 0, 0].reshape(8, 4).mean(1), atol=0.02, rtol=0)


def test_a_box_shows_its_part_and_a_mirror_turns_it():
    quarter = replace(whole(2), box=torch.tensor([[0.5, 0.0, 0.5, 0.5]] * 2), mirror=torch.tensor([False, True]))
    x = look(ramp(), quarter, 16)
    assert x[0, 0].min() > 0.48
    assert x[0, 1].max() < 0.52
    torch.testing.assert_close(x[1], x[0].flip(2))


def test_a_quarter_turn_is_that_of_torch():
    x = look(ramp(), replace(whole(2), turns=torch.tensor([0, 3])), 32)
    torch.testing.assert_close(x[1], torch.rot90(x[0], 3, (1, 2)))


def test_crops_are_of_their_seed_and_inside_the_picture():
    aspect = np.linspace(0.5, 2, 500, dtype=np.float32)
    a, b = seeded_views(500, aspect, (1, 2)), seeded_views(500, aspect, (1, 2))
    assert torch.equal(a.box, b.box)
    assert not torch.equal(a.box, seeded_views(500, aspect, (1, 3)).box)
    assert (a.box >= 0).all()
    assert (a.box[:, :2] + a.box[:, 2:] <= 1.0001).all()
    assert 0.15 < (a.box[:, 2] * a.box[:, 3] == 1).float().mean() < 0.35


def test_edits_touch_about_their_share_and_stay_in_range():
    views = whole(400)
    touched = edited(views, 0.5, (1,))
    changed = (touched.turns != 0) | (touched.blur > 1) | (touched.noise > 0)
    assert 0.2 < changed.float().mean() < 0.5
    untouched = edited(views, 0.0, (1,))
    assert torch.equal(untouched.colour, views.colour)
    assert not untouched.turns.any()
    x = look(ramp(400), touched, 16)
    assert x.min() >= 0
    assert x.max() <= 1


def test_noise_is_of_its_seed():
    noisy = replace(whole(2), noise=torch.tensor([0.0, 0.1]))
    a, b, c = (look(ramp(), noisy, 16, seed) for seed in (1, 1, 2))
    assert torch.equal(a, b)
    assert not torch.equal(a[1], c[1])
    assert torch.equal(a[0], c[0])


def test_bfloat16_resampling_is_close():
    views = seeded_views(8, np.ones(8, np.float32), (5,))
    exact, quick = look(ramp(8), views, 24), look(ramp(8), views, 24, dtype=torch.bfloat16)
    assert (exact - quick).abs().max() < 0.02
