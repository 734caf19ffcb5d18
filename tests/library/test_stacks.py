"""Stacks: what belongs together and is no copy."""

from cbir_desktop.library.stacks import Shot, Stack, find_stacks


def shot(path, number, taken=None, camera="Canon EOS R5", companions=()):
    return Shot(path, bytes([number]) * 32, taken, camera, tuple(companions))


def test_a_burst_is_a_run_of_exposures_of_one_scene_by_one_camera():
    shots = [
        shot("/p/1.jpg", 1, "2024-05-01T10:00:00.10"),
        shot("/p/2.jpg", 2, "2024-05-01T10:00:00.40"),
        shot("/p/3.jpg", 3, "2024-05-01T10:00:02.00"),
        shot("/p/4.jpg", 4, "2024-05-01T10:00:09"),
        shot("/p/5.jpg", 5, "2024-05-01T10:00:00.60", camera="Pixel 8"),
        shot("/p/6.jpg", 6),
    ]
    assert find_stacks(shots, lambda a, b: True) == [Stack("burst", ("/p/1.jpg", "/p/2.jpg", "/p/3.jpg"))]
    assert find_stacks(shots, lambda a, b: False) == []
    assert find_stacks(shots, lambda a, b: a[0] != 2) == [Stack("burst", ("/p/1.jpg", "/p/2.jpg"))]


def test_files_of_one_exposure_are_no_burst():
    shots = [shot("/p/1.jpg", 1, "2024-05-01T10:00:00.10"), shot("/p/1-small.jpg", 2, "2024-05-01T10:00:00.10")]
    assert find_stacks(shots, lambda a, b: True) == []
    assert find_stacks([shot("/p/1.jpg", 1, "no date"), shot("/p/2.jpg", 2, "no time")], lambda a, b: True) == []


def test_raw_and_jpeg_live_photos_and_edits():
    shots = [
        shot("/p/A.CR2", 1),
        shot("/p/A.JPG", 2, companions=[("raw", "/p/A.CR2")]),
        shot("/p/IMG_7.HEIC", 3, companions=[("live", "/p/IMG_7.MOV"), ("aae", "/p/IMG_7.AAE")]),
        shot("/p/IMG_E7.HEIC", 4),
        shot("/p/B.JPG", 5, companions=[("raw", "/p/not known.CR2")]),
    ]
    assert find_stacks(shots, lambda a, b: False) == [
        Stack("raw+jpeg", ("/p/A.CR2", "/p/A.JPG")),
        Stack("live", ("/p/IMG_7.HEIC",), ("/p/IMG_7.MOV",)),
        Stack("sidecar", ("/p/IMG_7.HEIC", "/p/IMG_E7.HEIC"), ("/p/IMG_7.AAE",)),
    ]
