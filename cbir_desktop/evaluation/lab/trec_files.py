"""The rankings of a laboratory as TREC's files, for trec_eval and its kin: a run a method, and the qrels of the set."""

from collections.abc import Sequence
from pathlib import Path

from cbir_desktop.evaluation import trec
from cbir_desktop.evaluation.lab.measures import Judged
from cbir_desktop.evaluation.lab.sets import LabSet


class TrecFiles:
    """``FOLDER/SET/qrels`` and ``FOLDER/SET/NAME.run``. Pictures are called as in the set (``trec.word``), with their
    row in front: a set may have one name twice, as parts of one picture."""

    def __init__(self, folder: Path, lab_set: LabSet) -> None:
        self._set, self._folder = lab_set, folder / lab_set.fingerprint

    def has(self, name: str) -> bool:
        return self._path(name).is_file()

    def write(self, name: str, judged: Sequence[Judged]) -> None:
        """One method's rankings, without junk, which neither counts nor stands in the qrels. trec_eval orders by score,
        and a re-ranker's scores need not go on below those that it looked at: so the score is the place, counted from
        the end. Raises OSError."""
        if not self._path("qrels").exists():
            qrels = {
                self._word(asked.row): {self._word(row): 1 for row in asked.positives.tolist()}
                for asked in self._set.queries
            }
            trec.write_qrels(self._path("qrels"), qrels)
        run = {
            self._word(one.row): {
                self._word(row): float(len(one.ids) - place) for place, row in enumerate(one.ids.tolist())
            }
            for one in judged
        }
        trec.write_run(self._path(name), run, name)

    def _path(self, name: str) -> Path:
        return self._folder / (name if name == "qrels" else f"{name}.run")

    def _word(self, row: int) -> str:
        return f"{row}:{trec.word(self._set.entries[row].name)}"
