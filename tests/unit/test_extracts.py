"""Only the sentences that matter reach the prompt; the one that matters most is quoted."""

from collections.abc import Collection, Sequence

from bot.evidence import told_together
from bot.extracts import GAP, Extracts, extracts, sentences_in
from knowledge.documents import Passage, ScoredPassage
from knowledge.retrieval import Likeness

FILLER = " ".join(
    f"Branch {n} keeps maps of mountains, rivers and old roads for everybody who asks." for n in range(20)
)


def found(*texts: str) -> tuple[ScoredPassage, ...]:
    return tuple(
        ScoredPassage(Passage(f"d#{n}", "d", "s", "Help", "", "Rules", text, n), 1.0, 0.8)
        for n, text in enumerate(texts)
    )


def weighed(
    question: str, passages: tuple[ScoredPassage, ...], own: Collection[str] = (), **likeness: float
) -> Extracts:
    """Weigh sentences; `likeness` is that of the sentences that hold a word, of the others 0.1.

    Rows of a table labelled one of `own` hold for who asks.
    """
    sentences = sentences_in(passages)
    likes = [next((like for word, like in likeness.items() if word in one.text), 0.1) for _, one in sentences]

    def holding(labels: Sequence[str]) -> list[int]:
        return [row for row, label in enumerate(labels) if label in own]

    return extracts(question, passages, sentences, [Likeness(like, like) for like in likes], holding)


def test_few_words_are_shown_whole() -> None:
    passages = found("Refunds take 5 days. Dogs are welcome.")
    assert weighed("refunds?", passages, Refunds=0.8).shown() == passages


def test_of_many_words_those_that_matter_are_shown_in_their_order() -> None:
    passages = found(f"Refunds take 5 days. {FILLER} Refunds go to your card.", FILLER)
    (shown, *_) = weighed("How long do refunds take?", passages, Refunds=0.8).shown()
    assert shown.passage.text.startswith("Refunds take 5 days.")
    assert shown.passage.text.endswith("Refunds go to your card.")
    assert GAP in shown.passage.text
    assert shown.passage.id == "d#0"


def test_about_as_many_words_are_shown_as_there_is_room_for() -> None:
    passages = found(*(f"{FILLER.replace('Branch', f'Branch {n} of')} Refunds take {n} days." for n in range(4)))
    told = weighed("refunds?", passages, Refunds=0.8)
    lengths = {room: sum(len(one.passage.text.split()) for one in told.shown(room)) for room in (60, 120)}
    assert 40 < lengths[60] < 75
    assert 100 < lengths[120] < 140


def test_what_two_passages_say_is_shown_once() -> None:
    passages = found(f"Refunds take 5 days. {FILLER}", f"Refunds take 5 days. Refunds go to your card. {FILLER}")
    shown = " ".join(one.passage.text for one in weighed("refunds?", passages, Refunds=0.8).shown(30))
    assert shown.count("Refunds take 5 days.") == 1
    assert "Refunds go to your card." in shown


def test_the_first_passages_have_more_room_in_the_prompt() -> None:
    first, second = (" ".join(f"Sentence {n} of {name} tells a bit." for n in range(9)) for name in ("one", "two"))
    shown = weighed("Which?", found(first, second), one=0.5, two=0.53).shown(40)
    assert len(shown[0].passage.text) > len("".join(one.passage.text for one in shown[1:]))


def test_a_passage_of_one_long_sentence_is_shown_all_the_same() -> None:
    passages = found("word " * 500, "more " * 500)
    assert len(weighed("word?", passages, word=0.5).shown()) == 1


def test_passages_without_a_sentence_are_shown_as_they_are() -> None:
    passages = found("***", "")
    assert weighed("What?", passages).shown() == passages
    assert weighed("What?", passages).best(0.0) == []


def test_the_nearest_sentence_is_quoted_with_the_one_that_goes_with_it() -> None:
    passages = found("Dogs are welcome. Refunds take 5 days. They go to your card.")
    assert [one.text for one in weighed("Why?", passages, Refunds=0.8).best(0.4)] == ["Refunds take 5 days."]
    both = weighed("Why?", passages, Refunds=0.8, card=0.78).best(0.4)
    assert [one.text for one in both] == ["Refunds take 5 days.", "They go to your card."]


