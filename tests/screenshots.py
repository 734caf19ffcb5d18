"""Takes pictures of the window's main states on real photos, light and dark: to be looked at, not a test.

    xvfb-run -a -s "-screen 0 1600x1200x24" python tests/screenshots.py OUT [--scale 2]
    xvfb-run -a -s "-screen 0 1600x1200x24" python tests/screenshots.py docs --readme

The photos are those that scikit-image and scikit-learn ship and, where CBIR_SHARED is there, some hundred of its own.
"""

import argparse
import os
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import skimage
import sklearn.datasets
from PIL import Image, ImageEnhance, ImageOps
from PySide6.QtCore import QDeadlineTimer, QEventLoop, QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QCursor, QDragEnterEvent, QPalette
from PySide6.QtWidgets import QApplication

from cbir_desktop.cli.samples import write_samples
from cbir_desktop.core import words
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.region import Region
from cbir_desktop.gui.app import Program, create_application
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.compare_canvas import Mode
from cbir_desktop.gui.overview import ALL_PHOTOS, DUPLICATES, MISSING, PROBLEMS, Place
from cbir_desktop.gui.query import FileSource, SortedPaths
from cbir_desktop.gui.question import Example, Question
from cbir_desktop.gui.review_questions import LeftBehind
from cbir_desktop.gui.review_scope import ScopeDialog
from cbir_desktop.gui.translations import use_language
from cbir_desktop.library.acting import Outcome
from cbir_desktop.library.watch import Hindered

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.gui.pseudo import PseudoTranslator

NAMES = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png", "motorcycle_right.png")
SHARED_PHOTOS = 600
LONG_WAIT_MS = 60_000


def main() -> None:
    """Run all states in both colour schemes."""
    options = _options()
    os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.readme:
        take_for_readme(options.out)
        return
    with tempfile.TemporaryDirectory() as work:
        photos = Path(work) / "Holiday pictures"
        count = 0 if options.review else make_photos(photos)
        sys.stderr.write(f"{count} photos\n")
        application = create_application()
        speak(application, options.language)
        font = application.font()
        font.setPointSizeF(font.pointSizeF() * options.font)
        application.setFont(font)
        plain = options.language == "en" and options.font == 1
        for scheme in (Qt.ColorScheme.Light, Qt.ColorScheme.Dark)[: 2 if plain else 1]:
            application.styleHints().setColorScheme(scheme)
            if scheme is Qt.ColorScheme.Dark and application.palette().window().color().lightness() > 128:
                application.setPalette(dark_palette())  # no desktop under Xvfb that could be asked for it
            name = f"{scheme.name.lower()}-{options.scale:g}x"
            name += f"-{options.language}" * (options.language != "en") + f"-font{options.font:g}" * (options.font != 1)
            library = Path(work) / name
            shots = Shots(Program(library, encoder=options.encoder), photos, options.out, name)
            if options.compare:
                shots.take_comparisons()
            elif options.review:
                shots.take_review()
            elif options.search:
                shots.take_search()
            else:
                shots.take()


def speak(application: QApplication, language: str) -> None:
    """Before there is a window."""
    if language == "pseudo":
        application.installTranslator(PseudoTranslator(application))
        words.set_translator(application.translate)
        application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    elif language != "en":
        use_language(application, language)


def take_for_readme(out: Path) -> None:
    """The window with the answer to a cropped picture, with a comparison, and with duplicates: on the sample
    photographs and their copies alone."""
    with tempfile.TemporaryDirectory() as work:
        os.environ["HOME"] = work  # paths below it are shown with ~
        photos = Path(work) / "Pictures"
        write_samples(photos)
        application = create_application()
        application.styleHints().setColorScheme(Qt.ColorScheme.Light)
        shots = Shots(Program(Path(work) / "library"), photos, out, "readme")
        shots.take_answer(photos / "cat_crop.jpg", out / "screenshot.png")
        shots = Shots(Program(Path(work) / "library"), photos, out, "readme")
        shots.take_comparison(*make_pairs(photos / "pairs")["crop"], out / "compare.png")
        make_copies(Path(work) / "Album")
        shots = Shots(Program(Path(work) / "duplicates"), Path(work) / "Album", out, "readme")
        shots.take_duplicates(out / "duplicates.png")


