"""Markup of chat templates: harmless in what a server is given, absent from what is shown of its answer."""

import pytest

from bot.generation.markup import AnswerText, ThoughtsUnmarked, without_markup

PIECES = [1, 2, 3, 7, 100]
THOUGHTS = {
    "<think>": "</think>",
    "[THINK]": "[/THINK]",
    "<thought>": "</thought>",
    "<thinking>": "</thinking>",
    "<Reasoning>": "</Reasoning>",
    "<seed:think>": "</seed:think>",
    "<|thinking|>": "<|/thinking|>",
    "<|START_THINKING|>": "<|END_THINKING|>",
    "<|begin_of_thought|>": "<|end_of_thought|>",
    "◁think▷": "◁/think▷",
}


def shown(
    said: str, size: int, stops: tuple[str, ...] = (), *, spelled: tuple[str, ...] | None = None, given: str = ""
) -> str:
    """Return what is shown of `said` when it comes in pieces of `size` characters."""
    return shown_and_cut(said, size, stops, spelled=spelled, given=given)[0]


def shown_and_cut(
    said: str, size: int, stops: tuple[str, ...] = (), *, spelled: tuple[str, ...] | None = None, given: str = ""
) -> tuple[str, bool]:
    text, result = AnswerText(stops, spelled=spelled, given=[given]), ""
    for at in range(0, len(said), size):
        delta, over = text.push(said[at : at + size])
        result += delta
        if over:
            return result, text.cut
    result += text.push("", last=True)[0]
    return result, text.cut


