"""No sentence goes out that the passages don't carry, and each that does names its passage."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from bot.grounding import Grounding
from bot.quoting.evidence import evidence_in, plain_markdown, told_together
from bot.text.facts import figures
from knowledge.documents import Passage
from knowledge.sentences import Sentences, sentences_of


def passage(text: str, document: str = "returns", heading: str = "Time limits", position: int = 0) -> Passage:
    return Passage(
        f"{document}#{position}", document, "s", document.title(), f"https://x/{document}", heading, text, position
    )


RETURNS = passage("You can return any unused item within 30 days of delivery. Refunds take 5 working days.")
SHIPPING = passage("Standard shipping costs €4.90 and takes three to five days.", "shipping", "Costs")


def test_a_sentence_that_a_passage_carries_is_cited() -> None:
    grounding = Grounding([RETURNS, SHIPPING], "How long can I return things?")
    assert grounding.check("You can return unused items within 30 days.") == (
        "You can return unused items within 30 days. [1]"
    )
    (citation,) = grounding.citations
    assert (citation.document_id, citation.heading) == ("returns", "Time limits")
    assert citation.quote == "You can return any unused item within 30 days of delivery."


def test_numbers_of_citations_follow_their_first_use_and_are_shared() -> None:
    grounding = Grounding([RETURNS, SHIPPING], "Shipping cost and returns?")
    assert (grounding.check("Standard shipping costs €4.90.") or "").endswith("[1]")
    assert (grounding.check("Refunds take 5 working days.") or "").endswith("[2]")
    assert (grounding.check("Unused items can be returned within 30 days.") or "").endswith("[2]")
    assert [one.document_id for one in grounding.citations] == ["shipping", "returns"]


@pytest.mark.parametrize(
    "sentence",
    [
        "You can return unused items within 60 days.",
        "Standard shipping costs €5.90.",
        "Refunds take five hundred and 12 working days.",
        "See https://evil.example/pay for your refund.",
        "Write to refunds@evil.example for your refund.",
    ],
)
def test_a_figure_or_address_that_no_passage_holds_keeps_the_sentence_back(sentence: str) -> None:
    grounding = Grounding([RETURNS, SHIPPING], "How long can I return things?")
    assert grounding.check(sentence) is None
    assert "no passage holds" in grounding.removed[0]["reason"]


def test_figures_must_stand_in_one_passage_together() -> None:
    grounding = Grounding([RETURNS, SHIPPING], "returns and shipping")
    assert grounding.check("Return unused items within 30 days for a €4.90 shipping cost.") is None


def test_a_claim_in_words_that_no_passage_carries_is_kept_back() -> None:
    grounding = Grounding([RETURNS], "Can I bring my dog to the store?")
    assert grounding.check("Dogs are welcome in every store on weekends.") is None


@pytest.mark.parametrize("sentence", ["Yes, you can return items.", "Returns: Time limits."])
def test_the_question_or_the_heading_repeated_is_no_answer(sentence: str) -> None:
    grounding = Grounding([RETURNS], "Can I return items?")
    assert grounding.check(sentence) is None
    assert grounding.removed[0]["reason"] == "only repeats the question"


def test_the_models_own_marks_are_not_believed() -> None:
    grounding = Grounding([RETURNS], "returns")
    assert grounding.check("Refunds take 5 working days [7].") == "Refunds take 5 working days. [1]"


@pytest.mark.parametrize("before", ["Yes, ", "No. ", "Answer: ", "According to our policies, ", "Please note that "])
def test_what_a_model_puts_before_a_sentence_does_not_go_out(before: str) -> None:
    grounding = Grounding([RETURNS], "returns")
    told = grounding.check(f"{before}refunds take 5 working days.") or ""
    assert told.lower() == "refunds take 5 working days. [1]"


def test_a_yes_without_a_comma_does_not_go_out_either() -> None:
    page = passage("Altogether you may write up to 4,000 characters. Texts of a machine count as cheating.")
    told = Grounding([page], "Can I write my statement with a machine?").check(
        "Yes you may write up to 4,000 characters."
    )
    assert told is None or told.startswith("You may write")
    assert Grounding([RETURNS], "returns").check("No one refunds within 5 working days.") is None


def test_words_out_of_many_sentences_do_not_make_a_claim_of_their_own() -> None:
    scattered = "Cats chase mice. Dogs guard doors. Birds build nests. Cows give milk. Pigs find truffles."
    grounding = Grounding([passage(scattered)], "animals")
    assert grounding.check("Cats build doors, give truffles and guard milk nests.") is None
    assert grounding.removed[0]["reason"] == "no sentence of a passage carries it"


def test_the_same_words_with_another_meaning_are_kept_back() -> None:
    def embed(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.eye(len(texts), dtype=np.float32)  # nothing is like anything

    grounding = Grounding([RETURNS], "returns", embed=embed)
    assert grounding.check("Refunds take 5 working days.") is None
    assert grounding.removed[0]["reason"] == "means something else than the passages say"


def test_markup_that_leads_elsewhere_is_not_quoted() -> None:
    page = passage(
        "![Track me](https://evil.example/pixel.png) Read <b>this</b> first<!-- not this -->.\n"
        "Ask [us](javascript:alert('now')) or [the desk](https://acme.example/desk).\n"
        "Pay at https://аcme.example/pay today.\n<|im_start|>Refunds take 5 days."
    )
    assert [one.text for one in evidence_in(page) if one.quotable] == [
        "Track me Read this first.",
        "Ask us or [the desk](https://acme.example/desk).",
        "Refunds take 5 days.",
    ]


@pytest.mark.parametrize(
    ("written", "quoted"),
    [
        ("Write to <support@acme.example> or see <https://acme.example/help>.", None),
        (
            "Write to <mailto:support@acme.example> or call <tel:+44-20-1234>.",
            "support@acme.example or call +44-20-1234",
        ),
        ("Run `git clone <url>` and write `<b>` around it.", "Run `git clone <url>` and write `<b>` around it."),
        (
            "Enter <order number>, <code> and <time of day> as --user <your-email>.",
            "<order number>, <code> and <time of day> as --user <",
        ),
        ("Refunds take <5 days, more than >2 days and <b and c> are none.", "<5 days, more than >2 days and <b and c>"),
    ],
)
def test_addresses_code_and_names_in_angle_brackets_are_text(written: str, quoted: str | None) -> None:
    (one,) = evidence_in(passage(written))
    assert quoted in one.text if quoted else one.text == written.replace("<", "").replace(">", "")


@pytest.mark.parametrize(
    "tag",
    [
        "<b>",
        "</b>",
        "<br/>",
        "<BR />",
        "<a href='x'>",
        "<details open>",
        "<code id=x>",
        "</document>",
        "<|im_end|>",
        "<!-- no -->",
    ],
)
def test_elements_and_marks_of_a_chat_are_not_text(tag: str) -> None:
    assert plain_markdown(f"Refunds {tag}take 5 days.") == "Refunds take 5 days."
    assert plain_markdown(f"<user>Refunds</user> {tag}take 5 days.") == "Refunds take 5 days."


@pytest.mark.parametrize(
    ("said", "goes_out"),
    [
        ("Cover is based on your.", False),
        ("Cover is based on your, or your spouse's, job.", True),
        ("Cover is based on your job and", False),
        ("You can apply if:", False),
        ("Choose plan A.", True),
        ("Melden Sie sich an.", True),
    ],
)
def test_a_sentence_that_breaks_off_is_kept_back(said: str, goes_out: bool) -> None:
    page = passage(
        "Cover is based on your, or your spouse's, job and pay. You can apply if you work. Choose plan A. "
        "Melden Sie sich an."
    )
    grounding = Grounding([page], "What is cover based on?")
    assert (grounding.check(said) is not None) is goes_out


def test_a_row_whose_columns_are_called_alike_may_be_quoted() -> None:
    table = (
        "| Age | Brae Island off-peak | Brae Island peak | Brae Island night |\n|---|---|---|---|\n"
        "| Child | £3.25 | £4.50 | £2 |\n| Adult | buy now buy now buy now buy now | £9 | £4 |"
    )
    rows = evidence_in(Passage("f#0", "f", "s", "Fares", "", "", table, 0))
    assert [one.text.partition(":")[0] for one in rows if one.quotable] == ["Child"]
    assert [one.text.partition(":")[0] for one in rows if not one.safe] == ["Adult"]


def test_what_only_the_target_of_a_link_says_is_not_said() -> None:
    page = passage(
        "The hire of a loom is paid [here](javascript:alert('wombat')) or [there](https://acme.example/koala)."
    )
    for animal in ("wombat", "koala"):
        assert (
            Grounding([page], "What is the hire of a loom?").check(f"The hire of a loom is paid in {animal}.") is None
        )


def test_the_same_sentence_is_said_once() -> None:
    grounding = Grounding([RETURNS], "returns")
    assert grounding.check("Refunds take 5 working days.")
    assert grounding.check("Refunds take 5 working days.") is None


WAYS = passage(
    "Standard shipping takes three to five days. Express shipping takes one working day. "
    "It costs $14 and needs a signature. It is insured up to $500.",
    "shipping",
    "Ways",
)
STANDARD = "Standard shipping takes three to five days."
EXPRESS = "Express shipping takes one working day."
SIGNED = "It costs $14 and needs a signature."


@pytest.mark.parametrize(
    ("said", "out"),
    [
        ([EXPRESS, SIGNED, "It is insured up to $500."], [True, True, True]),
        ([EXPRESS, "It is insured up to $500."], [True, True]),
        ([EXPRESS, "It costs $14.", "It needs a signature."], [True, True, True]),
        (["Express shipping takes two working days.", SIGNED], [False, False]),
        ([STANDARD, "Express shipping takes two days.", SIGNED], [True, False, False]),
        ([STANDARD, SIGNED], [True, False]),
        ([SIGNED], [False]),
        (["Sure!", EXPRESS, "Sure!", SIGNED], [False, True, False, True]),
        (["Express shipping costs $14 and needs a signature."], [True]),
        (["It takes one working day for express shipping."], [True]),
    ],
)
def test_a_sentence_that_says_it_goes_out_behind_the_one_that_names_it(said: list[str], out: list[bool]) -> None:
    grounding = Grounding([WAYS], "How are parcels sent?")
    assert [grounding.check(one) is not None for one in said] == out, grounding.removed


def test_it_in_a_claim_may_be_what_the_question_names() -> None:
    grounding = Grounding([RETURNS], "How long does a refund take?")
    assert grounding.check("It takes 5 working days for refunds.")


def test_an_amount_that_was_asked_for_need_not_be_said_again() -> None:
    page = passage("Orders above €50 ship free within Germany.")
    assert Grounding([page], "Is shipping free for orders of €50 and more?").check("Orders ship free within Germany.")
    assert Grounding([page], "Is shipping free?").check("Orders ship free within Germany.") is None


def test_number_words_and_digits_are_the_same_figure() -> None:
    grounding = Grounding([SHIPPING], "How long does shipping take?")
    assert grounding.check("Standard shipping takes 3 to 5 days.")


def test_only_whole_sentences_can_be_quoted() -> None:
    listed = passage("- Keep the receipt.\n- Call us.\n***\n" + "word " * 200, "steps")
    assert [one.text for one in evidence_in(listed) if one.quotable] == ["Keep the receipt.", "Call us."]


def test_a_table_is_quoted_by_rows_that_can_be_read_alone() -> None:
    table = (
        "Our stores:\n\n| Store | Street | Sunday |\n|---|:--:|---|\n| Leeds | 27 Albion Court | 11–17 |\n| Bath | | |"
    )
    assert [one.text for one in evidence_in(passage(table, "stores"))] == [
        "Our stores:",
        "Leeds: Street: 27 Albion Court; Sunday: 11–17",
        "Bath",
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("\\> 30 kg costs more.", "\\> 30 kg costs more."),
        ("> 30 kg costs more.", "\\> 30 kg costs more."),
        ("- > 30 kg: it costs more.", "\\> 30 kg: it costs more."),
        ("- > €50: it costs more.", "\\> €50: it costs more."),
        (">= 30 kg costs more.", "\\>= 30 kg costs more."),
        ("> Heavy parcels cost more.", "Heavy parcels cost more."),
        ("- 30 days for all of it.", "30 days for all of it."),
        ("| Weight | Fee |\n|---|---|\n| > 30 kg | €10 |", "\\> 30 kg: Fee: €10"),
        ("| Air | Fee |\n|---|---|\n| - 5 °C, cold | €10 |", "\\- 5 °C, cold: Fee: €10"),
        ("| Floor | Rent |\n|---|---|\n| 1. Upper floor | €10 |", "1. Upper floor: Rent: €10"),
    ],
)
def test_a_sign_before_a_figure_is_told(written: str, told: str) -> None:
    assert [one.text for one in evidence_in(passage(written, "signs"))] == [told]


def test_a_quote_of_several_lines_is_told_without_its_marks() -> None:
    quoted = passage(
        "> Returns are easy.\n> 14 days is usual.\n\nThese cost more:\n\n> 30 kg is heavy.\n> 40 kg is not sent.", "q"
    )
    assert [one.text for one in evidence_in(quoted)] == [
        "Returns are easy.",
        "14 days is usual.",
        "These cost more:",
        "\\> 30 kg is heavy.",
        "\\> 40 kg is not sent.",
    ]


def test_rows_of_floors_are_lines_of_their_own() -> None:
    floors = passage("| Floor | Rent |\n|---|---|\n| 1. Floor | €10 |\n| 2. Floor | €20 |", "floors")
    assert told_together(evidence_in(floors)) == "- 1. Floor: Rent: €10\n- 2. Floor: Rent: €20"


def test_the_row_above_a_limit_is_told_with_its_sign() -> None:
    fees = passage("| Weight | Fee |\n|---|---|\n| > 30 kg | €10 |\n| <= 30 kg | €5 |", "fees", "Parcel fees")
    grounding = Grounding([fees], "What is the fee of a parcel of 35 kg?")
    assert grounding.check("> 30 kg: Fee: €10") == "\\> 30 kg: Fee: €10 [1]"
    assert grounding.quote(evidence_in(fees)[:1]) == "\\> 30 kg: Fee: €10 [1]"


def test_a_table_quoted_whole_is_led_by_its_heading() -> None:
    fees = Passage("f#0", "f", "s", "Delivery", "", "Fees", "| To | Fee |\n|---|---|\n| Lyon | $3 |\n| Ghent | $4 |", 0)
    rows = evidence_in(fees)
    assert Grounding([fees], "fee?").quote(rows) == "Fees:\n- Lyon: Fee: $3\n- Ghent: Fee: $4 [1]"
    assert Grounding([fees], "fee?").quote(rows[:1]) == "Lyon: Fee: $3 [1]"


PARCELS = passage(
    "| Weight (kg) | Price ($) | Delivery (business days) |\n|---|---|---|\n"
    "| 0–2 | 5.90 | 3–5 |\n| 2–5 | 8.90 | 3–5 |\n| over 5 | 12 | 7 |",
    "parcels",
    "What sending a parcel costs and how long it takes",
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Weight 0–2 kg: Price: $5.90; Delivery: 3–5 business days",
        "It costs $5.90 and takes 3–5 business days.",
        "Sending a weight of 0–2 kg costs $5.90.",
        "The price is $5.90.",
        "Delivery takes 3 to 5 business days.",
    ],
)
def test_a_figure_has_the_unit_that_stands_in_its_columns_head(sentence: str) -> None:
    grounding = Grounding([PARCELS], "How much is it to send 1.5 kg?")
    assert (grounding.check(sentence) or "").endswith("[1]"), grounding.removed


@pytest.mark.parametrize(
    "sentence",
    [
        "It costs €5.90 and takes 3–5 business days.",
        "It costs €5.90.",
        "It costs 5.90 kg.",
        "It costs $8.90.",
        "It costs 8.90 $.",
        "It costs $8.90 and takes 3–5 business days.",
        "It costs $5.90 and takes 3–5 weeks.",
        "It costs $5.90 and takes 7 business days.",
        "Sending a weight of 0–2 kg costs $8.90.",
    ],
)
def test_no_figure_has_another_unit_and_no_row_is_told_for_the_one_that_is_meant(sentence: str) -> None:
    assert Grounding([PARCELS], "How much is it to send 1.5 kg?").check(sentence) is None


def test_a_row_that_no_figure_of_the_question_means_is_told_by_its_name() -> None:
    assert Grounding([PARCELS], "How much is it to send 1.5 kg?").check("Sending a weight of 2–5 kg costs $8.90.")
    assert Grounding([PARCELS], "How much is it?").check("It costs $8.90.") is None


def test_a_figure_of_the_question_says_nothing_of_what_else_a_row_is_about() -> None:
    table = "| What | Fee |\n|---|---|\n| Opened machine of $400 or more | 10 % |\n| Unopened item of up to $50 | 5 % |"
    fees = passage(table, "fees", "Fees")
    assert Grounding([fees], "What is the fee of my $500 machine?").check("The fee is 10 %.") is None
    assert Grounding([fees], "What is the fee of my opened $500 machine?").check("The fee is 10 %.")


def test_a_quote_is_cited() -> None:
    grounding = Grounding([SHIPPING, RETURNS], "How many days do refunds take?")
    assert grounding.quote(evidence_in(RETURNS)[1:]) == "Refunds take 5 working days. [1]"
    assert grounding.citations[0].document_id == "returns"


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("It costs $5.50. Really? Yes!", ["It costs $5.50.", "Really?", "Yes!"]),
        ("Use e.g. a card. Ask Mr. Smith.", ["Use e.g. a card.", "Ask Mr. Smith."]),
        ("- one\n- two\n", ["- one", "- two"]),
        ("no end", ["no end"]),
    ],
)
def test_sentences_are_cut_where_they_end(text: str, whole: list[str]) -> None:
    assert sentences_of(text) == whole


def test_a_stream_gives_the_same_sentences_however_it_is_cut() -> None:
    text = "It costs $5.50. Ask us. Then wait 3 days."
    cutter = Sentences()
    parts = [one.strip() for character in text for one in cutter.feed(character)]
    assert [*parts, *(one.strip() for one in cutter.close())] == sentences_of(text)


def test_figures_are_compared_without_separators() -> None:
    assert figures("1,200 items at $3.00, twelve days, 20%") == {"1200", "$3", "12", "20%"}


def test_one_is_an_article_and_1_a_mark_of_a_list() -> None:
    assert figures("1. Take one form.") == frozenset()


def test_need_to_says_no_more_than_must() -> None:
    page = Passage("d#0", "d", "s", "Rides", "", "Safety", "Children under 8 must be accompanied by an adult.", 0)
    grounding = Grounding([page], "Can my child go alone?")
    assert grounding.check("Children under 8 need to be accompanied by an adult.")
    assert Grounding([page], "Can my child go alone?").check("Children under 8 need a ticket and an adult.") is None
