import collections
import contextlib
import os
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cbir_desktop.core.errors import KnownError
from cbir_desktop.evaluation.pickled import parse_pickle, read_pickle

DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=12,
)


@given(DATA, st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_data_comes_back_as_it_was(data, protocol):
    assert parse_pickle(pickle.dumps(data, protocol)) == data


@pytest.mark.parametrize("protocol", range(5))
@pytest.mark.parametrize("dtype", ["u1", "<i8", ">i4", "<f4", "?"])
def test_arrays_come_back_as_they_were(protocol, dtype):
    array = (np.arange(24).reshape(4, 6) % 7).astype(dtype)
    found = parse_pickle(pickle.dumps({"a": array, "b": [array.T, np.asfortranarray(array), np.int64(7)]}, protocol))
    for got, wanted in zip([found["a"], *found["b"][:2]], [array, array.T, array], strict=True):
        np.testing.assert_array_equal(got, wanted)
        assert got.dtype == wanted.dtype
    assert found["b"][2] == 7


def test_a_pickle_of_python_2_as_cifar_has_them():
    # {'labels': [3], 'data': array([[1, 2]], uint8)}, protocol 2, written by Python 2.7 and NumPy
    old = (
        b"\x80\x02}q\x01(U\x06labelsq\x02]q\x03K\x03aU\x04dataq\x04cnumpy.core.multiarray\n_reconstruct\nq\x05cnumpy\n"
        b"ndarray\nq\x06K\x00\x85U\x01b\x87Rq\x07(K\x01K\x01K\x02\x86cnumpy\ndtype\nq\x08U\x02u1K\x00K\x01\x87Rq\t(K\x03"
        b"U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89U\x02\x01\x02tbu."
    )
    found = parse_pickle(old)
    assert found["labels"] == [3]
    np.testing.assert_array_equal(found["data"], np.array([[1, 2]], np.uint8))


class Command:
    def __init__(self, place):
        self.place = place

    def __reduce__(self):
        return os.mkdir, (self.place,)


@pytest.mark.parametrize("protocol", range(5))
def test_nothing_is_executed(tmp_path, protocol):
    path = tmp_path / "evil.pkl"
    path.write_bytes(pickle.dumps([Command(str(tmp_path / "made"))], protocol))
    with pytest.raises(KnownError, match="mkdir") as caught:
        read_pickle(path)
    assert caught.value.kind == "not-data"
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n",
        pickle.dumps([1, 2, 3])[:-4],
        pickle.dumps(collections.OrderedDict(a=1)),
        pickle.dumps(np.array([Command("x")], object)),
        pickle.dumps(np.dtype("f4")),
        b"cnumpy\nndarray\n.",
        b"a.",
        b"(l" * 5000 + b".",
    ],
)
def test_what_is_no_plain_data_is_refused(tmp_path, data):
    path = tmp_path / "x.pkl"
    path.write_bytes(data)
    with pytest.raises(KnownError):
        read_pickle(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(KnownError, match="cannot be read"):
        read_pickle(tmp_path / "gone.pkl")


@given(st.binary(max_size=200))
def test_any_bytes_give_data_or_a_value_error(data):
    with contextlib.suppress(ValueError):
        parse_pickle(data)