@pytest.mark.parametrize("size", PIECES)
@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Returns take 30 days. [1]", "Returns take 30 days. [1]"),
        ("<think>Days? 90!</think>\n\nReturns take 30 days.", "Returns take 30 days."),
        ("\n<think>\n</think>Yes.<think>no</think> It is.", "Yes. It is."),
        ("<|im_start|>assistant\nYes.<|im_end|>\n<|im_start|>user\nMore?", "Yes."),
        ("<|start_header_id|>assistant<|end_header_id|>\n\nYes.<|eot_id|>", "Yes."),
        ("<start_of_turn>model\nYes.<end_of_turn>", "Yes."),
        ("<｜Assistant｜>Yes.<｜end▁of▁sentence｜>", "Yes."),
        ("[INST] Yes.[/INST] no", "Yes."),
        ("<s>Assistants are free.</s>", "Assistants are free."),
        ("Is 3 < 4 and 5 > 4? [Yes] <b>bold</b> [", "Is 3 < 4 and 5 > 4? [Yes] <b>bold</b> ["),
        ("<think>It never ends", ""),
        ("<|channel|>analysis<|message|>Days? 90! <b><|end|><|start|>assistant<|channel|>final<|message|>30.", "30."),
        ("<|channel|>analysis<|message|>a<|start|>assistant<|channel|>commentary to=x<|message|>b<|end|>", ""),
        ("<|start|>assistant<|channel|>final<|message|>Analysis takes 30 days.<|return|>", "Analysis takes 30 days."),
        ("[THINK]90?[/THINK]You have 30 days.", "You have 30 days."),
        ("<thought>\nHm? [THINK]\n</thought>\n\nYou have 30 days.", "You have 30 days."),
        ("<think>\n90?\n</think>\n\n<answer>\nYou have 30 days.\n</answer>", "You have 30 days.\n"),
        ("</thought>Yes.", "Yes."),
        ("Press [THINK], then write <answer>42</answer>.", "Press [THINK], then write <answer>42</answer>."),
        ("<answer>Yes. <thought> is a tag.</answer> No.", "Yes. <thought> is a tag."),
        ("<|channel|>analysis<|message|>90?<|end|>You have 30 days.", "You have 30 days."),
        ("<|channel|>analysis<|channel|>final<|message|>Perhaps", ""),
        ("<|start|>assistant<|channel|>final<|message|>Model X200 has two years.", "Model X200 has two years."),
        ("<|channel|>final<|message|>Assistant managers may approve it.", "Assistant managers may approve it."),
        ("<|channel|>final<|message|>Model: X200.", "Model: X200."),
        ("<|channel|>final<|message|>Model\nX200", "Model\nX200"),
        ("<|channel|>analysis<|message|>90?<|end|>assistant<|channel|>final<|message|>30 days.", "30 days."),
        ("<answer>Model X has 30 days.</answer>", "Model X has 30 days."),
        ("Model <answer> is a form. Send it.", "Model <answer> is a form. Send it."),
        ("<answer>\nAssistant: 30 days.</answer>", "Assistant: 30 days."),
        ("</thought>Model\nX200", "Model\nX200"),
        ("<|end_header_id|>Model\nX200", "Model\nX200"),
        ("<|im_start|>Model X has 30 days.", "Model X has 30 days."),
        ("<|im_start|>assistant: Yes.", "Yes."),
        ("<|im_start|> Assistant \nYes.", "Yes."),
        ("<|im_start|>Model: X200.", "Model: X200."),
        ("<|im_start|>assistant<|im_sep|>Yes.", "Yes."),
        ("<|im_start|>assistant\nModel\nX200 it is", "Model\nX200 it is"),
        ("<|im_start|>assistant\nAssistant", "Assistant"),
        ("<|im_start|>assistant\n\nAssistant: foo", "Assistant: foo"),
        ("<|im_start|>assistant\nModel <|im_end|>", "Model "),
        ("<|im_start|>\nassistant\n\n", ""),
        ("<|im_start|>assistant Hello there.", "Hello there."),
        ("<|assistant|> assistant Hi", "Hi"),
        ("<|im_start|>assistant the fee is 5.", "the fee is 5."),
        ("<|im_start|>assistant iPhone users pay 5.", "iPhone users pay 5."),
        ("<|assistant|>assistant \u00e9t\u00e9.", "\u00e9t\u00e9."),
        ("<|assistant|> \nassistant managers get 5 days.", "assistant managers get 5 days."),
        ("<|assistant|>\nassistant managers get 5 days.", "assistant managers get 5 days."),
        ("<|assistant|>\nassistant \u00e9lus may", "assistant \u00e9lus may"),
        ("<|assistant|>assistant Über 5 days.", "Über 5 days."),
        ("<|assistant|>assistant", ""),
        ("assistant\n\nRefunds take 5 days.", "Refunds take 5 days."),
        ("model \nFive days.", "Five days."),
        ("assistant\nassistant\nFive", "assistant\nFive"),
        ("Model\nX200", "Model\nX200"),
        ("Assistant\nmanagers", "Assistant\nmanagers"),
        ("model X200 it is", "model X200 it is"),
        ("models\nand more", "models\nand more"),
        ("assistant managers get 5 days.", "assistant managers get 5 days."),
        ("assistant", "assistant"),
        ("<|im_start|>assistants may", "assistants may"),
        ("<|im_start|>Assistant [REASONING] is a field.", "Assistant [REASONING] is a field."),
        ("<|im_start|>Assistant managers may approve it.", "Assistant managers may approve it."),
        ("<|endoftext|>assistant\nHello", "Hello"),
        ("<|end|>assistant\nHello", "Hello"),
        ("<end_of_turn>\nmodel\nHello", "Hello"),
        ("</s>assistant\nHello", "Hello"),
        ("<|end_of_role|>Model\nX200", "Model\nX200"),
        ("You have 30 days. <<SYS>> And 5? <</SYS>>", "You have 30 days. "),
        ("Shift it: 1 << 4 <<x>", "Shift it: 1 << 4 <<x>"),
        ("Type ip address <mask> there. Then wait.", "Type ip address <mask> there. Then wait."),
        ("Strike a price out by <s>. Done.", "Strike a price out by <s>. Done."),
        ("Send form [IMG] first, then [PREFIX]-1.", "Send form [IMG] first, then [PREFIX]-1."),
        ("Done. <unk><unk>", "Done. "),
        ("You have 30 days <|user|> and 5", "You have 30 days "),
        ("You have 30 days. [INST] And 5? [/INST]", "You have 30 days. "),
        ("Type [INST] to begin, then wait.", "Type [INST] to begin, then wait."),
        ("Put <s> and </s> around struck words.", "Put <s> and </s> around struck words."),
        ("Strike it <s>like this.</s> Done.</s>", "Strike it <s>like this.</s> Done."),
        ("Open `</s>` first. Type address <pad> there.", "Open `</s>` first. Type address <pad> there."),
        ("You have 30 days<pad><pad>", "You have 30 days"),
        ("You have 30 days</s>", "You have 30 days"),
        ("You have 30 days <end_of_turn> and", "You have 30 days "),
        ("[Reasoning](https://a.example/x) is told there.", "[Reasoning](https://a.example/x) is told there."),
        ("<a:thinking:123> Write to <rethink@example.com>.", "<a:thinking:123> Write to <rethink@example.com>."),
        ("<thinker> is a word.", "<thinker> is a word."),
        ("<thought-leader> is a title.", "<thought-leader> is a title."),
        ("<think>90? </thinking> no [/THINK] no</think>Yes.", "Yes."),
        ("<|START_THINKING|>90?<|END_THINKING|><|START_RESPONSE|>Model\nX200.<|END_RESPONSE|>", "Model\nX200."),
        ("<|begin_of_thought|>90?<|end_of_thought|>\n<|begin_of_solution|>30.<|end_of_solution|>", "30."),
        ("<|", "<|"),
        ("   ", ""),
    ],
)
def test_only_the_answer_is_shown(said: str, answer: str, size: int) -> None:
    assert shown(said, size) == answer


