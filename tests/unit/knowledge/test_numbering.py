"""Paragraphs of a Word file get the numbers that Word computes for them."""

from lxml import etree

from knowledge.parsing.numbering import Numbering

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def level(n: int, text: str, form: str = "decimal", more: str = "") -> str:
    return f'<w:lvl w:ilvl="{n}"><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>{more}</w:lvl>'


def numbers(lists: dict[int, str], items: list[str], styles: str = "") -> list[str | None]:
    """Return the numbers of items, each a list and level ("1/0"), a style, or both."""
    xml = "".join(f'<w:abstractNum w:abstractNumId="{id}">{levels}</w:abstractNum>' for id, levels in lists.items())
    xml += "".join(f'<w:num w:numId="{id}"><w:abstractNumId w:val="{id}"/></w:num>' for id in lists)
    counting = Numbering(
        f"<w:numbering {W}>{xml}</w:numbering>".encode(), f"<w:styles {W}>{styles}</w:styles>".encode()
    )
    found = []
    for one in items:
        style, _, place = one.rpartition(" ")
        id, _, at = place.partition("/")
        told = f'<w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{id}"/></w:numPr>' if at else ""
        style = style if at else place
        xml = f'<w:p {W}><w:pPr><w:pStyle w:val="{style}"/>{told}</w:pPr></w:p>'
        place_of = counting.place(etree.fromstring(xml))
        found.append(None if place_of is None else place_of.number)
    return found


def test_a_level_starts_anew_where_it_says() -> None:
    after = '<w:lvlRestart w:val="{}"/>'
    levels = (
        level(0, "%1") + level(1, "%1.%2") + level(2, "%3", more=after.format(1)) + level(3, "%4", more=after.format(0))
    )
    items = ["1/0", "1/1", "1/2", "1/3", "1/1", "1/2", "1/3", "1/0", "1/1", "1/2", "1/3"]
    assert numbers({1: levels}, items) == ["1", "1.1", "1", "1", "1.2", "2", "2", "2", "2.1", "1", "3"]


def test_a_legal_level_tells_the_numbers_of_all_levels_in_digits() -> None:
    levels = level(0, "Article %1", "upperRoman") + level(1, "%1.%2", "lowerLetter", "<w:isLgl/>")
    levels += level(2, "%1.%3", "lowerLetter")
    assert numbers({1: levels}, ["1/0", "1/0", "1/1", "1/2"]) == ["Article I", "Article II", "2.1", "II.a"]


def test_a_list_may_take_its_levels_from_a_style() -> None:
    style = (
        '<w:style w:type="numbering" w:styleId="Steps"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    lists = {1: level(0, "Step %1"), 2: '<w:numStyleLink w:val="Steps"/>'}
    assert numbers(lists, ["1/0", "2/0"], style) == ["Step 1", "Step 2"]


def test_what_a_paragraph_says_itself_goes_before_what_its_style_says() -> None:
    style = '<w:style w:styleId="Sub"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    levels = level(0, "%1.") + level(1, "%1.%2", more='<w:pStyle w:val="Sub"/>')
    assert numbers({1: levels}, ["1/0", "Sub", "Sub 1/0", "Sub 0/0", "Sub 9/0"], style) == [
        "1.",
        "1.1",
        "2.",
        None,
        None,
    ]


def test_letters_and_roman_numbers_go_on() -> None:
    lists = {1: level(0, "%1", "lowerLetter"), 2: level(0, "%1", "upperRoman")}
    assert numbers(lists, ["1/0"] * 28)[25:] == ["z", "aa", "bb"]
    assert numbers(lists, ["2/0"] * 49)[38:] == "XXXIX XL XLI XLII XLIII XLIV XLV XLVI XLVII XLVIII XLIX".split()
