"""``cbir search``: example pictures, plus and minus, against the library."""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from cbir_desktop.cli.options import Subparsers, add_command, add_library_option, positive, stoppable
from cbir_desktop.cli.output import ExitCode, error_document, progress, write_json, write_text
from cbir_desktop.cli.query_options import add_query_options, query_of
from cbir_desktop.cli.verify import names_of, verdict_document
from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.registry import rerankers
from cbir_desktop.core.verification import Verification
from cbir_desktop.library.answers import Answer, Hit
from cbir_desktop.library.query import Example, SearchQuery
from cbir_desktop.library.reranking import DEPTH
from cbir_desktop.library.searching import find, find_each
from cbir_desktop.library.session import Session
from cbir_desktop.library.verify import VERIFIED, Verdicts
from cbir_desktop.store.catalog import Photo


def add(subparsers: Subparsers) -> None:
    search = add_command(subparsers, "search", "the photos most like one or more pictures", run_search)
    search.add_argument("images", nargs="+", metavar="IMAGE", help="a picture, inside the library or not")
    search.add_argument("-k", type=positive, default=20, metavar="N", help="how many results (20)")
    search.add_argument("--each", action="store_true", help="every picture is a query of its own: one answer a line")
    search.add_argument(
        "--exact", action="store_true", help="compare with every photo instead of asking the HNSW graph"
    )
    search.add_argument("--include-self", action="store_true", help="a query that is in the library may find itself")
    search.add_argument(
        "--verify",
        type=positive,
        nargs="?",
        const=VERIFIED,
        metavar="N",
        help=f"prove the first N results ({VERIFIED}); what is proved comes first. --by copy and object always do",
    )
    search.add_argument(
        "--rerank",
        choices=rerankers.names(),
        metavar="NAME",
        help=f"another order of the first {DEPTH}: {', '.join(rerankers.names())}; os2os: what a collage is made of",
    )
    add_query_options(search)
    add_library_option(search)


def run_search(options: argparse.Namespace) -> ExitCode:
    query = query_of(options)
    index = "flat" if options.exact else None
    with (
        Session.open(options.library, index=index, create=False) as session,
        progress("searching") as task,
        stoppable(task),
    ):
        settings = (options.k, options.verify, options.include_self, task, options.rerank)
        if options.each:
            queries = _each(query)
            return _write_each(queries, find_each(session, queries, *settings), options.json)
        answer, verdicts = find(session, query, *settings)
    _write_answer(query, answer, options.json, verdicts)
    return ExitCode.DONE


def _each(query: SearchQuery) -> list[SearchQuery]:
    """One query for each plus picture; the minus ones belong to all."""
    minus = tuple(example for example in query.examples if example.minus)
    return [replace(query, examples=(plus, *minus)) for plus in query.plus]


def _write_each(
    queries: Sequence[SearchQuery], answers: Iterable[tuple[Answer, Verdicts] | DecodeError], as_json: bool
) -> ExitCode:
    code = ExitCode.DONE
    for query, found in zip(queries, answers, strict=True):
        if isinstance(found, DecodeError):
            code = ExitCode.PROBLEMS
            _write_refused(query, found, as_json)
        else:
            _write_answer(query, found[0], as_json, found[1])
    return code


def _away(photo: Photo) -> str:
    return "its folder is not there" if photo.drive is None else f"on drive {photo.drive}, which is away"


def _write_answer(query: SearchQuery, answer: Answer, as_json: bool, verdicts: Verdicts) -> None:
    if as_json:
        results = [{**_hit_document(hit), **_verdict_of(hit, verdicts)} for hit in answer.hits]
        write_json({**_query_document(query), "results": results, "seconds": round(answer.seconds, 4)})
        return
    write_text(f"{_named(query)}  ({answer.seconds * 1000:.0f} ms)")
    for hit in answer.hits:
        mark = "~" if hit.photo.provisional else " "
        away = f"  ({_away(hit.photo)})" if hit.photo.state == "offline" else ""
        found = verdicts.get(hit.photo.content_id)
        proof = f"  {found.proved}: {names_of(found)}" if isinstance(found, Verification) and found.proved else ""
        write_text(f"{hit.rank:4d} {mark}{hit.score:6.3f}  {hit.photo.path}{away}{proof}")
        for path in hit.photo.also:
            write_text(f"{'':14}also {path}")


def _write_refused(query: SearchQuery, error: DecodeError, as_json: bool) -> None:
    if as_json:
        write_json({**_query_document(query), **error_document(error)})
    else:
        write_text(f"{_named(query)}\n      {error}")


def _named(query: SearchQuery) -> str:
    plus, minus = _paths(query.examples, minus=False), _paths(query.examples, minus=True)
    return ", ".join([*plus, *(f"not {path}" for path in minus)])


def _query_document(query: SearchQuery) -> dict[str, Any]:
    minus = _paths(query.examples, minus=True)
    return {"query": _paths(query.examples, minus=False), "minus": minus, "by": query.by}


def _paths(examples: Sequence[Example], minus: bool) -> list[str]:
    return [example.path or "" for example in examples if example.minus == minus]


def _hit_document(hit: Hit) -> dict[str, Any]:
    return {
        "rank": hit.rank,
        "path": hit.photo.path,
        "score": round(hit.score, 6),
        "also": list(hit.photo.also),
        "state": hit.photo.state,
        "volume": hit.photo.volume,
        "provisional": hit.photo.provisional,
    }


def _verdict_of(hit: Hit, verdicts: Verdicts) -> dict[str, Any]:
    """What was proved of a result; nothing for one that was not looked at."""
    found = verdicts.get(hit.photo.content_id)
    if found is None:
        return {}
    return error_document(found) if isinstance(found, KnownError) else verdict_document(found)