def make_photos(folder: Path) -> int:
    """Fill the folder; one file in it is broken."""
    folder.mkdir(parents=True)
    data = Path(skimage.__file__).parent / "data"
    shipped = [data / name for name in NAMES]
    shipped += sorted((Path(sklearn.datasets.__file__).parent / "images").glob("*.jpg"))
    for path in shipped:
        shutil.copy(path, folder)
    (folder / "not really a picture.jpg").write_bytes(b"broken")
    (folder / "empty.png").touch()
    (folder / "from the new camera.jxl").write_bytes(b"\xff\x0a" + bytes(64))
    shard = Path(os.environ.get("CBIR_SHARED", "../shared")) / "data" / "train" / "photos-0.tar"
    if shard.exists():
        with tarfile.open(shard) as tar:
            for member in [member for member in tar if member.isfile()][:SHARED_PHOTOS]:
                found = tar.extractfile(member)
                if found is not None:
                    (folder / Path(member.name).name).write_bytes(found.read())
    return len(list(folder.iterdir()))


def make_pairs(folder: Path) -> dict[str, tuple[Path, Path]]:
    """Photographs of scikit-image with copies of them, edited as people do."""
    folder.mkdir(parents=True, exist_ok=True)
    data = Path(skimage.__file__).parent / "data"
    coffee, rocket = (Image.open(data / name).convert("RGB") for name in ("coffee.png", "rocket.jpg"))
    exif = Image.Exif()
    exif[0x0110] = "Canon EOS 7D"
    exif.get_ifd(0x8769)[0x9003] = "2024:07:02 14:03:00"
    coffee.save(folder / "coffee.jpg", quality=95, exif=exif)
    crop = ImageOps.mirror(coffee.crop((150, 40, 480, 260)))
    crop.save(folder / "coffee mirrored.jpg", quality=60)
    rocket.save(folder / "rocket.png")
    turned = ImageEnhance.Brightness(rocket.rotate(90, expand=True)).enhance(0.7)
    turned.resize((turned.width * 3 // 2, turned.height * 3 // 2)).save(folder / "rocket turned.webp", quality=50)
    astronaut, collage = Image.open(data / "astronaut.png").convert("RGB"), rocket.copy()
    for box, angle, side, place in (
        ((140, 10, 330, 220), 20, 150, (20, 20)),
        ((330, 60, 480, 330), -15, 190, (440, 30)),
        ((0, 250, 200, 500), 30, 170, (30, 230)),
    ):
        part = astronaut.crop(box).convert("RGBA").rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
        part.thumbnail((side, side))
        collage.paste(part, place, part)
    collage.save(folder / "collage.jpg", quality=85)
    return {
        "collage": (folder / "collage.jpg", data / "astronaut.png"),
        "crop": (folder / "coffee.jpg", folder / "coffee mirrored.jpg"),
        "turned": (folder / "rocket.png", folder / "rocket turned.webp"),
        "scene": (data / "motorcycle_left.png", data / "motorcycle_right.png"),
        "unrelated": (data / "chelsea.png", folder / "coffee.jpg"),
    }


def make_copies(folder: Path) -> None:
    """Photographs with copies of them, as they gather in folders: saved anew, smaller, cropped, mirrored, the same."""
    data = Path(skimage.__file__).parent / "data"
    exif = Image.Exif()
    exif[0x0110] = "Canon EOS 7D"
    exif.get_ifd(0x8769)[0x9003] = "2024:07:02 14:03:00"
    (folder / "for the web").mkdir(parents=True)
    shipped = [data / name for name in NAMES]
    shipped += sorted((Path(sklearn.datasets.__file__).parent / "images").glob("*.jpg"))
    for number, path in enumerate(shipped):
        photo = Image.open(path).convert("RGB")
        photo.save(folder / f"{path.stem}.jpg", quality=95, exif=exif)
        if number % 2 == 0:
            photo.resize((photo.width * 3 // 5, photo.height * 3 // 5)).save(
                folder / "for the web" / f"{path.stem} small.jpg", quality=70
            )
        if number % 3 == 0:
            shutil.copy(folder / f"{path.stem}.jpg", folder / f"{path.stem} (2).jpg")
        if number % 3 == 1:
            box = (photo.width // 8, photo.height // 8, photo.width * 7 // 8, photo.height * 7 // 8)
            ImageOps.mirror(photo.crop(box)).save(folder / f"{path.stem} mirrored.png")
    shutil.copy(data / "motorcycle_left.png", folder / "motorcycle.png")


def dark_palette() -> QPalette:
    """As the dark one of Fusion."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette(QColor(50, 50, 50), QColor(50, 50, 50))
    for where in (role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.BrightText):
        palette.setColor(where, QColor(240, 240, 240))
        palette.setColor(group.Disabled, where, QColor(120, 120, 120))
    palette.setColor(role.Base, QColor(36, 36, 36))
    palette.setColor(role.AlternateBase, QColor(43, 43, 43))
    palette.setColor(role.ToolTipBase, QColor(43, 43, 43))
    palette.setColor(role.PlaceholderText, QColor(240, 240, 240, 128))
    palette.setColor(role.Mid, QColor(75, 75, 75))
    palette.setColor(role.Highlight, QColor(48, 140, 198))
    palette.setColor(role.HighlightedText, QColor(255, 255, 255))
    return palette


class Shots:
    """Walks one program through its states."""

    def __init__(self, program: Program, photos: Path, out: Path, name: str) -> None:
        self.program, self.photos, self.out, self.name = program, photos, out, name
        self.window = program.window

    def take(self) -> None:
        window = self.window
        self.program.start()
        self.wait(lambda: window.actions_.open_query.isEnabled() and not self.program.tasks.pending)
        self.shoot("1-empty")
        window.indexing.add_folders([str(self.photos)])
        self.wait(lambda: window.model.rowCount() > 60 or not window.runner.busy)
        self.shoot("2-indexing")
        window.runner.pause(True)
        self.shoot("3-paused")
        window.runner.pause(False)
        self.wait(lambda: not window.runner.busy and not self.program.tasks.pending)
        self.select(12)
        self.shoot("4-all-photos")
        window.preview.show_photo(window.grid.current_photo())
        self.shoot("11-preview")
        window.preview.hide()
        window.find_files([str(self.photos / "chelsea.png")])
        self.wait(lambda: window.model.shows_hits)
        self.select(1)
        self.shoot("5-results")
        self.drag_over()
        self.shoot("6-dragging")
        window.ways_in.overlay.hide()
        window.find_files([str(self.photos / "not really a picture.jpg")])
        self.wait(lambda: window.message.isVisible())
        self.shoot("7-message")
        window.ways_in.take_sorted(_folders(str(self.photos)))
        self.shoot("8-folder-question")
        window.clear_query()
        window.resize(820, 560)
        self.select(4)
        menu = window.photo_actions.menu()
        menu.popup(window.mapToGlobal(QPoint(300, 200)))
        self.settle()
        menu.grab().save(str(self.out / f"{self.name}-9-menu.png"))
        menu.close()
        self.shoot("9-small")
        window.resize(1280, 800)
        window.side.place_requested.emit(PROBLEMS)
        self.shoot("10-problems")
        self.take_living()
        window.close()
        self.program.close()

    def take_living(self) -> None:
        """A folder that is away, photos that are gone, notices, the settings, the question before forgetting."""
        window = self.window
        more = self.photos.with_name(f"{self.name} from the camera")
        shutil.copytree(self.photos, more, ignore=lambda _folder, names: names[12:])
        for number, path in enumerate(sorted(more.iterdir())):
            path.write_bytes(path.read_bytes() + bytes([number]))  # other contents, the same pictures
        window.indexing.add_folders([str(more)])
        self.quiet()
        for path in sorted(more.iterdir())[:3]:
            path.unlink()
        self.wait(lambda: not window.side.item(window.side.count() - 2).isHidden())
        more.rename(more.with_name(f"{self.name} unplugged"))
        self.wait(lambda: any("offline" in state for _, state in window.side.states()))
        window.side.place_requested.emit(Place(folder=str(more)))
        self.wait(lambda: window.model.rowCount() == 9)
        self.select(1)
        self.shoot("12-offline")
        window.side.place_requested.emit(MISSING)
        self.wait(lambda: window.model.rowCount() == 3)
        self.select(0)
        self.shoot("13-missing")
        menu = window.side.folder_menu(str(more))
        menu.popup(window.mapToGlobal(QPoint(100, 200)))
        self.settle()
        menu.grab().save(str(self.out / f"{self.name}-14-folder-menu.png"))
        menu.close()
        window.living.folders.forget(str(more))
        self.wait(lambda: QApplication.activeModalWidget() is not None)
        self.shoot_dialog("15-forget")
        window.side.place_requested.emit(ALL_PHOTOS)
        full = KnownError("the disk with /home/me/library is full", "disk-full")
        window.living.watching.on_event(Hindered(full))
        self.shoot("16-disk-full")
        window.living.watching.on_event(Hindered(None))
        window.actions_.settings.trigger()
        self.wait(lambda: window.living.settings.dialog.tabs.isEnabled())
        for page in range(window.living.settings.dialog.tabs.count()):
            window.living.settings.dialog.tabs.setCurrentIndex(page)
            self.shoot_dialog(f"17-settings-{page}", close=False)
        line = window.living.settings.dialog.form.editor("decode_seconds")
        line.setText("soon")
        line.textEdited.emit("soon")
        self.shoot_dialog("17-settings-refused")
        window.living.switch.start("phash")
        self.wait(lambda: " of " in window.notice.text.text())
        self.shoot("18-switch")
        self.quiet()

    def shoot_dialog(self, state: str, close: bool = True) -> None:
        self.settle()
        dialog = QApplication.activeModalWidget()
        dialog.grab().save(str(self.out / f"{self.name}-{state}.png"))
        if close:
            dialog.close()

    def quiet(self) -> None:
        self.settle()
        self.wait(lambda: not self.window.runner.busy and not self.program.tasks.pending)

    def take_answer(self, query: Path, target: Path) -> None:
        window = self.window
        self.program.start()
        QCursor.setPos(0, 0)  # no photo is lit up by the pointer
        window.indexing.add_folders([str(self.photos)])
        self.wait(lambda: window.runner.busy)
        self.wait(lambda: not window.runner.busy and not self.program.tasks.pending)
        window.find_files([str(query)])
        self.wait(lambda: window.model.shows_hits)
        self.select(0)
        self.settle()
        window.grab().save(str(target))
        window.close()
        self.program.close()

    def take_comparison(self, a: Path, b: Path, target: Path) -> None:
        window = self.window
        self.program.start()
        QCursor.setPos(0, 0)
        self.wait(lambda: window.actions_.open_query.isEnabled())
        window.comparing.compare_files([str(a), str(b)])
        self.wait(lambda: not self.program.tasks.pending)
        window.comparing.view.set_mode(Mode.MATCHES)
        self.settle()
        window.grab().save(str(target))
        window.close()
        self.program.close()

    def take_search(self) -> None:
        """The query bar in its states, its panels, a region, a narrowed answer, pins, the sheet of shortcuts."""
        window = self.window
        self.program.start()
        self.wait(lambda: window.actions_.open_query.isEnabled() and not self.program.tasks.pending)
        self.shoot("s0-first-run")
        window.indexing.add_folders([str(self.photos)])
        self.wait(lambda: window.runner.busy)
        self.wait(lambda: not window.runner.busy and not self.program.tasks.pending)
        self.shoot("s1-all")
        coffee, cat = str(self.photos / "coffee.png"), str(self.photos / "chelsea.png")
        window.find_files([coffee, cat])
        self.quiet()
        asking = window.asking
        flower = FileSource(str(self.photos / "flower.jpg"))
        asking.add(
            [Example(flower, minus=True, weight=1.5), Example(FileSource(coffee), region=Region(150, 80, 200, 160))]
        )
        self.quiet()
        self.select(2)
        self.shoot("s2-plus-minus")
        self.shoot_popup("s3-example", window.search_bar.chips[2].click)
        self.shoot_popup("s4-by", window.by.click)
        self.shoot_popup("s5-filter", window.narrowing.filter_button.click)
        window.narrowing.threshold.slider.setValue(150)
        self.shoot("s6-threshold")
        window.narrowing.threshold.slider.setValue(0)
        crop = make_pairs(self.photos.parent / "pairs")["crop"][1]
        asking.ask_question(Question((Example(FileSource(str(crop))),), by="copy"))
        self.quiet()
        self.select(0)
        self.shoot("s7-copies")
        asking.ask_question(Question((Example(FileSource(str(crop)), region=Region(60, 40, 180, 140)),)))
        self.quiet()
        self.select(0)
        self.shoot("s8-region-found")
        asking.choose_region(0)
        self.quiet()
        window.region_page.turn.setValue(20)
        self.shoot("s9-region")
        window.region_page.left.emit()
        window.pins.dialog = None
        self.window.with_library(self._pin)
        self.quiet()
        self.shoot("s10-pin")
        window.resize(820, 560)
        self.shoot("s11-small")
        window.resize(1280, 800)
        menu = window.photo_actions.menu()
        menu.popup(window.mapToGlobal(QPoint(300, 200)))
        self.settle()
        menu.grab().save(str(self.out / f"{self.name}-s12-menu.png"))
        menu.close()
        window.actions_.shortcuts.trigger()
        self.shoot_dialog("s13-shortcuts")
        window.actions_.settings.trigger()
        self.wait(lambda: window.living.settings.dialog.tabs.isEnabled())
        for page in range(window.living.settings.dialog.tabs.count()):
            window.living.settings.dialog.tabs.setCurrentIndex(page)
            self.shoot_dialog(f"s14-settings-{page}", close=False)
        window.living.settings.dialog.close()
        window.ways_in.take_sorted(SortedPaths((), (str(self.photos),), (), (cat,)))
        self.shoot("s15-folder")
        self.take_region_compared(crop)
        self.take_trash()
        window.close()
        self.program.close()

    def take_region_compared(self, crop: Path) -> None:
        """A box on a picture, and where it lies on the photo that was found."""
        window = self.window
        window.asking.ask_question(Question((Example(FileSource(str(crop)), region=Region(60, 40, 180, 140)),)))
        self.quiet()
        self.select(0)
        window.actions_.compare.trigger()
        self.quiet()
        self.shoot("s16-region-compared")
        window.comparing.view.left.emit()

    def take_trash(self) -> None:
        """The question before last copies go, what is said of them, and of a picture that cannot be asked with."""
        window = self.window
        window.clear_query()
        self.quiet()
        self.select(0)
        window.grid.selectAll()
        window.actions_.trash.trigger()
        self.wait(lambda: QApplication.activeModalWidget() is not None)
        self.shoot_dialog("s17-trash-question")
        window.find_files([str(self.photos / "not really a picture.jpg")])
        self.wait(window.message.isVisible)
        self.shoot("s18-cannot")
        window.side.place_requested.emit(PROBLEMS)
        self.shoot("s19-problems")

    def _pin(self, library: Backend) -> None:
        asked = self.window.asking.current
        library.searches.pin("Breakfast", asked.question, asked.narrowing, self.window.pins._show, print)

    def shoot_popup(self, state: str, open_: Callable[[], None]) -> None:
        open_()
        self.settle()
        panel = QApplication.activePopupWidget()
        panel.grab().save(str(self.out / f"{self.name}-{state}.png"))
        panel.close()

    def take_duplicates(self, target: Path) -> None:
        window, page = self.window, self.window.review.page
        self.program.start()
        QCursor.setPos(0, 0)
        window.indexing.add_folders([str(self.photos)])
        self.wait(lambda: window.runner.busy)
        self.quiet()
        window.side.place_requested.emit(DUPLICATES)
        page.find_all.trigger()
        self.wait(lambda: window.review.desk.found is not None)
        page.rules.presets.setCurrentIndex(page.rules.presets.findData("best-quality"))
        page.rules.presets.activated.emit(page.rules.presets.currentIndex())
        self.quiet()
        window.review.lists.step(1)
        self.quiet()
        self.settle()
        window.grab().save(str(target))
        window.close()
        self.program.close()

    def take_comparisons(self) -> None:
        """Each mode on a mirrored crop, on one picture turned and dark, on two exposures, and on two that are none."""
        window, pairs = self.window, make_pairs(self.photos.parent / "pairs")
        self.program.start()
        self.wait(lambda: window.actions_.open_query.isEnabled())
        window.comparing.compare_files([])
        self.shoot("nothing")
        for name, (a, b) in pairs.items():
            window.comparing.compare_files([str(a), str(b)])
            self.wait(lambda: not self.program.tasks.pending)
            for mode in Mode:
                window.comparing.view.set_mode(mode)
                self.shoot(f"{name}-{mode}")
            window.comparing.view.flick()
            self.shoot(f"{name}-flicked")
            if window.comparing.view.objects:
                window.comparing.view.set_mode(Mode.SIDE_BY_SIDE)
                window.comparing.view.toolbar.next_object.trigger()
                self.wait(lambda: not self.program.tasks.pending)
                self.shoot(f"{name}-first-object")
        window.close()
        self.program.close()

    def take_review(self) -> None:
        """The page of duplicates: empty, searching, review, rules, the question, the decisions, what is not proved."""
        window, page = self.window, self.window.review.page
        album = self.photos.with_name(f"{self.name} album")
        make_copies(album)
        self.program.start()
        self.wait(lambda: window.actions_.open_query.isEnabled())
        window.indexing.add_folders([str(album)])
        self.wait(lambda: window.runner.busy)
        self.quiet()
        window.side.place_requested.emit(DUPLICATES)
        self.shoot("20-duplicates-start")
        page.choose_scope.trigger()
        self.wait(lambda: page.window().findChild(ScopeDialog) is not None)
        dialog = window.findChild(ScopeDialog)
        self.settle()
        dialog.grab().save(str(self.out / f"{self.name}-21-scope.png"))
        dialog.close()
        page.find_all.trigger()
        self.wait(lambda: window.review.desk.found is not None or page.progress.bar.maximum() > 0)
        window.grab().save(str(self.out / f"{self.name}-22-searching.png"))
        self.wait(lambda: window.review.desk.found is not None)
        self.quiet()
        self.shoot("23-review")
        window.review.lists.step(1)
        page.rules.presets.setCurrentIndex(page.rules.presets.findData("best-quality"))
        page.rules.presets.activated.emit(page.rules.presets.currentIndex())
        self.quiet()
        self.shoot("24-rules")
        page.act.click()
        self.wait(lambda: QApplication.activeModalWidget() is not None)
        self.shoot_dialog("25-question")
        page.threshold.slider.setValue(14)
        self.quiet()
        self.shoot("26-threshold")
        page.threshold.slider.setValue(0)
        for which in ("related", "unproved", "stacks"):
            page.which.setCurrentIndex(page.which.findData(which))
            self.quiet()
            self.shoot(f"27-{which}")
        page.which.setCurrentIndex(0)
        window.review.lists.step(1)
        page.actions_.apart.trigger()
        self.quiet()
        window.review.decisions.open()
        self.quiet()
        self.shoot_dialog("28-decisions")
        page.rules.add("name")
        self.wait(lambda: QApplication.activeModalWidget() is not None)
        self.shoot_dialog("29-rule")
        left = [Outcome("/media/camera/DCIM/IMG_0001.JPG", 31, None, "trash-refused", "the trash did not take it")]
        LeftBehind(window, "1 file stays where it is", left, ("Delete for good…", lambda: None)).open()
        self.shoot_dialog("30-refused")
        window.resize(900, 600)
        self.shoot("31-small")
        page.swap.trigger()
        self.shoot("32-small-rules")
        window.close()
        self.program.close()

    def select(self, row: int) -> None:
        self.window.grid.setCurrentIndex(self.window.model.index(row))
        self.wait(lambda: not self.program.tasks.pending)

    def drag_over(self) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(self.photos))])
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        event = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys)
        QApplication.sendEvent(self.window, event)

    def wait(self, ready: Callable[[], bool]) -> None:
        deadline = QDeadlineTimer(LONG_WAIT_MS)
        while not ready():
            if deadline.hasExpired():
                raise TimeoutError(f"{self.name}: the window never got there")
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def settle(self) -> None:
        """Until nothing that the window shows is under way, but for indexing."""
        deadline = QDeadlineTimer(700)
        while not deadline.hasExpired():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def shoot(self, state: str) -> None:
        self.settle()
        self.window.grab().save(str(self.out / f"{self.name}-{state}.png"))


def _folders(path: str):
    from cbir_desktop.gui.query import SortedPaths

    return SortedPaths((), (path,), ())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--encoder", default="hsv")
    parser.add_argument("--compare", action="store_true", help="the comparison of pairs in each mode, and nothing else")
    parser.add_argument("--search", action="store_true", help="the states of a search, and nothing else")
    parser.add_argument("--language", default="en", help="en, de, or pseudo: a made-up one, from right to left")
    parser.add_argument("--font", type=float, default=1, help="how much larger the font is")

    parser.add_argument("--review", action="store_true", help="the page of duplicates, and nothing else")
    parser.add_argument(
        "--readme", action="store_true", help="OUT/screenshot.png, compare.png and duplicates.png, and nothing else"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