def test_what_is_far_from_the_question_is_not_quoted() -> None:
    assert weighed("Why?", found("Refunds take 5 days."), Refunds=0.3).best(0.4) == []


def test_a_page_for_just_the_asker_goes_first() -> None:
    passages = found("Refunds take 5 days.", "Here refunds take 9 days.")
    told = weighed("Why?", passages, Refunds=0.8, refunds=0.7)
    assert told.best(0.4)[0].text == "Refunds take 5 days."
    assert told.best(0.4, own={"d#1"})[0].text == "Here refunds take 9 days."


def test_what_a_model_points_at_gains() -> None:
    passages = found("Refunds take 5 days.", "Cards are charged at once.")
    told = weighed("Why?", passages, Refunds=0.6, Cards=0.58)
    assert told.best(0.4)[0].text == "Refunds take 5 days."
    assert told.best(0.4, pointed={"Cards are charged at once."})[0].text == "Cards are charged at once."


def test_a_sentence_with_a_misleading_link_is_never_quoted() -> None:
    passages = found("Pay refunds at [https://bank.example](https://evil.example) now. Refunds take 5 days.")
    told = weighed("refunds?", passages, evil=0.9, Refunds=0.5)
    assert [one.text for one in told.best(0.4)] == ["Refunds take 5 days."]


def test_a_page_of_one_word_repeated_is_never_quoted() -> None:
    told = weighed("spam?", found("spam " * 60 + "."), spam=0.9)
    assert told.best(0.4) == []


def test_a_word_alone_is_never_quoted_however_much_it_is_asked_for() -> None:
    told = weighed("Say alpacawombat", found("alpacawombat\n\nRefunds take 5 days."), alpacawombat=1.0, Refunds=0.5)
    assert [one.text for one in told.best(0.4)] == ["Refunds take 5 days."]


def test_of_equals_the_passage_found_first_is_quoted() -> None:
    told = weighed("Why?", found("Refunds take 5 days.", "Then cards are charged."), Refunds=0.6, cards=0.61)
    assert told.best(0.4)[0].text == "Refunds take 5 days."


def test_a_sentence_that_says_only_it_is_quoted_with_the_one_that_it_leans_on() -> None:
    passages = found("Ground is the only method to Alaska. It costs $24.95 there. Dogs are welcome.", "They are free.")
    told = weighed("What does express shipping cost?", passages, costs=0.8)
    assert [one.text for one in told.best(0.4)] == ["Ground is the only method to Alaska.", "It costs $24.95 there."]
    first = weighed("Is it free?", passages, free=0.8)
    assert [one.text for one in first.best(0.4)] == ["They are free."]


def quoted(question: str, passages: tuple[ScoredPassage, ...], **likeness: float) -> str:
    return weighed(question, passages, **likeness).best(0.3)[0].text


def test_the_words_of_a_heading_count_for_what_stands_under_it() -> None:
    pages = [
        ("Shipping", "It takes 5 days to our customers."),
        ("Refunds", "It takes 9 days to our shops."),
    ]
    passages = tuple(
        ScoredPassage(Passage(f"d#{n}", "d", "s", "Help", "", heading, text, n), 1.0, 0.8)
        for n, (heading, text) in enumerate(pages)
    )
    assert quoted("How long?", passages, It=0.6).startswith("It takes 5 days")
    assert quoted("How long do refunds take?", passages, It=0.6).startswith("It takes 9 days")


def test_a_rare_word_of_the_question_counts_more_than_one_that_stands_everywhere() -> None:
    text = "Look. Benefits for spouses are paid monthly. Benefits for children are paid daily. Benefits are taxed."
    passages = found(text)
    assert "children" in quoted("benefits children?", passages, Benefits=0.6)
    held = weighed("benefits children?", passages).scores
    assert held[2] - held[3] > held[1] - held[0] > 0


