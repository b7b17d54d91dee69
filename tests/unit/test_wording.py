"""Whatever askers are told without a model is there in every language, and stands nowhere else."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.messages import Reason, Turn
from bot.settings import AnsweringSettings, ScopeNamesSettings
from bot.understanding.intents import Intent
from bot.understanding.languages import spoken, written_in
from bot.understanding.mentions import KEYS
from bot.understanding.names import Names, asked_back, asked_for
from bot.wording import AND, LANGUAGES, OR, Counted, Words, answers, buttons, figure, listed, notices, talk
from knowledge.territories import EUROPEAN_UNION, plain, region_name, territories

ROOT = Path(__file__).resolve().parents[2]


def in_catalogue(value: object, name: str) -> Iterator[tuple[str, Words]]:
    """Yield the words that a name of a catalogue stands for, with a name for each."""
    if isinstance(value, Words):
        yield name, value
    elif isinstance(value, Counted):
        yield from ((f"{name}, one", value.one), (f"{name}, many", value.many))
    elif isinstance(value, dict | tuple):
        each = value.items() if isinstance(value, dict) else enumerate(value)
        for key, one in each:
            yield from in_catalogue(one, f"{name}[{key}]")


ALL = [
    (f"{module.__name__.rpartition('.')[2]}.{said}", words)
    for module in (answers, buttons, notices, talk)
    for name, value in vars(module).items()
    if name.isupper()
    for said, words in in_catalogue(value, name)
]


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@pytest.mark.parametrize(("name", "words"), ALL, ids=[name for name, _ in ALL])
def test_every_language_fills_in_the_same(name: str, words: Words) -> None:
    # In which language pages are wished for is told by the words themselves where there are words in it.
    optional = {"language"} if name in ("talk.NO_TRANSLATION", "talk.NOT_IN_LANGUAGE") else set[str]()
    for language in LANGUAGES:
        said = words.of(language)
        assert said.strip() and said == said.rstrip(), language
        assert set(placeholders(said)) | optional == set(placeholders(words.en)) | optional, language


def test_there_are_words_to_look_at() -> None:
    assert len(ALL) > 100 and {"answers.REFUSAL", "notices.NOTED[rude]", "buttons.PERSON"} <= {name for name, _ in ALL}


# Words that are the same in two languages.
SAME = {
    *("answers.SOURCES", "answers.DOCUMENTS, one", "answers.DOCUMENTS, many", "notices.QUESTIONS, one"),
    *("notices.QUESTIONS, many", "answers.TOPIC"),
}


@pytest.mark.parametrize(("name", "words"), ALL, ids=[name for name, _ in ALL])
def test_no_language_is_left_in_english(name: str, words: Words) -> None:
    assert name in SAME or words.en not in words.all[1:]


def test_only_what_was_said_with_an_exclamation_mark_is_so() -> None:
    loud = {name for name, words in ALL for said in words.all if "!" in said}
    assert loud == {f"talk.REPLIES[{one}]" for one in (Intent.GREETING, Intent.THANKS, Intent.GOODBYE, Intent.NOTHING)}


def test_titles_of_dialogs_and_buttons_are_as_short_as_the_platforms_take_them() -> None:
    for title in (buttons.SUGGEST, buttons.WORDS_TITLE):
        assert all(len(said) <= 24 for said in title.all), title  # Slack
    for label in (buttons.WORDS_LABEL, buttons.SUGGEST_LABEL):
        assert all(len(said) <= 45 for said in label.all), label  # Discord
    for name, words in ALL:
        assert not name.startswith("buttons.") or all(len(said) <= 70 for said in words.all)


def test_a_button_that_is_spoken_of_is_called_as_it_is() -> None:
    labels = {
        language: {said.of(language) for name, said in ALL if name.startswith("buttons.")} for language in LANGUAGES
    }
    for language in LANGUAGES:
        assert buttons.PERSON.of(language) in notices.NOT_KEPT.of(language)
        assert buttons.NOT_HELPFUL.of(language) in talk.REPLIES[Intent.COMPLAINT].of(language)
        for name, words in ALL:
            for quoted in re.findall("[«“„]([^{}«»“”„]+)[»”“]", words.of(language)):
                assert quoted.strip() in labels[language], name
    for reason in (Reason.WRONG, Reason.OUTDATED, Reason.INCOMPLETE, Reason.RUDE):
        for language in ("fr", "es", "it", "pt"):  # where the word would have to agree with what it is said of
            assert buttons.REASONS[reason].of(language) in notices.NOTED[reason].of(language)


@pytest.mark.parametrize(("name", "words"), ALL, ids=[name for name, _ in ALL])
def test_no_line_breaks_before_a_french_mark(name: str, words: Words) -> None:
    assert not re.search("[ \u202f]:| [;?!»]|« |[^\\s\u202f][;?!]|[\\w}`]:", words.fr), "of spaces only those that hold"


def test_no_line_breaks_before_the_mark_of_a_french_question_for_a_place() -> None:
    for question in ("Combien ?", "Combien\u202f?", "Combien\u00a0?", "Combien?"):
        assert asked_for(question, "region", "Suisse", "fr") == "Combien (Suisse)\u202f?"


def test_three_dots_stand_as_the_language_has_them() -> None:
    for name, words in ALL:
        for language in ("fr", "es", "it", "pt"):
            assert " …" not in words.of(language), name


def test_whom_to_ask_is_called_as_the_settings_do() -> None:
    assert talk.SUPPORT.en == AnsweringSettings.model_fields["contact"].default


def test_numbers_and_their_nouns_are_as_the_language_has_them() -> None:
    assert [answers.DOCUMENTS.of("de", number) for number in (1, 2, 1200)] == [
        *("1 Dokument", "2 Dokumente", "1.200 Dokumente")
    ]
    assert answers.DOCUMENTS.of("en", 1200) == "1,200 documents"
    assert [answers.DOCUMENTS.of(one, 0) for one in ("nl", "fr", "pt")] == [
        "0 documenten",
        "0 document",
        "0 documentos",
    ]
    assert [figure(1200, one) for one in ("fr", "pt")] == ["1\u202f200", "1\u00a0200"]
    assert answers.DOCUMENTS.of("ja", 2) == "2 documents"


@pytest.mark.parametrize(
    ("names", "joint", "language", "said"),
    [
        (["the EU", "the UK", "the US"], OR, "en", "the EU, the UK or the US"),
        (["EU", "Schweiz"], AND, "de", "EU und Schweiz"),
        (["Francia", "Italia"], AND, "es", "Francia e Italia"),
        (["Francia", "Portugal"], AND, "es", "Francia y Portugal"),
        (["uno", "otro"], OR, "es", "uno u otro"),
        (["Francia"], OR, "fr", "Francia"),
        ([], OR, "it", ""),
    ],
)
def test_names_are_listed(names: list[str], joint: Words, language: str, said: str) -> None:
    assert listed(names, joint, language) == said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_a_question_back_is_known_again_in_every_language(language: str, key: str) -> None:
    said = answers.WHICH[key].of(language, choices="A oder B")
    assert asked_back([Turn("user", "?"), Turn("assistant", said)]) == key
    assert asked_back([Turn("user", "?"), Turn("assistant", " ".join(said.split()))]) == key, "as it is pasted"
    assert asked_back([Turn("user", "?"), Turn("assistant", answers.REFUSAL.of(language))]) == ""


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("region", "Cela dépend de la région. Laquelle : Suisse ou France ?"),
        ("region", "Eso depende de la región. ¿Cuál es la suya: Suiza o Francia?"),
        ("product", "Cela dépend du produit. Lequel : A ou B ?"),
        ("product", "Eso depende del producto. ¿Cuál es el suyo: A o B?"),
        ("product", "Dat verschilt per product. Welk bedoelt u: A of B?"),
    ],
)
def test_a_question_back_is_known_again_as_it_was_formerly_put(key: str, said: str) -> None:
    assert asked_back([Turn("user", "?"), Turn("assistant", said)]) == key


ASKED = {
    "en": "How long is the warranty?",
    "de": "Wie lange gilt die Garantie?",
    "fr": "Quelle est la durée de la garantie ?",
    "es": "¿Cuánto dura la garantía?",
    "it": "Quanto dura la garanzia?",
    "pt": "Quanto tempo dura a garantia?",
    "nl": "Hoe lang geldt de garantie?",
}


@pytest.mark.parametrize("code", ["eu", "uk", "us", "ch", "cn", "cl"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_place_that_a_question_is_asked_for_is_found_in_it(language: str, code: str) -> None:
    names = Names(ScopeNamesSettings())
    asked = asked_for(ASKED[language], "region", names.label("region", code, language), language)
    assert ("(" in asked) == (language != "en")
    assert [one.value for one in names.mentions(asked, {"region": {code}})] == [code]
    if language != "en":
        several = asked_for(ASKED[language], "region", names.labels("region", ["ch", code], language), language)
        assert {one.value for one in names.mentions(several, {})} == {"ch", code}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_product_that_a_question_is_asked_for_is_found_in_it(language: str) -> None:
    names = Names(ScopeNamesSettings())
    asked = asked_for(ASKED[language], "product", names.label("product", "kettle-club", language), language)
    assert [one.value for one in names.mentions(asked, {"product": {"kettle-club"}})] == ["kettle-club"]


def test_a_word_in_brackets_is_no_place_unless_it_stands_there_alone_as_one() -> None:
    names = Names(ScopeNamesSettings())
    for text in ("Are the plates (china) safe?", "Is the jersey (Jersey fabric) warm?", "How long (jersey)?"):
        assert names.mentions(text, {}) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_region_is_understood_as_it_is_named_in_any_language(language: str) -> None:
    for code in (*EUROPEAN_UNION, "us", "uk", "ch", "no", "eu"):
        name = region_name(code, language).removeprefix("the ")
        named = Names(ScopeNamesSettings()).mentions(name, {"region": {code}})
        assert code in {word for one in named for word in one.words}, name


def test_places_are_named_without_what_only_english_puts_before_them() -> None:
    assert [region_name("us", one) for one in ("en", "de", "fr")] == ["the US", "Vereinigte Staaten", "États-Unis"]
    assert territories()[plain(region_name("us", "de"))] == "us"
    assert [region_name("emea", one) for one in ("en", "it")] == ["EMEA", "EMEA"]


# Which language ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "How long can I return a coat?"),
        ("en", "What is the difference between Der Spiegel and Die Zeit subscriptions?"),
        ("en", "Do I have to pay for the Musée de la Mode tour?"),
        ("en", 'What does "wie lange kann ich das zurückgeben" mean?'),
        ("de", "Wie lange kann ich einen Mantel zurückgeben?"),
        ("de", "was kostet der versand nach norwegen"),
        ("de", "Haben Sie Gutscheine?"),
        ("fr", "Combien de temps ai-je pour retourner une commande ?"),
        ("fr", "Quels documents faut-il fournir pour un remboursement ?"),
        ("es", "¿Cuánto tarda el envío a Portugal?"),
        ("es", "como puedo devolver un articulo"),
        ("es", "¿Qué pasa si pierdo el plazo?"),
        ("de", "Ab wann gilt der neue Tarif?"),
        ("it", "Come posso restituire un articolo?"),
        ("pt", "Qual é o prazo para a devolução de um artigo com defeito?"),
        ("nl", "Hoe kan ik een artikel retourneren?"),
        *(("de", one) for one in ("Kann ich per Rechnung bezahlen", "wie kündige ich", "Wird das Gerät ersetzt?")),
        *(("de", one) for one in ("Könnt ihr mir helfen", "Liefert ihr nach Österreich?", "Wo ist mein Paket?")),
        *(
            ("fr", one)
            for one in ("Y a-t-il une garantie ?", "Où trouver ma facture ?", "Comment retourner un article")
        ),
        *(("fr", one) for one in ("Où est ma commande ?", "Livrez-vous en Suisse ?", "Puis-je payer avec PayPal ?")),
        *(("es", one) for one in ("el paquete no ha llegado", "quiero un reembolso", "¿Hacen envíos a Canarias?")),
        *(("es", one) for one in ("¿Aceptan PayPal?", "¿Qué métodos de pago aceptan?", "¿Garantía?")),
        *(("es", one) for one in ("¿No me puede ayudar a mí?", "donde esta mi pedido")),
        *(("it", one) for one in ("Posso pagare con PayPal?", "Non riesco ad accedere", "Il pacco non è arrivato")),
        *(("it", one) for one in ("Come faccio a restituire un articolo?", "Quanto costa la spedizione?")),
        *(("pt", one) for one in ("Quanto custa o envio?", "Posso devolver um produto?", "A encomenda não chegou")),
        *(("pt", one) for one in ("Qual é o prazo de entrega?", "Vocês entregam em Portugal?")),
        *(("de", one) for one in ("Wann hat das Bürgeramt am Samstag geöffnet?", "Kann ich mit Karte zahlen?")),
        *(("de", one) for one in ("Gibt es Parkplätze?", "Wann öffnet die Bibliothek?", "Habt ihr sonntags offen?")),
        *(("de", one) for one in ("was kostet n neuer perso", "moin, gibts nen express pass")),
        *(("fr", one) for one in ("je peux payer par carte ?", "à quelle heure ouvre la piscine", "y a un parking ?")),
        *(("fr", one) for one in ("c'est ouvert le dimanche ?", "comment réinitialiser la E100 ?")),
        *(("es", one) for one in ("abren los domingos?", "a qué hora cierran")),
        *(("it", one) for one in ("spedite in Italia?", "a che ora aprite?")),
        *(("pt", one) for one in ("a que horas abrem?", "tem estacionamento gratuito?")),
        *(("nl", one) for one in ("Kan ik pinnen daar?", "hoe laat open vandaag?")),
        *(("nl", one) for one in ("Is er garantie op?", "Waar is mijn pakket?", "Kan ik met PayPal betalen?")),
    ],
)
def test_a_question_tells_its_language(language: str, text: str) -> None:
    assert written_in(text) == language


@pytest.mark.parametrize(
    "text",
    [
        *("Rückgabefrist?", "Versand Österreich", "Is Das Boot available on DVD?", "La Vie en Rose perfume refund"),
        *("Villa La Casa de los Niños pool hours", "Como En Casa hotel refund", "Que Sera Sera vinyl"),
        *("Is Que Pasa USA on Netflix Mexico", "Die Hard on Blu-ray, is it in stock?", "refund Le Petit Prince"),
        *("How do I say Wo ist die Toilette in German?", "Do you ship to Rio de Janeiro or São Paulo?"),
        *("Hur kan jag returnera en vara?", "Hvor lang tid tager en levering til Norge?", "", "123", "返品できますか"),
        *("je ne sais quoi perfume", "Ich bin ein Berliner mug return policy", "Mein Teil und Sonne vinyl"),
        *("Wie Ich Bin tour dates tickets merch venue hotel parking bus", "Wo ist", "Quando posso entrar?"),
        "Can you tell me wie lange ich das zurückgeben kann and wo ich das kann?",
        *("Can I return the Wie ist das Wetter book?", "Do you have De la Soul and Los del Río on vinyl?"),
        "Can I use Por Favor tequila and El Toro Loco coupons at La Casa?",
        *("Mon 3pm EST?", "Call Mon 10am EST", "Webinar Mon, EST", "Mon - Fri 9-5 EST", "Sat/Mon EST hours"),
        *("Shipping Ho Chi Minh City?", "Delivery time Ho Chi Minh City", "wat u mean", "wat r u", "thx ben u rock"),
        *("hi ben u ok?", "u kan help", "Ben van de Velde", "Ben van der Meer, Jan de Wit", "Is ER closed?"),
        *("El secreto de sus ojos bluray refund", "Costa Del Sol fare", "El Al fare to Costa Rica", "Moet hoe over is"),
        *("Wie ist das Wetter book refund", "Kann ich mit dir DVD order", "C'est combien album", "Was ist los tshirt"),
        *("Gibt es shop opening hours on Monday?", "Was hat of the day", "hay parking?", "Comment filter broken"),
        *("Paket Konto GmbH invoice", "Abo Porto", "refund colis 8812", "¿How do I say it in Spanish?"),
    ],
)
def test_names_and_short_messages_are_taken_for_no_foreign_language(text: str) -> None:
    assert written_in(text) in ("", "en")
    assert spoken(text=text) == "en"


def test_the_channel_goes_before_the_question_and_that_before_earlier_ones() -> None:
    german = Turn("user", "Wie lange kann ich einen Mantel zurückgeben?")
    answered = Turn("assistant", "Combien de temps ai-je pour retourner une commande ?")
    assert spoken("fr", german.content) == "fr"
    assert spoken("", "Und in Norwegen?", (german, answered)) == "de"
    assert spoken("", "How long can I return a coat?", (german,)) == "en"
    assert spoken("", "Mantel?", ()) == "en"
    assert spoken("ja", german.content) == "en"


def test_a_wish_for_a_person_tells_its_language_and_small_talk_does_not() -> None:
    assert spoken(text="Quiero hablar con una persona") == "es"
    assert spoken("", "OK", (Turn("user", "Je voudrais parler à une personne"),)) == "fr"
    assert spoken(text="I want to talk to a person") == "en"
    assert spoken("", "Coat?", (Turn("user", "Hola"), Turn("user", "top"), Turn("user", "in German please"))) == "en"


def test_words_that_two_languages_share_tell_neither() -> None:
    for text in ("Garantie Abonnement Artikel", "cancelar o pedido", "Quando posso?"):
        assert written_in(text) == ""


# Nowhere else -----------------------------------------------------------------------------------------------------

TOLD_ASKERS = (
    *("bot/refusals.py", "bot/replies.py", "bot/lookup.py", "bot/feedback.py", "bot/channels/standard.py"),
    *("bot/desk.py", "bot/workers.py", "bot/conversation.py", "bot/understanding/names.py", "bot/people.py"),
    *("adapters/slack/assistant.py", "adapters/slack/reply.py", "adapters/slack/render.py"),
    *("adapters/discord/replies.py", "adapters/discord/showing.py", "adapters/discord/choice.py"),
    *("bot/curation.py", "bot/storage/ratings.py", "adapters/platform.py", "adapters/slack/platform.py"),
    *("adapters/slack/presses.py", "adapters/discord/presses.py", "adapters/discord/forgetting.py"),
)
"""Modules that say something to askers."""
FOR_OTHERS = {
    "bot/workers.py": {
        "The message was deleted by its author.",
        "What is kept of this question cannot be read.",
        "Ask it again; the log says more.",
        "The inbox cannot be read: ",
        "The inbox cannot be read; the log says more.",
        "No questions are taken from the inbox any more. Start Frontdesk again.",
    },
    "bot/curation.py": {"Write e.g. answer:12; it begins with ", "There is no ", "Write one of up to "},
    "bot/storage/ratings.py": {"Give 1 for helpful or -1 for not helpful."},
    "adapters/platform.py": {"I'll take it", "They asked in private; send {who} a direct message."},
    "adapters/slack/reply.py": {"Slack did not take an edit of a stream.", "It will be tried again."},
    "adapters/slack/platform.py": {
        "I am not installed in the Slack workspace ",
        "Install the app.",
        "It will be tried again.",
        "No Slack workspace has installed me.",
        "Slack is not connected.",
        "Use `/why` for the last answer here, or `/why LINK` with the link of an answer (“Copy link” in its menu).",
    },
}
"""What these modules say to admins, helpers, curators and callers."""


def sentences_in(source: str) -> list[str]:
    """Return the texts in a module that begin as a sentence does, without what is logged or documented."""
    tree = ast.parse(source)
    left_out: set[ast.AST] = set()
    for node in ast.walk(tree):
        logs = isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log.")
        if logs or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            left_out |= {*ast.walk(node)}
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in left_out]
    return [text for text in texts if isinstance(text, str) and text[:1].isupper() and len(text.split()) > 1]


@pytest.mark.parametrize("path", TOLD_ASKERS)
def test_no_sentence_to_askers_stands_outside_of_the_catalogues(path: str) -> None:
    assert set(sentences_in((ROOT / path).read_text(encoding="utf-8"))) == FOR_OTHERS.get(path, set())


def test_a_sentence_is_found_where_it_stands() -> None:
    source = '"""Says things."""\nlog.info("Not this.")\nraise X("But this.")\nSAID = f"Nothing for {you} here."'
    assert sorted(sentences_in(source)) == ["But this.", "Nothing for "]
