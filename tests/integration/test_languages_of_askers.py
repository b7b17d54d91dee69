"""What is said without a model is said in the language of who asks, over pages in that language."""

from collections.abc import Iterator

import pytest

from bot.channels.resolve import Channels
from bot.conversation import Pipeline
from bot.messages import (
    Answer,
    Conversation,
    Finished,
    MessageKey,
    Mode,
    Question,
    Status,
    Turn,
)
from bot.settings import from_values
from bot.wording import answers
from knowledge import reindex
from knowledge.documents import Scope
from knowledge.embedding import Embedder
from knowledge.index import Index
from knowledge.reindex import ReindexJob, run_reindex
from knowledge.retrieval import Retriever
from tests.unit.test_conversation import Model

PAGES = {
    "retouren": "# Retouren\n\n## Frist\n\nUngetragene Mäntel können Sie 30 Tage nach der Lieferung zurückgeben.\n",
    "versand": "# Versand\n\n## Dauer\n\nDer Versand dauert innerhalb Deutschlands zwei Werktage.\n",
    "garantie-de": "---\nregion: de\n---\n# Garantie\n\nDie Garantie auf Uhren gilt 2 Jahre ab dem Kauf.\n",
    "garantie-ch": "---\nregion: ch\n---\n# Garantie\n\nDie Garantie auf Uhren gilt 5 Jahre ab dem Kauf.\n",
}
UNANSWERED = "Wie kann ich bei Ihnen ein Pferd für meine Hochzeit mieten?"


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    folder = tmp_path_factory.mktemp("german")
    (folder / "pages").mkdir()
    for name, text in PAGES.items():
        (folder / "pages" / f"{name}.md").write_text(text, encoding="utf-8")
    embedder = Embedder()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reindex, "Embedder", lambda *_: embedder)
        source = {"name": "pages", "kind": "folder", "path": "pages"}
        run_reindex(ReindexJob(str(folder / "index"), (source,), folder))
    yield Retriever(Index(str(folder / "index")), embedder)


async def answered(
    searcher: Retriever,
    text: str,
    *,
    turns: tuple[Turn, ...] = (),
    scope: Scope | None = None,
    confidence: float = 0.0,
    language: str = "",
    **answering: object,
) -> Answer:
    values = {"answering": {"min_confidence": confidence, **answering}, "channels": [{"language": language}]}
    settings = from_values(values)
    pipeline = Pipeline(settings, searcher, Model(""), channels=Channels(settings))
    question = Question(MessageKey("slack", "T", "C1", "1"), text, "U", "t", scope or Scope())
    async for event in pipeline.answer(question, Conversation(turns), Mode.RAG):
        if isinstance(event, Finished):
            return event.answer
    raise AssertionError("no Finished event")


async def test_a_german_question_without_an_answer_is_refused_in_german(searcher: Retriever) -> None:
    given = await answered(searcher, UNANSWERED, confidence=0.99)
    assert (given.status, given.language) == (Status.REFUSED, "de")
    assert given.text.startswith(
        "Dazu habe ich in unseren Dokumenten keine Antwort gefunden. Durchsucht habe ich 4 Dokumente."
    )
    assert given.text.endswith("Bitte wenden Sie sich an unser Support-Team.")


async def test_it_names_where_it_searched_in_german_too(searcher: Retriever) -> None:
    given = await answered(searcher, UNANSWERED, confidence=0.99, scope=Scope(region=("ch",)))
    assert "Durchsucht habe ich 3 Dokumente (gültig für: Schweiz)." in given.text


async def test_the_same_question_in_english_is_refused_in_english(searcher: Retriever) -> None:
    given = await answered(searcher, "How can I rent a horse for my wedding?", confidence=0.99)
    assert given.text.startswith("I could not find an answer to that in our documents. I searched 4 documents.")
    assert given.language == "en" and "language" not in given.notes


@pytest.mark.parametrize(("language", "said"), [("fr", answers.REFUSAL.fr), ("ja", answers.REFUSAL.en)])
async def test_the_language_that_a_channel_is_set_to_goes_before(searcher: Retriever, language: str, said: str) -> None:
    given = await answered(searcher, UNANSWERED, confidence=0.99, language=language)
    assert given.text.startswith(said)


async def test_a_short_message_is_told_in_the_language_of_its_thread(searcher: Retriever) -> None:
    turns = (Turn("user", UNANSWERED), Turn("assistant", "Dazu habe ich nichts."))
    assert (await answered(searcher, "Pferdehaltung?", confidence=0.99, turns=turns)).language == "de"
    assert (await answered(searcher, "Pferdehaltung?", confidence=0.99)).language == "en"


async def test_what_is_asked_back_is_german_and_its_choices_are_understood(searcher: Retriever) -> None:
    asked = "Wie lange gilt die Garantie auf Uhren ab dem Kauf?"
    given = await answered(searcher, asked)
    assert given.status is Status.CLARIFY, given
    assert given.text.startswith("Das hängt von der Region ab. Welche meinen Sie: ")
    labels = {one.label: one.question for one in given.choices}
    assert labels.keys() == {"Deutschland", "Schweiz"} and " oder " in given.text
    assert labels["Schweiz"] == "Wie lange gilt die Garantie auf Uhren ab dem Kauf (Schweiz)?"
    for told in (
        await answered(searcher, labels["Schweiz"]),
        await answered(searcher, "Schweiz", turns=(Turn("user", asked), Turn("assistant", given.text))),
    ):
        assert "5 Jahre" in told.text and "2 Jahre" not in told.text, told


async def test_what_a_choice_asks_is_in_the_language_of_the_question_and_its_label_in_that_of_the_channel(
    searcher: Retriever,
) -> None:
    given = await answered(searcher, "How long is the Garantie for my Uhren?", language="de")
    assert given.text.startswith("Das hängt von der Region ab. Welche meinen Sie: ")
    assert {one.label: one.question for one in given.choices} == {
        "Deutschland": "How long is the Garantie for my Uhren in Germany?",
        "Schweiz": "How long is the Garantie for my Uhren in Switzerland?",
    }


async def test_what_a_channel_may_not_tell_of_is_named_in_german(searcher: Retriever) -> None:
    given = await answered(searcher, "Wie lange gilt die Garantie in der Schweiz?", scope=Scope(region=("de",)))
    assert "Hier kann ich nur Auskunft geben für: Deutschland (nicht für: Schweiz)." in given.text


async def test_what_is_too_long_is_told_so_with_figures_as_germans_write_them(searcher: Retriever) -> None:
    given = await answered(searcher, f"{UNANSWERED} " * 30, max_question_chars=1000)
    assert "1.799 Zeichen lang; ich lese bis zu 1.000" in given.text and given.language == "de"


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("Guten Tag", "", "de"),
        ("Merci beaucoup", "", "fr"),
        ("Hello", "", "en"),
        ("Guten Tag", "it", "it"),
        ("Guten Tag", "ja", "en"),
        ("auf Deutsch bitte", "", "de"),
        ("in Japanese please", "", "en"),
    ],
)
async def test_small_talk_notes_its_language(searcher: Retriever, text: str, language: str, said: str) -> None:
    given = await answered(searcher, text, language=language)
    assert (given.status, given.language) == (Status.SMALLTALK, said)