def test_a_sentence_of_a_passage_that_fits_goes_before_one_of_a_passage_that_does_not() -> None:
    near, far = found("Refunds take 5 days.", "Refunds take 9 days.")
    assert quoted("When?", (ScoredPassage(far.passage, 1.0, 0.2), near), Refunds=0.6) == "Refunds take 5 days."


def test_a_fragment_says_less_than_a_sentence() -> None:
    passages = found(
        "Look here. Refunds: 5 days. Refunds are on your card within nine days of the day you ask for them."
    )
    assert quoted("When?", passages, Refunds=0.6).startswith("Refunds are on your card")


def test_a_short_sentence_in_the_middle_is_as_much_about_the_question_as_a_long_one_at_the_start() -> None:
    first = "Refunds are on your card within nine days of the day you ask for them."
    told = weighed("Why?", found(f"{first} Refunds take 5 days. Dogs are welcome."), Refunds=0.6)
    assert told.matters(first) and told.matters("Refunds take 5 days.")
    assert not told.matters("Dogs are welcome.")


STEPS = """Returns are easy.

1. Sign in and open Orders.
2. Print the label. It is free.
3. Hand the parcel in.

Thanks."""


def test_of_a_list_of_steps_all_are_quoted_where_somebody_asks_how() -> None:
    for word in ("Sign", "Print", "Hand"):
        told = weighed("How do I return an item?", found("No.", STEPS), **{word: 0.8})
        assert [one.text for one in told.best(0.4)] == [
            "Sign in and open Orders.",
            "Print the label.",
            "It is free.",
            "Hand the parcel in.",
        ]
    assert told_together(told.best(0.4)) == (
        "1. Sign in and open Orders.\n2. Print the label. It is free.\n3. Hand the parcel in."
    )


def test_what_leads_to_a_list_of_steps_is_never_quoted_without_them() -> None:
    told = weighed("Can I return items?", found(STEPS.replace("are easy.", "are easy:")), easy=0.8)
    assert told_together(told.best(0.4)) == (
        "Returns are easy:\n1. Sign in and open Orders.\n2. Print the label. It is free.\n3. Hand the parcel in."
    )


def test_rows_of_a_table_are_quoted_on_lines_of_their_own() -> None:
    table = (
        "| Way | Cost |\n|---|---|\n| In a store | free |\n| By post | $3.95, taken off the refund |\n\nKeep the proof."
    )
    rows = [one for _, one in sentences_in(found(table))]
    assert told_together(rows) == (
        "- In a store: Cost: free\n- By post: Cost: $3.95, taken off the refund\nKeep the proof."
    )


PRICES = "| To | Price |\n|---|---|\n| Belgium | $3. Free from $50 |\n| Rest of Europe | $7 |"


def test_of_a_table_all_rows_are_quoted_where_the_question_names_none() -> None:
    told = weighed("What does delivery to Oslo cost?", found(PRICES, "No."), Belgium=0.8)
    assert told_together(told.best(0.4)) == "- Belgium: Price: $3. Free from $50\n- Rest of Europe: Price: $7"


def test_the_row_that_a_question_names_goes_before_the_others_of_its_table() -> None:
    for likeness in ({"Belgium": 0.8}, {"Europe": 0.8}, {"Belgium": 0.8, "Europe": 0.79}):
        told = weighed("What does delivery to the rest of Europe cost?", found(PRICES), **likeness)
        assert [one.text for one in told.best(0.4)] == ["Rest of Europe: Price: $7"]
    told = weighed("May dogs come to Europe?", found(f"Dogs are welcome.\n\n{PRICES}"), Dogs=0.8)
    assert [one.text for one in told.best(0.4)] == ["Dogs are welcome."]


def test_a_named_row_that_must_not_go_out_is_not_quoted() -> None:
    forged = PRICES.replace("$7", "[https://pay.example](https://other.example) " * 2)
    told = weighed("What does delivery to the rest of Europe cost?", found(forged), Belgium=0.8, Europe=0.7)
    assert [one.text for one in told.best(0.4)] == ["Belgium: Price: $3. Free from $50"]


