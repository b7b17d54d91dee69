"""A channel's language decides which of two pages is answered from."""

from collections.abc import Iterator

import pytest

from bot.channels.resolve import Channels
from bot.conversation import Pipeline
from bot.messages import Conversation, Finished, MessageKey, Mode, Question, Status, Turn
from bot.settings import from_values
from knowledge import reindex
from knowledge.embedding import Embedder
from knowledge.index import Index
from knowledge.reindex import ReindexJob, run_reindex
from knowledge.retrieval import Retriever
from tests.unit.test_conversation import Model

PAGES = {
    "en": "# Kettle Club\n\nKettle Club members have 45 days for returns.\n",
    "de": "# Kettle Club\n\nKettle Club Mitglieder haben 45 Tage für Retouren (returns).\n",
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    folder = tmp_path_factory.mktemp("languages")
    (folder / "pages").mkdir()
    for language, text in PAGES.items():
        (folder / "pages" / f"{language}.md").write_text(f"---\nlanguage: {language}\n---\n{text}")
    embedder = Embedder()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reindex, "Embedder", lambda *_: embedder)
        source = {"name": "pages", "kind": "folder", "path": "pages"}
        run_reindex(ReindexJob(str(folder / "index"), (source,), folder))
    yield Retriever(Index(str(folder / "index")), embedder)


@pytest.mark.parametrize(("language", "page"), [("", "en.md"), ("en", "en.md"), ("de", "de.md"), ("fr", "en.md")])
async def test_pages_in_the_language_of_the_channel_go_first(searcher: Retriever, language: str, page: str) -> None:
    settings = from_values({"answering": {"min_confidence": 0.1}, "channels": [{"language": language}]})
    pipeline = Pipeline(settings, searcher, Model(""), channels=Channels(settings))
    question = Question(
        MessageKey("slack", "T", "C1", "1"), "How many days do members have for Kettle Club returns?", "U", "t"
    )
    async for event in pipeline.answer(question, Conversation(), Mode.RAG):
        if isinstance(event, Finished):
            assert [one.document_id for one in event.answer.citations] == [page], event.answer


ASKED = "How many days do members have for Kettle Club returns?"
BEFORE = (Turn("user", ASKED), Turn("assistant", "Kettle Club members have 45 days for returns. [1]"))


@pytest.mark.parametrize(
    ("wish", "turns", "pages", "said"),
    [
        ("In German please", BEFORE, ["de.md"], "45 Tage"),
        ("In French please", BEFORE, [], "Je n'ai pas trouvé de page en français"),
        ("In Turkish please", BEFORE, [], "I found no page in Turkish"),
        ("Do you speak German?", (), [], "Ich übersetze nicht"),
    ],
)
async def test_a_wish_for_a_language_is_met_from_pages_in_it_or_honestly_denied(
    searcher: Retriever, wish: str, turns: tuple[Turn, ...], pages: list[str], said: str
) -> None:
    settings = from_values({"answering": {"min_confidence": 0.1}})
    pipeline = Pipeline(settings, searcher, Model(""), channels=Channels(settings))
    question = Question(MessageKey("slack", "T", "C1", "1"), wish, "U", "t")
    async for event in pipeline.answer(question, Conversation(turns), Mode.RAG):
        if isinstance(event, Finished):
            assert [one.document_id for one in event.answer.citations] == pages, event.answer
            assert said in event.answer.text
            assert event.answer.status == (Status.ANSWERED if pages else Status.SMALLTALK)
