"""Sentences are whole: neither the width of a text file nor an abbreviation ends one, and the end of a line may."""

import pytest

from knowledge.sentences import Sentences, sentences_and_rows, sentences_of, stem, unwrapped

WRAPPED = [
    "Items bought in the summer sale or in the outlet store in Bristol cannot be\nreturned, exchanged or refunded.",
    "If a parcel has not arrived within ten working days after dispatch, we refund\n"
    "the order, unless the tracking shows that it was delivered to a neighbour or a\npick-up point.",
    "If you are a member,\nreturns are free.",
    "We ship the parcels of all orders that are placed before noon to our shops in\nBristol.",
    "All parcels of the Kettle Club go out with the next lorry, and a refund takes\n14 days from there.",
    "Keep the proof of postage that you are given at the counter of the post office\n(the receipt will do).",
    "- Items bought in the summer sale or in the outlet store in Bristol cannot be\n  returned.",
    "> Items bought in the summer sale or in the outlet store in Bristol cannot be\n> returned.",
    "Whoever has bought a refurbished kettle in the outlet store in Bristol or in\n"
    "Bath can send it back like a new one, whatever it is. The receipts of the\nKettle Club have to be in the box.",
    "Our phone line is open on all days of the week from 9 a.m. to 5 p.m.\nMonday to Friday, except on holidays.",
]


@pytest.mark.parametrize("text", WRAPPED)
def test_a_sentence_goes_on_in_the_next_line_where_only_a_width_broke_it(text: str) -> None:
    assert unwrapped(text) == text.replace("\n> ", " ").replace("\n  ", " ").replace("\n", " ")


def test_a_word_broken_at_its_hyphen_is_one_word_again() -> None:
    kettles = "Kettles of the outlet store in Bristol are"
    assert unwrapped(f"{kettles} non-\nrefundable.") == f"{kettles} non-refundable."
    assert unwrapped(f"{kettles} pre-\nand post-paid.") == f"{kettles} pre- and post-paid."


@pytest.mark.parametrize(
    "text",
    [
        "Mon 9-5\nTue 9-5",
        "Acme Ltd\n12 High Street\nBristol BS1 4ST\nhelp@acme.example",
        "kettles\nmugs\ntea",
        "We sell:\nkettles and mugs",
        "Proof of identity such as a passport or a licence issued by a state\nProof of residence\nTwo photographs",
        "cannot register a vehicle in a state where you live for less\ncan be fined by a court\ncan lose the licence",
        "# Items bought in the summer sale or in the outlet store\ncannot be returned.",
        "Items bought in the summer sale or in the outlet store\n\ncannot be returned.",
        "Items bought in the summer sale or in the outlet store\\\ncannot be returned.",
        "Items bought in the summer sale or in the outlet store and\n- cups\n- mugs",
        "Items bought in the summer sale or in the outlet store and\n1. cups\n2. mugs",
        "Items bought in the summer sale or in the outlet store and\n> cups",
        "Items bought in the summer sale or in the outlet store and\n---\ncups",
        "Name of the cookie that we set | Purpose of the cookie that we set and\n--|--\na | b",
        "```\nacme login --user you --region the-one-that-you-live-in --and\nacme install\n```",
        "| Items bought in the summer sale or in the outlet store and |\n| cups |",
    ],
)
def test_lines_that_say_something_each_stay_their_own(text: str) -> None:
    assert unwrapped(text) == text


def test_the_sentences_of_a_wrapped_page_are_whole() -> None:
    text = f"Policy on lost parcels\n\n{WRAPPED[1]} Write to us.\n\n| To | Price |\n|---|---|\n| Belgium | $3 |"
    assert [one.text for one in sentences_and_rows(text)] == [
        "Policy on lost parcels",
        WRAPPED[1].replace("\n", " "),
        "Write to us.",
        "Belgium: Price: $3",
    ]


