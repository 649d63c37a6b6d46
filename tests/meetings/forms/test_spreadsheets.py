from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.forms.spreadsheets import LARGEST, WrongFile, read

NAMES = st.text("abcdefghijklmnopqrstuvwxyzäöüéñ ,;'", min_size=1, max_size=20).map(
    lambda name: " ".join(f"x{name}".strip("' ").split())
)


def people(text: str, encoding: str = "utf-8") -> list[str]:
    parsed = read(text.encode(encoding))
    assert not parsed.wrong
    return [str(address) for address in parsed.addresses]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_it_reads_what_programs_write(separator, encoding, line_end):
    rows = ["Name,E-mail", "José Núñez,jose@x.example", "Zoë,zoe@x.example"]
    text = line_end.join(rows).replace(",", separator)
    assert people(text, encoding) == ["José Núñez <jose@x.example>", "Zoë <zoe@x.example>"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E-Mail;Name\na@x.example;Ann", ["Ann <a@x.example>"]),
        ("First name,Last name,Company,Email\nAnn,Lee,Acme,a@x.example", ["Ann Lee <a@x.example>"]),
        ("Last name;First name;E-Mail\nLee;Ann;a@x.example", ["Ann Lee <a@x.example>"]),
        ("Ann,a@x.example\nBo,b@x.example", ["Ann <a@x.example>", "Bo <b@x.example>"]),
        ("Ann,Lee,a@x.example,+49 30\nBo,Ek,b@x.example,2", ["Ann Lee <a@x.example>", "Bo Ek <b@x.example>"]),
        ("17;a@x.example;Ann\n18;b@x.example;Bo", ["Ann <a@x.example>", "Bo <b@x.example>"]),
        ("a@x.example\nb@x.example", ["a@x.example", "b@x.example"]),
        ("Email\na@x.example\n", ["a@x.example"]),
        ("Ann <a@x.example>, b@x.example; c@x.example", ["Ann <a@x.example>", "b@x.example", "c@x.example"]),
        ('Name,Email\n"Lee, Ann",a@x.example', ['"Lee, Ann" <a@x.example>']),
        ('Name,Email\n"Ann ""AL"" Lee",a@x.example', ['"Ann \\"AL\\" Lee" <a@x.example>']),
        ("Name;Email;Role\nAnn;a@x.example;Optional\nBo;b@x.example;co-host",
         ["Ann <a@x.example> (optional)", "Bo <b@x.example> (host)"]),
        ("First name;Last name;Email;Role\nAda;Host;a@x.example;\nBo;Berg;b@x.example;Host",
         ["Ada Host <a@x.example>", "Bo Berg <b@x.example> (host)"]),
        ("Ada,Host,a@x.example\nBo,Berg,b@x.example,host",
         ["Ada Host <a@x.example>", "Bo Berg <b@x.example> (host)"]),
        ('Name,Email\n"Never closed,a@x.example\nBo,b@x.example',
         ["Never closed <a@x.example>", "Bo <b@x.example>"]),
        ("Name,Email\nAnn,a@x.example\n,\n,,,\nBo,b@x.example\n", ["Ann <a@x.example>", "Bo <b@x.example>"]),
    ],
)  # fmt: skip
def test_it_finds_names_and_addresses(text, expected):
    assert people(text) == expected


def test_doubles_are_one_and_the_name_is_kept():
    text = "Email,Name\nA@x.example,\na@X.example,Ann\na@x.example,Other"
    assert people(text) == ["Ann <A@x.example>"]


def test_what_is_wrong_is_named_and_the_rest_stays():
    parsed = read(b"Name,Email\nAnn,a@x.example\nCarol,carol@mendez\nBo,b@x.example")
    assert [address.name for address in parsed.addresses] == ["Ann", "Bo"]
    assert parsed.complaints == ["“carol@mendez” lacks its ending, such as .com. The other two are fine."]


def test_a_name_cannot_begin_another_header():
    text = 'Name,Email\n"Ann\r\nBcc: victim@x.example",a@x.example\n"Bo\u202e\x00\nB",b@x.example'
    parsed = read(text.replace("\x00", "").encode())
    assert [address.name for address in parsed.addresses] == ["", "Bo B"]
    assert not any(c in str(address) for address in parsed.addresses for c in "\r\n\u202e")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"x" * 5 * 1024 * 1024, "This file is 5 MB large. 1 MB is the most"),
        (b"", "There is no e-mail address in this file."),
        (b"Name,Phone\nAnn,1", "There is no e-mail address in this file."),
        (b"PK\x03\x04" + b"\x14\x00\x06\x00\x08@" * 40, "This is not a text file."),
        ("\n".join(f"P{n},p{n}@x.example" for n in range(10_000)).encode(), "There are 10,000 addresses"),
    ],
)
def test_what_is_no_list_is_refused_in_words(data, said):
    with pytest.raises(WrongFile, match=said):
        read(data)


@given(st.lists(st.tuples(NAMES, st.integers(0, 10**6)), min_size=1, max_size=20, unique_by=lambda p: p[1]))
def test_what_a_spreadsheet_wrote_is_read_as_it_was(rows):
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";")
    writer.writerow(["Name", "E-Mail"])
    writer.writerows([name, f"p{n}@x.example"] for name, n in rows)
    parsed = read(file.getvalue().encode())
    assert [(a.name, a.email) for a in parsed.addresses] == [(name, f"p{n}@x.example") for name, n in rows]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    try:
        parsed = read(data)
    except WrongFile:
        return
    assert all("@" in address.email for address in parsed.addresses)


def test_the_largest_file_is_read_in_no_time():
    row = "Somebody with a long name;" + "x" * 400 + ";p{}@x.example\n"
    data = "".join(row.format(n) for n in range(2000)).encode()
    assert len(data) < LARGEST
    assert len(read(data).addresses) == 2000


def test_a_table_of_very_many_lines_is_refused_however_few_addresses_are_in_it():
    with pytest.raises(WrongFile, match="There are 6,001 lines in this file"):
        read(b"Ann,ann@example.org\n" + b"x,y\n" * 6_000)
