"""The print file: every page of every letter in its order, each on the front of a sheet, in many batches."""

import random

import pikepdf
import pytest

from callflow.core import print_file


def paper(path, number, pages):
    """A PDF whose pages say which they are, sharing a font; one page hangs on tags and links."""
    with pikepdf.new() as made:
        font = made.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Font, Note=f"({number}) 5 0 R"))
        for page in range(pages):
            made.add_blank_page(page_size=(300, 400))
            held = made.pages[-1].obj
            held.Contents = made.make_stream(f"BT ({number}-{page}) Tj ET".encode())
            held.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
            held.StructParents = page
            held.Annots = pikepdf.Array([made.make_indirect(pikepdf.Dictionary(P=held))])
        made.save(path)
    return path


def read(path):
    """What each page says; nothing of a blank one."""
    with pikepdf.open(path) as found:
        assert found.check_pdf_syntax() == []
        assert not any(name in page for page in found.pages for name in ("/StructParents", "/Annots"))
        return [page.Contents.read_bytes().decode() for page in found.pages], [
            str(page.Resources.Font.F1.Note) if "/Font" in page.get("/Resources", {}) else ""
            for page in found.pages
        ]


@pytest.mark.parametrize("at_a_time", [1, 2, 7, 50])
def test_every_page_stands_in_its_order_and_each_letter_on_a_front(tmp_path, monkeypatch, at_a_time):
    monkeypatch.setattr(print_file, "AT_A_TIME", at_a_time)
    dice = random.Random(at_a_time)
    sizes = [dice.randint(1, 4) for _ in range(15)]
    papers = [paper(tmp_path / f"{number}.pdf", number, pages) for number, pages in enumerate(sizes)]

    number = print_file.join(papers, tmp_path / "all.pdf")

    expected = []
    for each, pages in enumerate(sizes):
        expected += [f"BT ({each}-{page}) Tj ET" for page in range(pages)] + [""] * (pages % 2)
    said, fonts = read(tmp_path / "all.pdf")
    assert said == expected
    assert number == len(expected)
    assert [fonts[said.index(f"BT ({each}-0) Tj ET")] for each in range(15)] == [
        f"({each}) 5 0 R" for each in range(15)
    ]


def test_the_same_letters_give_the_same_bytes_and_none_give_no_page(tmp_path):
    papers = [paper(tmp_path / f"{number}.pdf", number, 2) for number in range(3)]
    for name in ("one", "two"):
        print_file.join(papers, tmp_path / name)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert print_file.join([], tmp_path / "empty") == 0


def test_a_document_with_one_page_twice_keeps_both(tmp_path):
    with pikepdf.open(paper(tmp_path / "a.pdf", 1, 1)) as made:
        made.pages.append(made.pages[0])
        made.save(tmp_path / "twice.pdf")

    assert print_file.join([tmp_path / "twice.pdf"] * 3, tmp_path / "all.pdf") == 6
    assert read(tmp_path / "all.pdf")[0] == ["BT (1-0) Tj ET"] * 6