WHOLE = [
    "Our phone line is open from 9 a.m. to 5 p.m. Monday to Friday, except on public holidays.",
    "Return it until Jan. 31 with the receipt.",
    "The fee is approx. 5 euros incl. VAT, max. 3 items, excl. P.O. boxes, ca. 2 kg.",
    "Ask Mrs. Smith or Prof. Jones of Acme Inc. Bristol in St. James's Street.",
    "Call Tel. +44 20 123, ext. 12, about invoice no. 345 or form No. 6.",
    "Open Mon. 9 to 5 and Sat. 9 to noon.",
    "Art. 13 and Sec. 4 hold, see p. 12 and Fig. 3.",
    "Der Umtausch ist bis zum 24. Dezember möglich, z. B. Montag und Freitag.",
    "Der 2. Versuch kostet nach Nr. 5 bzw. Absatz 3 noch 5 Euro inkl. MwSt. und Versand.",
    "Widerrufen Sie gem. § 312g Abs. 1 BGB, im 1. Stock, Mo. bis Fr. 9 bis 17 Uhr.",
    "Der Verkauf beginnt am 1. April und endet am 31. August.",
    "Il s'agit, p. ex. Paris excepté, de la règle.",
    "Escriba al Sr. García o a la Sra. López, p. ej. España o EE. UU. y el núm. 5.",
    "Chieda al Sig. Rossi, bijv. Jansen, t.a.v. De Vries.",
]


@pytest.mark.parametrize("text", WHOLE)
def test_an_abbreviation_does_not_end_a_sentence(text: str) -> None:
    assert sentences_of(text) == [text]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("We close at 5 p.m. On Sundays we open at noon.", 1),
        ("Kettles are made by Acme Inc. The warranty is 2 years.", 1),
        ("We sell kettles, mugs etc. All are new.", 1),
        ("Holidays end in Jan. Please wait.", 1),
        ("It takes 10 min. Orders go out.", 1),
        ("The answer is no. Kettles stay.", 1),
        ("See the art. Kettles stay.", 1),
        ("Die Frist ist Tag 14. Danach nicht.", 1),
        ("Use the 2. The others stay.", 1),
        ("Wir öffnen um 9. Am Montag nicht.", 1),
        ("This is version 3. Marble is next.", 1),
        ("Ihr Guthaben gilt bis zum 31. Danach verfällt es.", 1),
        ("We ship on day 5. August orders ship later.", 1),
        ("Take option z. Refunds take 5 days.", 1),
        ("It costs 5 Fr. 20 customers said so.", 1),
    ],
)
def test_an_abbreviation_ends_a_sentence_where_the_next_plainly_begins(text: str, cut: int) -> None:
    assert len(sentences_of(text)) == cut + 1


@pytest.mark.parametrize("text", [*WHOLE, "Open to 5 p.m. We close. It costs approx. five euros.\n\n“Really?” Yes."])
def test_a_stream_is_cut_at_the_same_places_however_it_comes(text: str) -> None:
    cutter = Sentences()
    parts = [one.strip() for character in text for one in cutter.feed(character)]
    assert [*parts, *(one.strip() for one in cutter.close())] == sentences_of(text)


@pytest.mark.parametrize(
    ("one", "many"),
    [("address", "addresses"), ("mattress", "mattresses"), ("pass", "passes"), ("process", "processed")],
)
def test_a_word_that_ends_in_ss_is_the_same_in_its_other_forms(one: str, many: str) -> None:
    assert stem(one) == stem(many)


def test_a_block_of_code_is_one_sentence_as_it_is_written() -> None:
    text = (
        "Run this:\n\n```bash\ncp -r a. B\n  | tail\n```\n\n1. Then:\n   ~~~\n   ls\n     -l\n   ~~~\n   Wait.\n\nDone."
    )
    assert [(one.text, one.code, one.indent) for one in sentences_and_rows(text)] == [
        ("Run this:", False, -1),
        ("cp -r a. B\n  | tail", True, -1),
        ("1.", False, 0),
        ("Then:", False, 0),
        ("ls\n  -l", True, 0),
        ("Wait.", False, 0),
        ("Done.", False, -1),
    ]


def test_a_fence_without_its_other_one_makes_nothing_code() -> None:
    for text in ("ls\n```\nThen wait. Be patient.", "Wait.\n```bash\nls", "```one``` is code.\nWait.", "~~~\nls\n```"):
        assert not any(one.code for one in sentences_and_rows(text))


def test_a_sentence_tells_in_which_item_it_stands() -> None:
    text = "Not covered:\n\n- Scale. It is common.\n  - Seals\n\n  They wear.\n- Lids\n\nWrite to us."
    assert [(one.text, one.indent) for one in sentences_and_rows(text)] == [
        ("Not covered:", -1),
        ("- Scale.", 0),
        ("It is common.", 0),
        ("- Seals", 2),
        ("They wear.", 0),
        ("- Lids", 0),
        ("Write to us.", -1),
    ]