@pytest.mark.parametrize("size", PIECES)
def test_a_stop_string_ends_the_answer_before_it(size: int) -> None:
    assert shown("One. Two. END Three.", size, ("END", "never")) == "One. Two. "


@pytest.mark.parametrize("size", PIECES)
def test_thoughts_that_were_shown_as_the_answer_are_noticed(size: int) -> None:
    with pytest.raises(ThoughtsUnmarked):
        shown("Perhaps 90 days?</think>30 days.", size)
    for closes in THOUGHTS.values():
        for between in ("", "\n"):
            for behind in ("\n\n30 days.", "<answer>30 days.</answer>", "<|START_RESPONSE|>30 days.<|END_RESPONSE|>"):
                with pytest.raises(ThoughtsUnmarked):
                    shown(f"Perhaps 90 days?{between}{closes}{behind}", size)


@pytest.mark.parametrize("size", PIECES)
@pytest.mark.parametrize(("opens", "closes"), THOUGHTS.items())
def test_thoughts_are_known_by_the_form_of_their_tags(opens: str, closes: str, size: int) -> None:
    assert shown(f"{opens}\n90 days?\n{closes}\n\n30 days.", size) == "30 days."
    assert shown(f"{closes}30 days.", size) == "30 days."
    assert shown(f"{opens}90 days? 30 days.", size) == ""


@pytest.mark.parametrize("size", PIECES)
@pytest.mark.parametrize("closes", THOUGHTS.values())
@pytest.mark.parametrize("behind", ["", " \n", "</think>", "\n<|im_end|>\n<|im_start|>user", "</s>", "<pad>"])
def test_an_answer_stays_where_nothing_comes_behind_a_stray_closing_tag(behind: str, closes: str, size: int) -> None:
    assert shown(f"Refunds take 5 days.\n{closes}{behind}", size) == "Refunds take 5 days.\n"


@pytest.mark.parametrize("size", PIECES)
@pytest.mark.parametrize("tag", ["<start_of_turn>", "</think>now", "<think>now"])
def test_a_stop_string_before_a_tag_comes_first(tag: str, size: int) -> None:
    said, text, over = f"final\nuser{tag}", AnswerText(("\nuser",)), False
    while said and not over:
        over = text.push(said[:size])[1]
        said = said[size:]
    assert over
    assert not text.cut


@pytest.mark.parametrize("size", PIECES)
@pytest.mark.parametrize(
    ("said", "cut"),
    [
        ("Type address <|pad|> and then write.", True),
        ("Open `<end_of_turn>` first.", True),
        ("Yes. <mask> is a word.", False),
        ("You have 30 days<|im_end|>", False),
        ("You have 30 days. [1]</s>", False),
        ("You have 30 days<|start_header_id|>", False),
    ],
)
def test_a_tag_amid_a_sentence_leaves_no_whole_answer(said: str, cut: bool, size: int) -> None:
    text = AnswerText()
    over = [text.push(said[at : at + size])[1] for at in range(0, len(said), size)]
    assert any(over)
    assert text.cut == cut


