from pathlib import Path

from PIL import Image

from cbir_desktop.cli.contact_sheet import Row, draw_sheet


def picture(path: Path, colour: str, size: tuple[int, int] = (60, 40)) -> Path:
    Image.new("RGB", size, colour).save(path)
    return path


def colours(sheet: Path) -> set[tuple[int, ...]]:
    with Image.open(sheet) as drawn:
        return {colour for _, colour in drawn.getcolors(1 << 24)}  # type: ignore[misc, union-attr]


def test_query_and_hits_are_all_drawn(tmp_path: Path):
    red, green, blue = (picture(tmp_path / f"{colour}.png", colour) for colour in ("red", "lime", "blue"))
    draw_sheet(tmp_path / "sheet.png", [Row(red, "red", [(green, 0.9), (blue, 0.1)])])
    assert {(255, 0, 0), (0, 255, 0), (0, 0, 255)} <= colours(tmp_path / "sheet.png")


def test_the_query_stands_left_of_its_hits(tmp_path: Path):
    red, green = picture(tmp_path / "r.png", "red"), picture(tmp_path / "g.png", "lime")
    draw_sheet(tmp_path / "sheet.png", [Row(red, "", [(green, 1.0)])])
    with Image.open(tmp_path / "sheet.png") as sheet:
        pixels = [sheet.getpixel((x, 64)) for x in range(sheet.width)]
    assert pixels.index((255, 0, 0)) < pixels.index((0, 255, 0))


def test_each_row_adds_its_height_and_an_empty_answer_its_query(tmp_path: Path):
    red = picture(tmp_path / "r.png", "red")
    heights = []
    for count in (1, 2, 3):
        draw_sheet(tmp_path / "sheet.png", [Row(red, "none", [])] * count)
        with Image.open(tmp_path / "sheet.png") as sheet:
            heights.append(sheet.height)
    assert heights[1] - heights[0] == heights[2] - heights[1] > 0
    assert (255, 0, 0) in colours(tmp_path / "sheet.png")


def test_very_wide_and_very_small_pictures_fit_their_cell(tmp_path: Path):
    wide = picture(tmp_path / "w.png", "red", (3000, 10))
    tiny = picture(tmp_path / "t.png", "lime", (1, 1))
    draw_sheet(tmp_path / "sheet.png", [Row(wide, "", [(tiny, 0.5)])])
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width < 300
