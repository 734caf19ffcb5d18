"""Fronts over the whole window that are reached by the menu: the laboratory and the map."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from cbir_desktop.gui.actions import Actions
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.encoder_switch import EncoderSwitch
from cbir_desktop.gui.lab_control import LabControl
from cbir_desktop.gui.lab_page import LabPage
from cbir_desktop.gui.map_page import MapPage
from cbir_desktop.gui.overview import Place
from cbir_desktop.gui.side_list import SideList
from cbir_desktop.gui.with_library import WithLibrary


class ExtraFronts:
    """Each of ``fronts`` asks to be shown, and says when it is left."""

    def __init__(
        self,
        window: QWidget,
        actions: Actions,
        chooser: Chooser,
        switch: EncoderSwitch,
        side: SideList,
        with_library: WithLibrary,
    ) -> None:
        self.laboratory = LabControl(
            window, chooser, switch, lambda: [path for path, _state in side.states()], with_library
        )
        self.map = MapPage(with_library)
        self.fronts: Sequence[LabPage | MapPage] = (self.laboratory.page, self.map)
        actions.laboratory.triggered.connect(self.laboratory.open)
        actions.map.triggered.connect(self.map.open)
        self.map.show_requested.connect(lambda ids: side.place_requested.emit(Place(chosen=tuple(ids))))

    def serve(self, show: Callable[[QWidget], None], leave: Callable[[], None]) -> None:
        """Do what they ask for."""
        for front in self.fronts:
            front.shown_requested.connect(partial(show, front))
            front.left.connect(leave)