@pytest.mark.parametrize("size", PIECES)
@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Plug it in. <mask> is shown.", "Plug it in. <mask> is shown."),
        ("<mask> is shown.", "<mask> is shown."),
        ("Close it with `<|im_end|>` then.", "Close it with `<|im_end|>` then."),
        ("It begins with [INST] always.", "It begins with [INST] always."),
        ("The tag <think> begins thoughts, the tag </think> ends them.",) * 2,
        ("You have 30 days.<|im_end|>\n<|im_start|>user", "You have 30 days."),
        ("You have 30 days<|im_end|>", "You have 30 days"),
        ("Yes.<think>90?</think> It is.", "Yes. It is."),
        ("Yes. <sep> no", "Yes. "),
    ],
)
def test_a_tag_that_the_model_was_given_may_be_a_word_of_the_answer(said: str, answer: str, size: int) -> None:
    given = ["<mask> is the mask; [INST] and <|im_end|>", "What do <think> and </think> do?"]
    text, result = AnswerText(given=given), ""
    for at in range(0, len(said), size):
        delta, over = text.push(said[at : at + size])
        result += delta
        if over:
            break
    else:
        result += text.push("", last=True)[0]
    assert result == answer
    assert not text.cut


@pytest.mark.parametrize(
    ("said", "cut"),
    [
        ("The tag <think> begins</think> thoughts.", False),
        ("Yes. <think> It is not over.", False),
        ("Let me see:\n<think>\nIt is not over.", True),
    ],
)
def test_thoughts_without_an_end_behind_a_sentence_leave_no_whole_answer(said: str, cut: bool) -> None:
    text = AnswerText()
    text.push(said, last=True)
    assert text.cut == cut


MODELS: dict[str, tuple[str, ...] | None] = {
    "server": None,
    "model that does not think": (),
    "model that thinks": ("<think>", "</think>"),
}


@pytest.mark.parametrize("size", PIECES)
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("Fill in the [REASONING] field.", "[REASONING] is the field for reasons."),
        ("Fill in the [REASONING] field.", "[REASONING]\nHere the reasons go."),
        ("Fill in the <reasoning> field.", "<reasoning> is the field, </reasoning> is behind it."),
        ("", "[REASONING]: the field is for reasons."),
        ("", "<reasoning> is the field for reasons."),
        ("", "[REASONING]\nIt is the field for reasons."),
        ("", "[THINK](https://example.com/think) is a link."),
        ("", "[THOUGHTS](https://example.com/thoughts) are here."),
        ("", "[CRITICAL_THINKING] is 5 days."),
        ("", "[DESIGN_THINKING] and [/DESIGN_THINKING] are codes. They cost 5."),
        ("", "Course codes: [/DESIGN_THINKING] is it. It costs 5."),
        ("What closes the <reasoning> element?", "The </reasoning> tag closes it."),
        ("What closes the <reasoning> element?", "</reasoning> closes it."),
        ("What closes the <reasoning> element?", "It is:\n</reasoning>\nThen save."),
        ("What closes the <Thinking> box?", "Close it with </thinking> Then save."),
        ("How do I close `<thinking>`?", "Write `</thinking>` behind it. Then save."),
        ("", "Close it with </Thinking>. Then save."),
        ("", "Close it with </thought> and go on."),
        ("", 'Write "</thought>" Then save.'),
        ("", "Write `</think>` Then save."),
        ("", "Write:\n```\n<think>\nwhat you think\n</think>\n```\nThen save."),
        ("", "Thoughts are in <my_thoughts> in the file. See below."),
        ("", "It is here. <my_thoughts> has it."),
        ("", "See <critical_thinking>. Then go."),
        ("", "class A extends B<Think> {\n}\nDone."),
        ("", "Done.\n<Think> is a class."),
        ("", "Use x <think> y. Then <b>go</b>."),
    ],
)
def test_a_word_that_looks_like_the_tag_of_thoughts_is_said(said: str, given: str, model: str, size: int) -> None:
    assert shown_and_cut(said, size, spelled=MODELS[model], given=given) == (said, False)


@pytest.mark.parametrize("size", PIECES)
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("[REASONING] so 90 days?[/REASONING] You have 30 days.", "You have 30 days."),
        ("<reasoning> so 90 days?</Reasoning> You have 30 days.", "You have 30 days."),
        ("<reasoning>so 90 days?", ""),
        ("<|START_THINKING|> so 90 days?", ""),
        ("<reasoning>\n90 days?", ""),
    ],
)
def test_thoughts_of_any_name_are_left_out_of_any_answer(said: str, answer: str, model: str, size: int) -> None:
    assert shown(said, size, spelled=MODELS[model]) == answer