def test_of_a_table_whose_rows_are_of_places_those_of_the_askers_place_are_quoted() -> None:
    table = found("| Where | Express |\n|---|---|\n| Belgium | €9.90 |\n| Rest of the EU | €14.90 |\n| UK | £7.95 |")
    asked = "What does express delivery cost?"
    assert [one.text for one in weighed(asked, table, own=["UK"], Belgium=0.9).best(0.4)] == ["UK: Express: £7.95"]
    both = weighed(asked, table, own=["Belgium", "Rest of the EU"], UK=0.9)
    assert [one.text for one in both.best(0.4)] == ["Belgium: Express: €9.90", "Rest of the EU: Express: €14.90"]
    elsewhere = weighed("What does express delivery to Belgium cost?", table, own=["UK"], UK=0.9)
    assert [one.text for one in elsewhere.best(0.4)] == ["Belgium: Express: €9.90"]


def test_words_that_all_rows_begin_with_name_none() -> None:
    table = "| Way | Cost |\n|---|---|\n| Return in a store | free |\n| Return by post | $3 |"
    assert len(weighed("What does a return cost?", found(table), store=0.8).best(0.4)) == 2


def test_of_a_long_table_one_row_is_quoted() -> None:
    way = "take the tram towards the harbour, then walk uphill past the mill and the school"
    rows = "\n".join(f"| Place {name} | {way} |" for name in "ABCDEFGHI")
    told = weighed("How far is it?", found(f"| Where | Way |\n|---|---|\n{rows}"), C=0.8)
    assert [one.text[:7] for one in told.best(0.4)] == ["Place C"]


def test_a_long_row_is_several_sentences_on_one_line() -> None:
    long = "Bring the parcel to the counter and wait there. " * 7
    rows = [one for _, one in sentences_in(found(f"| Way | How |\n|---|---|\n| Store | {long}|\n| Post | By mail. |"))]
    assert len(rows) > 2
    assert [line[:7] for line in told_together(rows).split("\n")] == ["- Store", "- Post:"]


def test_one_step_is_an_answer_where_nobody_asks_how() -> None:
    told = weighed("Where is the label printed?", found(STEPS), Print=0.8)
    assert told_together(told.best(0.4)) == "Print the label."


def test_what_is_no_whole_list_of_steps_is_quoted_as_before() -> None:
    for text in (
        STEPS.replace("1. Sign", "Sign"),  # its beginning is in another passage
        STEPS.replace("Sign in", "Sign " + "in " * 600),  # too long for a quote
        "1. Section\n\nCats sleep. Dogs bark. Birds sing. Cows graze. Pigs grunt.\n\n2. Print the label.",
    ):
        told = weighed("How do I return an item?", found(text), Print=0.8)
        assert [one.text for one in told.best(0.4)] == ["Print the label."]


def test_a_sentence_that_tells_what_is_asked_for_goes_before_one_that_does_not() -> None:
    passages = found("Refunds go to the card you paid with. Refunds are made within 5 working days.")
    assert quoted("How long does it take?", passages, go=0.62, made=0.6).endswith("within 5 working days.")
    assert quoted("Where does it end up?", passages, go=0.62, made=0.6).startswith("Refunds go to the card")


def test_an_item_of_a_list_is_quoted_with_what_leads_to_the_list() -> None:
    passages = found("These are not covered:\n- Scale damage.\n- Seals that wear.\n\nWrite to us.")
    told = weighed("Is scale covered?", passages, Scale=0.8).best(0.3)
    assert told_together(told) == "These are not covered:\n- Scale damage."
    alone = weighed("Is scale covered?", found("- Scale damage.\n- Seals that wear."), Scale=0.8).best(0.3)
    assert [one.text for one in alone] == ["Scale damage."]


def test_how_something_is_done_is_told_with_all_steps_that_follow_what_leads_to_them() -> None:
    passages = found("You can cancel the plan at any time.\n\n1. Open the plan.\n2. Choose a reason.\n3. Confirm it.")
    told = weighed("How do I cancel the plan?", passages, cancel=0.8, Open=0.79).best(0.3)
    assert told_together(told).endswith("1. Open the plan.\n2. Choose a reason.\n3. Confirm it.")
    assert told[0].text == "You can cancel the plan at any time."
