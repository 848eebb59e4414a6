"""Which broken and hostile workbooks might somebody upload? Ten families; everything follows from the dice passed."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Callable
from pathlib import Path

from tests.branchportal.spreadsheets.workbooks import raw_workbook, text_cell, text_row

CLEAN = (Path(__file__).parents[1] / "data/rosters/clean.xlsx").read_bytes()
HEADER = text_row(1, "学号", "姓名", "思想", "学习", "生活", "工作", "作风")
MEGABYTE = 1024 * 1024
SHARED = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</sst>'
MAGIC = (
    b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff\xe0", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b\x08",
    b"{\\rtf1", b"<html>", b"<?xml version='1.0'?>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x05\x06", b"PK\x07\x08",
    b"MZ",
    b"\x7fELF", b"SQLite format 3\0", b"\xfe\xff", b"\xff\xfe", b"", b"\0" * 100,
)  # fmt: skip
ENTITIES = (
    '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>',
    '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE a [<!ENTITY b SYSTEM "http://127.0.0.1:1/">]>',
    '<!DOCTYPE a [<!ENTITY % b SYSTEM "file:///etc/hostname">%b;]>',
    '<!DOCTYPE a PUBLIC "-//a" "http://127.0.0.1:1/a.dtd">',
    '<!DOCTYPE a [<!ENTITY b "' + "甲" * 50_000 + '">]>',
    "<!DOCTYPE a>",
    '<!DOCTYPE a [<!ATTLIST worksheet b CDATA "c">]>',
)
CELLS = (
    '<c r="A2" t="s"><v>99999999</v></c>', '<c r="A2" t="s"><v>-1</v></c>', '<c r="A2" t="s"><v>x</v></c>',
    '<c r="A2" s="9999"><v>1</v></c>', '<c r="A2" t="d"><v>2026-02-30</v></c>', '<c r="A2" t="b"><v>maybe</v></c>',
    '<c r="A2"><v>NaN</v></c>', '<c r="A2"><v>1e400</v></c>', '<c r="A2"><v>-1e308</v></c>', '<c r="A2"><v></v></c>',
    '<c r="A2" t="e"><v>#N/A</v></c>', '<c r="A2"><f>1+1</f></c>', '<c r="A2"><f>A2</f><v>#REF!</v></c>', '<c r=""/>',
    '<c r="A0"><v>1</v></c>', '<c r="ZZZZ9"><v>1</v></c>', '<c r="A99999999999"><v>1</v></c>', '<c r="2A"><v>1</v></c>',
    '<c r="XFE1048577"><v>1</v></c>', '<c r="A2" t="inlineStr"/>', '<c r="A2" t="inlineStr"><is/></c>',
    '<c r="A2" t="inlineStr"><is><t>&#0;</t></is></c>', '<c r="A2" t="inlineStr"><is><t>&#xD800;</t></is></c>',
    '<c r="A2" t="inlineStr"><is><t>_x0000_</t></is></c>', '<c r="A2"><c r="A2"><v>1</v></c></c>', "<v>1</v>", "<c",
    '<c r="A2" t="nonsense"><v>1</v></c>', '<c r="A2"><v>' + "9" * 5000 + "</v></c>", "]]>", "&nothing;", "\x01",
)  # fmt: skip


def truncated(dice: random.Random) -> bytes:
    """A download that broke off."""
    return CLEAN[: dice.randrange(1, len(CLEAN))]


def flipped(dice: random.Random) -> bytes:
    """A disk that is dying: some bits are others."""
    content = bytearray(CLEAN)
    for _bit in range(dice.choice((1, 2, 8, 64, 512))):
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    return bytes(content)


def odd_archive(dice: random.Random) -> bytes:
    """A zip file that says one thing and is another."""
    what = dice.randrange(9)
    if what == 0:
        return dice.randbytes(dice.choice((1, 100, 70_000))) + CLEAN
    if what == 1:
        return CLEAN + dice.randbytes(dice.choice((1, 100, 70_000)))
    if what == 2:
        return raw_workbook(
            HEADER, extra=[(f"xl/media/{number}.xml", "<a/>") for number in range(dice.choice((190, 300, 5000)))]
        )
    if what == 3:
        names = (
            "../../etc/cron.d/a",
            "/etc/passwd",
            "C:\\a",
            "xl\\workbook.xml",
            "a" * 5000,
            "\u202e.xml",
            "con",
            "xl/",
        )
        return raw_workbook(HEADER, extra=[(dice.choice(names), "a")])
    if what == 4:
        return _patched(raw_workbook(HEADER), dice, b"PK\x01\x02", offset=dice.choice((8, 10, 16, 20, 24, 42)))
    if what == 5:
        return _patched(raw_workbook(HEADER), dice, b"PK\x03\x04", offset=dice.choice((4, 6, 8, 14, 18, 22, 26)))
    if what == 6:
        return _patched(raw_workbook(HEADER), dice, b"PK\x05\x06", offset=dice.choice((4, 8, 10, 12, 16)))
    if what == 7:
        return raw_workbook(
            HEADER, extra=[("xl/workbook.xml", dice.choice(("", "<a/>", CLEAN)))]
        )  # the same name twice
    return raw_workbook(
        HEADER, extra=[("xl/embeddings/a.xlsx", CLEAN), ("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" * 50)]
    )


def entities(dice: random.Random) -> bytes:
    """A document type, in one part or another, plain or in another encoding."""
    doctype = dice.choice(ENTITIES)
    rows = HEADER + '<row r="2"><c r="A2" t="inlineStr"><is><t>&b;&c;&d;</t></is></c></row>'
    what = dice.randrange(4)
    if what == 0:
        return raw_workbook(rows, sheet_doctype=doctype)
    if what == 1:
        return raw_workbook(HEADER, workbook_doctype=doctype)
    part = dice.choice(("xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml", "xl/styles.xml"))
    text = f"<?xml version='1.0'?>{doctype}{SHARED.format('<si><t>&b;</t></si>')}"
    if what == 2:
        return raw_workbook(HEADER, extra=[(part, text)])
    return raw_workbook(HEADER, extra=[(part, text.replace("'1.0'", "'1.0' encoding='utf-16'").encode("utf-16"))])


def wrong_type(dice: random.Random) -> bytes:
    """Another kind of file under the name of a workbook."""
    return dice.choice(MAGIC) + dice.choice(
        (b"", dice.randbytes(dice.choice((10, 3000, 100_000))), CLEAN, b"a,b\n" * 500)
    )


def odd_structure(dice: random.Random) -> bytes:
    """Parts that are missing, malformed or point nowhere, and cells that no program writes."""
    what = dice.randrange(6)
    parts = (
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/worksheets/sheet1.xml",
    )
    if what == 0:
        return raw_workbook(HEADER, left_out=dice.sample(parts, dice.choice((1, 2, 5))))
    if what == 1:
        broken = ("", "<", "<a>", "\0", "<a/><b/>", "<?xml version='9.9'?><a/>", "<a " + "b='' " * 500 + "/>", "甲")
        part = dice.choice(parts)
        return raw_workbook(HEADER, extra=[(part, dice.choice(broken))])
    if what == 2:
        names = ("", "a" * 300, "[]:*?/\\", "'", "\u202e", "花名册\0", "&lt;script&gt;")
        return raw_workbook(HEADER, name=dice.choice(names).replace("\0", ""))
    if what == 3:
        numbers = ("0", "-1", "x", "", "1048577", "99999999999999999999", "1.5")
        return raw_workbook(HEADER + f'<row r="{dice.choice(numbers)}">{text_cell("A2", "2026000001")}</row>')
    cells = "".join(dice.choices(CELLS, k=dice.choice((1, 1, 3, 30))))
    return raw_workbook(HEADER + f'<row r="2">{cells}{text_cell("B2", "赵明远")}</row>')


def huge_cells(dice: random.Random) -> bytes:
    """Little in number, large in size."""
    what = dice.randrange(5)
    if what == 0:
        return raw_workbook(
            HEADER + f'<row r="2">{text_cell("A2", "甲" * dice.choice((32_768, MEGABYTE, 5 * MEGABYTE)))}</row>'
        )
    if what == 1:
        return raw_workbook(
            HEADER + f'<row r="2"><c r="A2"><v>{"9" * dice.choice((400, 5000, MEGABYTE))}</v></c></row>'
        )
    if what == 2:
        depth = dice.choice((1000, 100_000, MEGABYTE))
        return raw_workbook(HEADER + "<a>" * depth + "</a>" * depth)
    if what == 3:
        return raw_workbook(
            HEADER + f'<row r="2"><c r="A2" {"a" * dice.choice((1000, MEGABYTE))}="1"><v>1</v></c></row>'
        )
    cells = "".join(f'<c r="{_letters(column)}2"><v>1</v></c>' for column in range(1, dice.choice((300, 16_385))))
    return raw_workbook(HEADER + f'<row r="2">{cells}</row>')


def bombs(dice: random.Random) -> bytes:
    """A few kilobytes that become hundreds of megabytes."""
    size = dice.choice((9, 30, 49, 51, 200)) * MEGABYTE
    what = dice.randrange(4)
    if what == 0:
        return raw_workbook(HEADER, extra=[("xl/media/a.bin", b"\0" * size)])
    if what == 1:
        return raw_workbook(HEADER, extra=[("xl/sharedStrings.xml", SHARED.format("<si><t>a</t></si>" * (size // 17)))])
    if what == 2:
        return raw_workbook(HEADER + '<row><c t="inlineStr"><is><t>a</t></is></c></row>' * (size // 49))
    return raw_workbook(
        HEADER, extra=[(f"xl/media/{part}.bin", b"a" * (7 * MEGABYTE)) for part in range(size // (7 * MEGABYTE))]
    )


def empty_rows(dice: random.Random) -> bytes:
    """A million rows in which nothing stands."""
    count = dice.choice((1_048_576, 1_000_000, 60_000))
    cell = dice.choice(("", '<c r="A{row}" s="0"/>', '<c r="A{row}" t="inlineStr"><is><t> </t></is></c>'))
    rows = "".join(f'<row r="{row}">{cell.format(row=row)}</row>' for row in range(2, count + 1))
    return raw_workbook(HEADER + rows)


def odd_text(dice: random.Random) -> bytes:
    """A file of text values that is none, or too much of it."""
    what = dice.randrange(8)
    header = "学号,姓名,思想,学习,生活,工作,作风\n"
    if what == 0:
        return header.encode() + dice.randbytes(dice.choice((10, 5000)))
    if what == 1:
        return (header + '"').encode() + b"a" * dice.choice((10, 200_000, 9 * MEGABYTE))
    if what == 2:
        return header.encode("utf-16") + dice.choice((b"\0", b"\x00\xd8", b"\xff"))
    if what == 3:
        return (header + "1,甲\n" * dice.choice((50_001, 400_000))).encode()
    if what == 4:
        return (header + "1," + "," * dice.choice((256, 300_000))).encode() + b"\n"
    if what == 5:
        return header.encode("gb18030") + "李明".encode() + b"\x80\xff\n"
    if what == 6:
        return json.dumps({"a": [[[]]] * 1000}).encode() * dice.choice((1, 50))
    return b"[" * dice.choice((1000, 100_000, MEGABYTE)) + b"1e999"


FAMILIES: tuple[Callable[[random.Random], bytes], ...] = (
    truncated, flipped, odd_archive, entities, wrong_type, odd_structure, huge_cells, bombs, empty_rows, odd_text,
)  # fmt: skip


def broken_workbook(seed: int | str, number: int) -> bytes:
    """The file of this number: the families take turns."""
    family = FAMILIES[number % len(FAMILIES)]
    return family(random.Random(f"{seed}-{family.__name__}-{number}"))


def _patched(content: bytes, dice: random.Random, mark: bytes, *, offset: int) -> bytes:
    """The archive with one number of one of its headers changed."""
    places = [place for place in range(len(content)) if content.startswith(mark, place)]
    where = dice.choice(places) + offset
    number = struct.pack("<I", dice.choice((0, 1, 9, 99, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, dice.getrandbits(32))))
    width = dice.choice((2, 4))
    return content[:where] + number[:width] + content[where + width :]


def _letters(column: int) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