@pytest.mark.parametrize("size", PIECES)
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("said", ["I say 30.</{}>so 30.", 'I say "30 days"</{}>You do.', "I say `30`.</{}> 30 days."])
def test_thoughts_are_noticed_whatever_was_quoted_in_them(said: str, model: str, size: int) -> None:
    for name in ("think", "thinking"):
        with pytest.raises(ThoughtsUnmarked):
            shown(said.format(name), size, spelled=MODELS[model])


@pytest.mark.parametrize("size", PIECES)
@pytest.mark.parametrize(
    ("said", "answer", "cut"),
    [
        ("Refunds take 5 days [1] </s>", "Refunds take 5 days [1] ", False),
        ("Refunds take 5 days [1] [INST] And how? [/INST]", "Refunds take 5 days [1] ", False),
        ("- by card\n- by cash </s>", "- by card\n- by cash ", False),
        ("Total: $5 </s>\n", "Total: $5 ", False),
        ("Options:\n- card </s>\nUser: x", "Options:\n- card ", False),
        ("Refunds take 5 days [/INST] Sure, 9 days.", "Refunds take 5 days ", False),
        ("Refunds take 5 days </s><s>[INST] Can I? [/INST] Yes.", "Refunds take 5 days ", False),
        ("Refunds take 5 days [INST]", "Refunds take 5 days ", True),
        ("It takes this:\n</s>", "It takes this:\n", True),
        ("Use </s> to close it.", "Use </s> to close it.", False),
        ("Use [/INST]. Then go on.", "Use [/INST]. Then go on.", False),
        ("Feld [INST] Nummer eingeben.", "Feld [INST] Nummer eingeben.", False),
        ('Use "</s>" Then go on.', 'Use "</s>" Then go on.', False),
        ("| Tag | Use |\n| </s> | It ends |", "| Tag | Use |\n| </s> | It ends |", False),
        ("It ends with `</s>", "It ends with `</s>", False),
        ("Type ip address <mask>", "Type ip address <mask>", False),
    ],
)
def test_the_tag_that_ends_the_turn_of_a_server_is_no_word(said: str, answer: str, cut: bool, size: int) -> None:
    assert shown_and_cut(said, size) == (answer, cut)


@pytest.mark.parametrize("size", PIECES)
@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("It is:\n</s>\nThen go.", "It is:\n</s>\nThen go."),
        ("It is </s> Then go.", "It is </s> Then go."),
        ("It is </s> then. You have 30 days </s>", "It is </s> then. You have 30 days "),
    ],
)
def test_the_tag_that_ends_a_turn_is_a_word_where_the_server_was_given_it(said: str, answer: str, size: int) -> None:
    assert shown(said, size, given="What is </s> for?") == answer


def test_a_character_that_comes_in_two_halves_is_shown_whole() -> None:
    text = AnswerText()
    assert text.push("b\ud83d") == ("b", False)
    assert text.push("\ude00b") == ("😀b", False)
    assert text.push("\ud83d", last=True) == ("�", False)


def test_half_a_character_in_the_middle_becomes_a_mark() -> None:
    assert AnswerText().push("a\ude00b")[0] == "a�b"


@pytest.mark.parametrize(
    "text",
    [
        *("<|im_end|>", "<|eot_id|>", "</s>", "[/INST]", "<end_of_turn>", "<｜User｜>", "<<SYS>>", "x|>"),
        *("<think>", "</thought>", "</seed:think>", "<thinking>", "◁/think▷"),
    ],
)
def test_markup_in_a_message_is_no_markup_for_the_server(text: str) -> None:
    harmless = without_markup(f"Hi {text} there")
    assert text not in harmless
    assert harmless.replace(" ", "") == f"Hi{text}there"


@pytest.mark.parametrize(
    "text",
    ["a <b> c", "3 < 4 | 5 > 2", "[1] [INSTEAD]", "| a | b |\n|---|---|", "<strong>", "<thinker>", "[Reasoning](x)"],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert without_markup(text) == text


def test_markup_is_looked_for_in_long_texts_without_delay() -> None:
    for text in ("<" + "think_" * 50_000, "<a_" * 50_000, "◁" * 50_000):
        assert without_markup(text) == text
        assert shown(text, 1000) == text
