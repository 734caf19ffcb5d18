"""Whole searches on real files: regions, plus and minus, looks, proofs, filters."""

import shutil

import numpy as np
import pytest
from PIL import Image

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.filters import Filters
from cbir_desktop.core.region import Region
from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.library.answers import Answer
from cbir_desktop.library.indexing import index_paths, rescan
from cbir_desktop.library.query import Example, SearchQuery
from cbir_desktop.library.search import search_files
from cbir_desktop.library.searching import Proof, find, find_each, search

RED, GREEN, BLUE, GREY = (200, 30, 30), (30, 160, 40), (40, 60, 200), (120, 120, 120)


def paths(answer):
    return [hit.photo.path for hit in answer.hits]


def names(answer):
    return [path.rpartition("/")[2] for path in paths(answer)]


@pytest.fixture
def indexed(session, photos):
    index_paths(session, [str(photos)])
    return session


def halves(path, left, right, size=(160, 120)):
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGB", size, left)
    picture.paste(right, (size[0] // 2, 0, size[0], size[1]))
    picture.save(path)
    return str(path)


@pytest.fixture
def colours(session, tmp_path):
    """Plain pictures and halves of two colours."""
    folder = tmp_path / "colours"
    for name, left, right in (
        ("red", RED, RED), ("red-green", RED, GREEN), ("green-red", GREEN, RED), ("green", GREEN, GREEN),
        ("blue", BLUE, BLUE), ("grey", GREY, GREY),
    ):  # fmt: skip
        halves(folder / f"{name}.png", left, right)
    index_paths(session, [str(folder)])
    return session, folder


def test_one_example_finds_what_a_plain_search_finds(indexed, photos):
    path = str(photos / "a" / "05.jpg")
    plain = search_files(indexed, [path], k=5)
    (answer,) = search(indexed, SearchQuery((Example(path),)), k=5)
    assert [(hit.photo.path, hit.score) for hit in answer.hits] == [(h.photo.path, h.score) for h in plain.hits]


def test_an_example_is_known_by_its_hash_wherever_its_file_went(indexed, photos, tmp_path):
    path = photos / "a" / "05.jpg"
    content = next(p for p in indexed.catalog.photos(indexed.catalog.photo_ids()) if p.path == str(path))
    before, _ = find(indexed, SearchQuery((Example(str(path)),)), k=5)
    path.unlink()
    after, _ = find(indexed, SearchQuery((Example(str(path), content.hash),)), k=5)
    assert paths(after) == paths(before)
    with pytest.raises(DecodeError, match="there is no such file"):
        find(indexed, SearchQuery((Example(str(path)),)), k=5)


def test_minus_pushes_away_and_harder_with_more_weight(colours):
    session, folder = colours
    red, green = str(folder / "red.png"), str(folder / "green.png")
    plus = SearchQuery((Example(red),))
    scores = []
    for weight in (1.0, 3.0):
        query = SearchQuery((Example(red), Example(green, minus=True, weight=weight)))
        answer, _ = find(session, query, k=10, include_self=True)
        assert green not in paths(answer)
        scores.append({hit.photo.path: hit.score for hit in answer.hits}[str(folder / "red-green.png")])
    alone, _ = find(session, plus, k=10, include_self=True)
    without = {hit.photo.path: hit.score for hit in alone.hits}[str(folder / "red-green.png")]
    assert without > scores[0] > scores[1]


def test_a_heavier_plus_draws_the_answer_to_its_side(colours):
    session, folder = colours
    red, blue = str(folder / "red.png"), str(folder / "blue.png")

    def best(weight):
        query = SearchQuery((Example(red), Example(blue, weight=weight)))
        return names(find(session, query, k=6, include_self=True)[0])[0]

    assert (best(0.1), best(9.0)) == ("red.png", "blue.png")


def test_what_cancels_out_is_an_error(colours):
    session, folder = colours
    red = str(folder / "red.png")
    with pytest.raises(KnownError) as caught:
        find(session, SearchQuery((Example(red), Example(red, minus=True, weight=3.0))))
    assert caught.value.kind == "empty-query"


def test_a_region_finds_the_pictures_of_that_part(colours, tmp_path):
    session, _ = colours
    query = halves(tmp_path / "query.png", BLUE, GREEN, (400, 300))
    whole, _ = find(session, SearchQuery((Example(query),)), k=1)
    left, _ = find(session, SearchQuery((Example(query, region=Region(0, 0, 200, 300)),)), k=1)
    right, _ = find(session, SearchQuery((Example(query, region=Region(210, 20, 150, 250, angle=10)),)), k=1)
    assert (names(left), names(right)) == (["blue.png"], ["green.png"])
    assert left.hits[0].score > whole.hits[0].score


@pytest.mark.parametrize("box", [(500, 0, 50, 50), (-60, -60, 61, 61)])
def test_a_region_beside_the_picture_is_an_error(colours, tmp_path, box):
    session, _ = colours
    query = halves(tmp_path / "query.png", BLUE, GREEN, (400, 300))
    with pytest.raises(KnownError, match="outside of the picture, which has 400 x 300") as caught:
        find(session, SearchQuery((Example(query, region=Region(*box)),)))
    assert caught.value.kind == "bad-region"


def test_by_colour_the_place_does_not_count_and_by_layout_it_does(colours):
    session, folder = colours
    query = str(folder / "red-green.png")
    by_colour, _ = find(session, SearchQuery((Example(query),), by="colour"), k=5)
    assert names(by_colour)[0] == "green-red.png"
    assert by_colour.hits[0].score == pytest.approx(1, abs=0.01)
    mirrored = halves(folder.parent / "outside.png", RED, GREEN, (320, 240))
    by_layout, _ = find(session, SearchQuery((Example(mirrored),), by="layout"), k=6)
    assert names(by_layout)[0] == "red-green.png"
    assert (
        by_layout.hits[0].score > {h.photo.path: h.score for h in by_layout.hits}[str(folder / "green-red.png")] + 0.3
    )


def test_a_blend_goes_from_content_to_colour(colours):
    session, folder = colours
    query = Example(str(folder / "red-green.png"))
    ends = [find(session, SearchQuery((query,), blend=blend), k=5)[0] for blend in (0.001, 1.0)]
    content, _ = find(session, SearchQuery((query,)), k=5)
    colour, _ = find(session, SearchQuery((query,), by="colour"), k=5)
    assert names(ends[0])[:2] == names(content)[:2]
    assert [hit.score for hit in ends[1].hits] == pytest.approx([hit.score for hit in colour.hits], abs=1e-5)


def test_a_library_without_looks_says_what_to_do(indexed, photos):
    with indexed.catalog.db.writing() as connection:
        connection.execute("DELETE FROM looks")
    query = SearchQuery((Example(str(photos / "a" / "01.jpg")),), by="colour")
    with pytest.raises(KnownError, match="index its folder again") as caught:
        find(indexed, query)
    assert caught.value.kind == "no-looks"
    index_paths(indexed, [str(photos)])
    assert len(find(indexed, query)[0].hits) == 11


def test_new_photos_are_found_by_colour_and_lost_ones_are_not(colours):
    session, folder = colours
    query = SearchQuery((Example(str(folder / "red.png")),), by="colour")
    find(session, query)
    halves(folder / "red too.png", (201, 29, 31), (201, 29, 31))
    (folder / "red-green.png").unlink()
    index_paths(session, [str(folder)])
    found = names(find(session, query)[0])
    assert found[0] == "red too.png"
    assert "red-green.png" not in found


def test_filters_leave_k_hits_of_those_they_admit(indexed, photos):
    query = SearchQuery((Example(str(photos / "b" / "04.jpg")),), filters=Filters(folders=(str(photos / "a"),)))
    answer, _ = find(indexed, query, k=4)
    assert len(answer.hits) == 4
    assert all("/a/" in path for path in paths(answer))
    everything, _ = find(indexed, SearchQuery(query.examples), k=20)
    assert paths(answer) == [path for path in paths(everything) if "/a/" in path][:4]
    by_colour, _ = find(indexed, SearchQuery(query.examples, by="colour", filters=query.filters), k=4)
    assert len(by_colour.hits) == 4
    assert all("/a/" in path for path in paths(by_colour))
    nothing = SearchQuery(query.examples, filters=Filters(formats=("HEIF",)))
    assert find(indexed, nothing)[0].hits == []


def test_filters_by_the_index_agree_with_filters_one_by_one(indexed, photos, monkeypatch):
    query = SearchQuery((Example(str(photos / "b" / "04.jpg")),), filters=Filters(folders=(str(photos / "a"),)))
    exact, _ = find(indexed, query, k=4)
    monkeypatch.setattr("cbir_desktop.library.ranking.EXACT", 0)
    over_fetched, _ = find(indexed, query, k=4)
    assert paths(over_fetched) == paths(exact)


def test_threshold_and_sort(indexed, photos):
    examples = (Example(str(photos / "b" / "04.jpg")),)
    everything, _ = find(indexed, SearchQuery(examples), k=20)
    cut = everything.hits[4].score
    some, _ = find(indexed, SearchQuery(examples, threshold=cut, sort="name"), k=20)
    assert sorted(names(everything)[:5]) == names(some)
    assert [hit.rank for hit in some.hits] == [1, 2, 3, 4, 5]


def test_a_cancelled_search_stops(indexed, photos):
    task = Task()
    task.cancel()
    for by in ("content", "colour"):
        with pytest.raises(Cancelled):
            find(indexed, SearchQuery((Example(str(photos / "a" / "01.jpg")),), by=by), task=task)


@pytest.fixture
def textured(open_session, tmp_path):
    """Four pictures full of keypoints, and a cut-out of one, turned by 10 degrees and made smaller."""
    session = open_session()
    rng = np.random.default_rng(3)
    folder = tmp_path / "textured"
    folder.mkdir()
    for number in range(4):
        small = rng.integers(0, 256, (40, 53, 3), dtype=np.uint8)
        Image.fromarray(small).resize((800, 600), Image.Resampling.BICUBIC).save(folder / f"{number}.png")
    part = (
        Image.open(folder / "2.png").rotate(10, Image.Resampling.BICUBIC, center=(400, 300)).crop((250, 200, 550, 400))
    )
    part.save(tmp_path / "part.png")
    index_paths(session, [str(folder)])
    return session, folder, str(tmp_path / "part.png")


def test_copies_are_proved_in_a_stream_and_scored_by_probability(textured):
    session, _, part = textured
    first, *proofs, last = search(session, SearchQuery((Example(part),), by="copy"), k=4)
    assert isinstance(first, Answer)
    assert all(isinstance(proof, Proof) for proof in proofs)
    assert [proof.photo_id for proof in proofs] == [hit.photo.content_id for hit in first.hits]
    assert names(last)[0] == "2.png"
    assert last.hits[0].score > 0.9 > 0.5 > last.hits[1].score
    cut, _ = find(session, SearchQuery((Example(part),), by="copy", threshold=0.9), k=4)
    assert names(cut) == ["2.png"]


def test_matches_of_a_region_lie_where_they_are_in_the_whole_picture(textured, tmp_path):
    """The query is a poster with the picture pasted at (700, 500), in half its size; the box is drawn about it."""
    session, folder, _ = textured
    poster = Image.new("RGB", (1400, 1000), (90, 90, 90))
    poster.paste(Image.open(folder / "1.png").resize((400, 300), Image.Resampling.LANCZOS), (700, 500))
    poster.save(tmp_path / "poster.png")
    for region in (Region(690, 490, 420, 320), Region(690, 490, 420, 320, angle=15)):
        query = SearchQuery((Example(str(tmp_path / "poster.png"), region=region),), by="object")
        answer, verdicts = find(session, query, k=4)
        assert names(answer)[0] == "1.png"
        verdict = verdicts[answer.hits[0].photo.content_id]
        inliers = verdict.matches.xy_a[verdict.matches.inlier]
        assert len(inliers) > 16
        expected = (inliers - (700, 500)) * 2
        np.testing.assert_allclose(verdict.matches.xy_b[verdict.matches.inlier], expected, atol=6)
        corner = verdict.matches.homography @ (700, 500, 1)
        np.testing.assert_allclose(corner[:2] / corner[2], (0, 0), atol=6)


def test_proof_goes_to_the_example_that_fits_best(textured, tmp_path):
    session, folder, part = textured
    other = tmp_path / "other.png"
    Image.open(folder / "0.png").resize((600, 450)).save(other)
    query = SearchQuery((Example(str(other)), Example(part)), by="copy")
    proofs = {event.photo_id: event for event in search(session, query, k=4) if isinstance(event, Proof)}
    by_name = {hit.photo.path.rpartition("/")[2]: hit.photo.content_id for hit in find(session, query, k=4)[0].hits}
    assert (proofs[by_name["0.png"]].example, proofs[by_name["2.png"]].example) == (0, 1)


def test_content_with_proofs_puts_the_proved_first(textured):
    session, _, part = textured
    answer, verdicts = find(session, SearchQuery((Example(part),)), k=4, prove=4)
    assert (names(answer)[0], len(answer.hits), len(verdicts)) == ("2.png", 4, 4)


def test_leaving_a_stream_early_ends_its_work(textured):
    session, _, part = textured
    stream = search(session, SearchQuery((Example(part),), by="copy"), k=4)
    next(stream)
    next(stream)
    stream.close()
    assert session.verifiers.submit(int).result() == 0


def test_the_example_itself_is_left_out_unless_asked_for(indexed, photos, tmp_path):
    query = str(photos / "a" / "05.jpg")
    named = tmp_path / "by another name"
    named.symlink_to(photos / "a")
    for path in (query, str(named / "05.jpg")):
        for by in ("content", "colour"):
            asked = SearchQuery((Example(path),), by=by)
            assert query not in paths(find(indexed, asked, k=20)[0])
            assert paths(find(indexed, asked, k=20, include_self=True)[0])[0] == query


@pytest.mark.parametrize("away", [False, True])
def test_a_copy_from_elsewhere_finds_its_photo(indexed, photos, tmp_path, away):
    query = str(photos / "a" / "05.jpg")
    copy = str(tmp_path / "same bytes.jpg")
    shutil.copy(query, copy)
    if away:
        photos.rename(tmp_path / "unplugged")
        rescan(indexed)
    for by in ("content", "colour"):
        first = find(indexed, SearchQuery((Example(copy),), by=by), k=20)[0].hits[0]
        assert (first.photo.path, first.score) == (query, pytest.approx(1, abs=1e-4))
    other = (tmp_path / "unplugged" if away else photos) / "b" / "04.jpg"
    minus = SearchQuery((Example(str(other)), Example(copy, minus=True)))
    assert query not in paths(find(indexed, minus, k=20)[0])


def test_each_answers_in_order_with_the_error_in_its_place(indexed, photos, tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_text("no picture")
    queries = [str(photos / "a" / "01.jpg"), str(bad), str(photos / "b" / "02.jpg")]
    (one, _), error, (two, _) = find_each(indexed, [SearchQuery((Example(query),)) for query in queries], k=4)
    assert isinstance(error, DecodeError)
    assert [hit.photo.path for hit in one.hits] == [h.photo.path for h in search_files(indexed, queries[:1], 4).hits]
    assert [hit.photo.path for hit in two.hits] == [h.photo.path for h in search_files(indexed, queries[2:], 4).hits]
