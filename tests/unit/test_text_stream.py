"""Tokens become text in whole characters, cut before a stop string."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.generation.markup import ThoughtsUnmarked
from bot.generation.stops import StopMatcher
from bot.generation.text_stream import TextStream

THOUGHTS = {
    "<think>": "</think>",
    "[THINK]": "[/THINK]",
    "<thought>": "</thought>",
    "<|START_THINKING|>": "<|END_THINKING|>",
}


def run(pieces: list[bytes], stops: tuple[str, ...] = ()) -> tuple[list[str], bool]:
    stream, shown = TextStream(stops), []
    for piece in pieces:
        text, stopped = stream.push(piece)
        shown.append(text)
        if stopped:
            return [*shown, stream.finish()], True
    return [*shown, stream.finish()], False


def test_a_character_split_over_tokens_comes_whole() -> None:
    raw = "naïve 🙂".encode()
    shown, _ = run([raw[i : i + 1] for i in range(len(raw))])
    assert [text for text in shown if text] == list("naïve 🙂")


def test_bytes_that_are_no_text_become_a_replacement_character() -> None:
    assert "".join(run([b"a\xff", b"b", "🙂".encode()[:2]])[0]) == "a\ufffdb\ufffd"


def test_text_before_a_stop_string_is_shown_and_nothing_behind_it() -> None:
    shown, stopped = run([b"All right.", b"\n", b"Quest", b"ion: next"], ("\nQuestion:",))
    assert stopped
    assert "".join(shown) == "All right."


def test_what_only_looked_like_a_stop_string_is_shown() -> None:
    shown, stopped = run([b"a\n", b"Quest", b"s end"], ("\nQuestion:",))
    assert not stopped
    assert shown == ["a", "", "\nQuests end", ""]


def test_a_stop_string_cut_off_by_the_end_of_the_answer_is_shown() -> None:
    assert run([b"a\nQue"], ("\nQuestion:",)) == (["a", "\nQue"], False)


def test_the_first_of_several_stop_strings_counts() -> None:
    matcher = StopMatcher(("END", "STOP", ""))
    assert matcher.push("one STOP two END") == ("one ", True)
    assert matcher.push("more") == ("", True)
    assert matcher.flush() == ""


def test_thoughts_are_no_part_of_the_answer() -> None:
    pieces = [b"<th", b"ink>", b"\nOkay, ", b"90 days?", b"\n</think>", b"\n\n", b"You have", b" 30 days."]
    assert "".join(run(pieces)[0]) == "You have 30 days."
    assert "".join(run(pieces[:4])[0]) == ""


def test_nothing_is_shown_behind_a_token_that_ends_the_answer() -> None:
    stream = TextStream()
    assert [stream.push(b"Yes."), stream.push(b"", "<|end|>")] == [("Yes.", False), ("", True)]
    assert [stream.push(piece) for piece in (b" No.", "🙂".encode()[:2])] == [("", True)] * 2
    assert stream.finish() == ""
    assert stream.reason == "stop"


def test_tokens_before_the_first_word_are_the_head_of_a_message() -> None:
    stream = TextStream()
    said = [(b"", "<|im_start|>"), (b"assist", ""), (b"ant", ""), (b"\n", ""), (b"Yes", ""), (b" <", ""), (b"", "<x>")]
    assert "".join(stream.push(*one)[0] for one in said) == "Yes <"


def test_thoughts_between_tokens_of_their_own_are_no_part_of_the_answer() -> None:
    stream = TextStream()
    said = [(b"", "<think>"), (b"90 days?", ""), (b"", "<|x|>"), (b"", "</think>"), (b"\n\n", ""), (b"30 days.", "")]
    assert "".join(stream.push(*one)[0] for one in said) + stream.finish() == "30 days."


def test_thoughts_end_at_a_token_of_any_model() -> None:
    for opens, closes in THOUGHTS.items():
        stream = TextStream()
        said = [(b"", opens), (b"90 days?", ""), (b"", closes), (b"\n30 days.", "")]
        assert "".join(stream.push(*one)[0] for one in said) + stream.finish() == "30 days."
        stream = TextStream()
        stream.push(b"90 days?")
        stream.push(b"", closes)
        with pytest.raises(ThoughtsUnmarked):
            stream.push(b"\n30 days.")


def test_of_several_channels_the_final_one_is_the_answer() -> None:
    stream, shown = TextStream(), ""
    for one in "<|channel|> analysis <|message|> Returns? analysis <|end|> <|start|> assistant".split(" "):
        shown += stream.push(*((b"", one) if "|" in one else (one.encode(), "")))[0]
    for one in "<|channel|> final <|message|> You have 30 days.".split(" "):
        shown += stream.push(*((b"", one) if "|" in one else (one.encode() + b" ", "")))[0]
    assert shown + stream.finish() == "You have 30 days. "


@pytest.mark.parametrize(
    "said",
    [
        "To set the address type ip address <ip> <mask> and then write.",
        "You can use <s> to strike a price out, or <sep>, <unk>, </s> and <|end|>.",
        "Press [INST], quote [PREFIX]-1234, and put [IMG] behind it.",
    ],
)
def test_words_that_look_like_markup_are_words_where_they_are_no_token_of_it(said: str) -> None:
    shown, stopped = run([said[at : at + 3].encode() for at in range(0, len(said), 3)])
    assert not stopped
    assert "".join(shown) == said


@pytest.mark.parametrize(
    "said",
    [
        "Use the <think> tag for thoughts. Close it with </think> then.",
        "Write this:\n<think>\nWhat you think.\n</think>\nThen go on.",
        "Between <think> and </think>",
    ],
)
def test_tags_of_thoughts_are_words_amid_an_answer_of_a_model_that_does_not_think(said: str) -> None:
    assert "".join(run([said[at : at + 3].encode() for at in range(0, len(said), 3)])[0]) == said


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("said", ["Okay, 90 days?\n{} \n\nYou have 30 days.", "Okay, 90 days?{}You have 30 days."])
def test_a_closing_tag_ends_thoughts_that_no_template_tells_of(said: str, size: int) -> None:
    for closes in THOUGHTS.values():
        with pytest.raises(ThoughtsUnmarked):
            run([said.format(closes)[at : at + size].encode() for at in range(0, len(said) + len(closes), size)])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize(
    ("said", "reason"), [("You have 30 days.{}", "stop"), ("You have 30 days.\n{} \n", "stop"), ("You have {}", "cut")]
)
def test_a_closing_tag_at_the_very_end_is_no_part_of_the_answer(said: str, reason: str, size: int) -> None:
    for closes in THOUGHTS.values():
        stream, shown, text = TextStream(), "", said.format(closes)
        for at in range(0, len(text), size):
            shown += stream.push(text[at : at + size].encode())[0]
        assert shown + stream.finish() == said.partition("{}")[0]
        assert stream.reason == reason


@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_closing_tag_that_the_model_was_given_is_a_word_before_a_line_break_too(size: int) -> None:
    said, stream, shown = "Thoughts end with </think>\nThen comes the answer.", TextStream(given=["Why </think>?"]), ""
    for at in range(0, len(said), size):
        shown += stream.push(said[at : at + size].encode())[0]
    assert shown + stream.finish() == said


def test_tags_of_thoughts_count_amid_an_answer_of_a_model_that_thinks() -> None:
    stream = TextStream(spelled=("<think>", "</think>"))
    assert stream.push(b"Yes.<think>no</think> It is.")[0] == "Yes. It is."
    with pytest.raises(ThoughtsUnmarked):
        TextStream(spelled=("<think>", "</think>")).push(b"Perhaps 90 days?</think>30 days.")
    assert TextStream().push(b"<think>90?</think>Yes.<think>no</think> It is.")[0] == "Yes. It is."


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize(
    ("said", "spelled", "answer"),
    [
        (
            "You have 30 days.\n<|user|>\nAnd how?\n<|assistant|>\nBy card.",
            "<|user|> <|assistant|>",
            "You have 30 days.\n",
        ),
        ("You have 30 days.<|im_end|>\n<|im_start|>user", "<|im_start|> <|im_end|>", "You have 30 days."),
        ("<|assistant|>\nModel X has 30 days.<|user|>", "<|user|> <|assistant|>", "Model X has 30 days."),
        ("Use <s> [1]. [INST] And how? [/INST]", "[INST] [/INST]", "Use <s> [1]. "),
        ("Yes.[|endofturn|]\n[|user|]", "[|user|] [|endofturn|]", "Yes."),
        ("Use <|im_end|> here.", "[INST] [/INST]", "Use <|im_end|> here."),
        ("You have 30 days. <<SYS>> hi", "<<SYS>> <</SYS>>", "You have 30 days. "),
    ],
)
def test_tags_that_the_template_writes_as_plain_text_end_an_answer(
    said: str, spelled: str, answer: str, size: int
) -> None:
    stream, shown = TextStream(spelled=spelled.split()), ""
    for at in range(0, len(said), size):
        shown += stream.push(said[at : at + size].encode())[0]
    assert shown + stream.finish() == answer
    assert stream.reason == "stop"


def test_a_plain_tag_that_the_model_was_given_may_be_a_word_of_its_answer() -> None:
    stream = TextStream(spelled=("[INST]",), given=["What is [INST]?"])
    assert stream.push(b"It begins with [INST] always. [INST] no") == ("It begins with [INST] always. ", True)


def test_the_first_word_behind_a_channel_is_no_role() -> None:
    for said in (("Model", " X200 has two years."), ("Assistant", " managers may."), ("Model", ": X200.")):
        stream = TextStream()
        pieces = [("", "<|channel|>"), ("final", ""), ("", "<|message|>"), (said[0], ""), (said[1], "")]
        assert "".join(stream.push(one.encode(), tag)[0] for one, tag in pieces) + stream.finish() == "".join(said)


@pytest.mark.parametrize(
    ("said", "tag", "reason"),
    [
        ("You have 30 days.", "<|im_start|>", "stop"),
        ("You have 30 days. [1]", "<|im_start|>", "stop"),
        ("You have 30 days", "<|im_end|>", "stop"),
        ("- one\n- two\n", "<tool_call>", "stop"),
        ("Type ip address ", "<mask>", "cut"),
        ("Type this:\n", "<mask>", "cut"),
        ("The command x", "<mask>", "cut"),
        ('The token "', "<|end|>", "cut"),
    ],
)
def test_it_is_told_whether_a_token_ended_an_answer_amid_a_sentence(said: str, tag: str, reason: str) -> None:
    stream = TextStream()
    for at in range(len(said)):
        stream.push(said[at].encode())
    assert stream.push(b"", tag) == ("", True)
    assert stream.reason == reason


@given(st.text(alphabet="xbé🙂", max_size=40), st.lists(st.integers(1, 3), max_size=60), st.text("xbé", max_size=4))
def test_however_the_bytes_are_split_the_text_is_the_same(text: str, cuts: list[int], stop: str) -> None:
    raw, pieces = text.encode(), []
    for cut in cuts:
        pieces.append(raw[:cut])
        raw = raw[cut:]
    shown, stopped = run([*pieces, raw], (stop,))
    assert "".join(shown) == (text.partition(stop)[0] if stop else text)
    assert stopped == (bool(stop) and stop in text)


@pytest.mark.parametrize("count", [0, 3, 7])
def test_an_answer_taken_up_again_goes_on_where_it_was(count: int) -> None:
    pieces = [b"One ", b"\xf0\x9f", b"\x99\x82 tw", b"o EN", b"Thr", b"ee", b" END", b" four"]
    again = TextStream(("END",))
    before = "".join(again.push(piece)[0] for piece in pieces[:count])
    rest, stopped = [], False
    for piece in pieces[count:]:
        text, stopped = again.push(piece)
        rest.append(text)
        if stopped:
            break
    assert stopped
    assert before + "".join(rest) == "One 🙂 two ENThree "
