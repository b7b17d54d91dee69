"""What a channel's settings do to its answers."""

from bot.channels.resolve import Channels
from bot.conversation import Pipeline
from bot.messages import Answer, Conversation, Finished, MessageKey, Question, Status, Turn
from bot.settings import from_values
from tests.unit.test_conversation import TERMS, Model, Shelf, asked

WIFI = {"keywords": ["wifi"], "answer": "It is on the **board**.", "link": "https://a.example/wifi"}


async def answer(
    model: Model, shelf: Shelf, question: Question, *entries: object, turns: tuple[Turn, ...] = ()
) -> Answer:
    settings = from_values({"answering": {"min_confidence": 0.5, "quote": "last"}, "channels": list(entries)})
    pipeline = Pipeline(settings, shelf, model, channels=Channels(settings))
    async for event in pipeline.answer(question, Conversation(turns)):
        if isinstance(event, Finished):
            return event.answer
    raise AssertionError("no Finished event")


async def test_a_standard_answer_comes_before_search_and_model() -> None:
    model, shelf = Model("Refunds take 5 working days."), Shelf(TERMS)
    given = await answer(model, shelf, asked("Where is the wifi password?"), {"standard_answers": [WIFI]})
    assert given.status is Status.ANSWERED
    assert given.text.startswith("It is on the **board**.\n\nMore: https://a.example/wifi")
    assert given.text.endswith("*This is a standard answer, written and approved by the team.*")
    assert given.notes == {"route": "standard answer", "standard_answer": "everywhere#1"}
    assert not model.requests and not shelf.searched


async def test_other_questions_and_other_channels_get_no_standard_answer() -> None:
    model, shelf = Model("Refunds take 5 working days."), Shelf(TERMS)
    entry = {"channel": "slack:C9", "standard_answers": [WIFI]}
    there = MessageKey("slack", "T", "C9", "1")
    given = await answer(model, shelf, Question(there, "How long do refunds take?", "U", "t"), entry)
    assert "5 working days" in given.text and len(shelf.searched) == 1
    assert "board" in (await answer(model, shelf, Question(there, "wifi?", "U", "t"), entry)).text
    assert "board" not in (await answer(model, shelf, asked("wifi?"), entry)).text


async def test_a_wish_for_a_person_goes_before_a_standard_answer() -> None:
    given = await answer(
        Model(""), Shelf(TERMS), asked("Your wifi is down, I want to talk to a human."), {"standard_answers": [WIFI]}
    )
    assert given.status is Status.HANDED_OVER


async def test_persona_tone_and_language_stand_in_the_prompt() -> None:
    model = Model("Refunds take 5 working days.")
    entry = {"persona": "a clerk.", "tone": "formal {and} brief", "language": "de"}
    await answer(model, Shelf(TERMS), asked("How long do refunds take?"), entry)
    system = model.requests[0].messages[0].content
    assert system.startswith(
        "You are a clerk. Your tone: formal {and} brief. Always answer in German. Answer the question"
    )
    turns = (Turn("user", "How long do refunds take?"), Turn("assistant", "Refunds take 5 working days [1]."))
    await answer(model, Shelf(TERMS), asked("shorter please"), entry, turns=turns)
    assert model.requests[1].messages[0].content.startswith("You are a clerk. Your tone: formal {and} brief.")


async def test_small_talk_is_in_the_language_of_the_channel() -> None:
    entry = {"language": "fr"}
    given = await answer(Model(""), Shelf(TERMS), asked("thanks!"), entry)
    assert given.text == "Je vous en prie\u202f! N'hésitez pas à revenir."


async def test_an_answer_given_in_one_voice_is_not_given_again_in_another() -> None:
    settings = from_values(
        {
            "answering": {"min_confidence": 0.5, "quote": "last"},
            "channels": [{"channel": "slack:C2", "tone": "warm"}],
        }
    )
    model = Model("Refunds take 5 working days.")
    pipeline = Pipeline(settings, Shelf(TERMS), model, channels=Channels(settings))
    for number, channel in enumerate(("C1", "C1", "C2", "C2")):
        question = Question(MessageKey("slack", "T", channel, str(number)), "How long do refunds take?", "U", "t")
        async for _ in pipeline.answer(question, Conversation()):
            pass
    assert len(model.requests) == 2
