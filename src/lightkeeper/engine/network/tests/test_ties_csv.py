import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightkeeper.engine.errors import EngineError, FormatError
from lightkeeper.engine.network.ties_csv import read_ties_csv


def read(folder, text, encoding="utf-8"):
    said: list[str] = []
    file = folder / "ties.csv"
    file.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return read_ties_csv(file, said.append), said


def told(ties):
    return [
        (ties.names[one], ties.names[two], weight)
        for one, two, weight in zip(
            ties.one.tolist(), ties.two.tolist(), ties.weight.tolist(), strict=True
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a,b,2\nb,c,1\n", "a\tb\t2\nb\tc\t1", "a;b;2\nb;c;1", "a|b|2\nb|c|1", "a b 2\nb  c 1",
        "\ufeffa,b,2\r\nb,c,1\r\n", "\n\na,b,2\n\n  \n,,\nb,c,1\n\n", " a , b , 2 \nb,c,1",
        '"a","b",2\n"b","c",1', "source,target,weight\na,b,2\nb,c,1", "a,b,2\rb,c,1",
        "Source;Target;Weight\na;b;2\nb;c;1", "a;b;2,0\nb;c;1,0", "one,other,Weight\na,b,2\nb,c,1",
        "a,b,2,\nb,c,1,",
    ],
)  # fmt: skip
def test_a_file_is_read_whatever_parts_its_columns(tmp_path, text):
    ties, _ = read(tmp_path, text)

    assert told(ties) == [("a", "b", 2.0), ("b", "c", 1.0)]
    assert ties.names == ("a", "b", "c")


def test_other_encodings_are_read_and_said(tmp_path):
    assert read(tmp_path, "é,b,1", "utf-16")[0].names == ("é", "b")
    ties, said = read(tmp_path, "é,b,1", "cp1252")
    assert ties.names == ("é", "b")
    assert "not UTF-8" in said[0]


def test_a_file_of_two_columns_weighs_each_line_one(tmp_path):
    ties, _ = read(tmp_path, "a,b\nb,a\nb,w\n")

    assert told(ties) == [("a", "b", 2.0), ("b", "w", 1.0)]


def test_lines_of_one_pair_add_up_and_what_is_passed_over_is_said(tmp_path):
    ties, said = read(tmp_path, "a,b,2\nb,a,3\na,b,1\nc,c,4\nd,a,0\n")

    assert told(ties) == [("a", "b", 6.0)]
    assert ties.names == ("a", "b", "c", "d")
    assert said == [
        "ties.csv: 1 line of somebody to themselves, passed over.",
        "ties.csv: 1 line of weight 0, passed over.",
        "ties.csv: 2 lines of a pair that had one already, added to it.",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b,1\nb,c,-1", "Line 2 .*weight is a number, nought or more .*found -1"),
        ("a,b,1\n\nb,c,NaN", "Line 3 .*found NaN"),
        ("a,b,nan", "Line 1 .*found nan"),
        ("a,b,1\nb,c,inf", "Line 2 .*found inf"),
        ("a,b,1\nb,c,1e308", "Line 2 .*found 1e308"),
        ("a,b,1\nb,c,1e-300", "Line 2 .*found 1e-300"),
        ("a,b,1\nb,c,x", "Line 2 .*found x"),
        ("a,b,1\nb,c,", "Line 2 .*found nothing"),
        ("a,b,1\n,c,2", "Line 2 .*source is empty"),
        ("a,b,1\nc,,2", "Line 2 .*target is empty"),
        ("a,b,1\nb,c", "Line 2 .*has 2 columns; those before have 3"),
        ("a,b\nb,c,1", "Line 2 .*has 3 columns; those before have 2"),
        ("a,b,1\nc", "Line 2 .*found 1 column"),
        ("a,b,1\na,b,c,d", "Line 2 .*found 4 columns"),
        ('a,b,1\n"c,d,1', "Line 2 .*cannot be read"),
        ("a,b,1\nc\0,d,1", "Line 2 .*not text"),
        ("a,b,1\n" + "c" * 10_001, "Line 2 .*too long"),
        ("", "holds no ties"),
        ("\n \n", "holds no ties"),
        ("source,target,weight\n", "holds no ties"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(tmp_path, text, sentence):
    with pytest.raises(FormatError, match=sentence):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(EngineError, match="There is no file"):
        read_ties_csv(tmp_path / "absent.csv")


TROUBLE = [
    "a",
    "b",
    "\t",
    ",",
    ";",
    "|",
    " ",
    "\n",
    "\r",
    '"',
    "1",
    "-1",
    "nan",
    "1e999",
    "\0",
    "é",
]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=80), st.lists(st.sampled_from(TROUBLE)).map("".join)))
def test_any_bytes_are_read_or_refused_in_words(tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp()
    try:
        ties, _ = read(folder, data)
    except FormatError:
        return
    assert ties.names
    assert (ties.one < ties.two).all()
    assert (ties.weight > 0).all()
