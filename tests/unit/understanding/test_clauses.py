"""What of a message asks, and what it states beside that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.clauses import asking_clause, refers_back


@pytest.mark.parametrize(
    ("message", "asking"),
    [
        ("I joined in 2019. How many days do I get?", "How many days do I get?"),
        ("i joined in 2019, how many days do i get", "how many days do i get"),
        ("How many days do I get if I joined in 2019?", "How many days do I get"),
        ("À quelle heure ouvrez-vous lundi ? Je viendrai à 17h30.", "À quelle heure ouvrez-vous lundi ?"),
        ("On Sunday, when are you open?", "On Sunday, when are you open?"),
        ("What is the price, and when do you open on Sunday?", "What is the price, when do you open on Sunday?"),
        ("What is the price?\n\nOn 3 March 2025 at 9:12 Ann wrote:\nWere you happy on Monday?", "What is the price?"),
        ("opening hours\n> Were you happy on Monday?", "opening hours"),
        ("opening hours on Sunday", "opening hours on Sunday"),
        ("Compré algo el martes, ¿puedo devolverlo el sábado?", "¿puedo devolverlo el sábado?"),
        ("Fui el lunes ¿y cuándo abren el sábado?", "¿y cuándo abren el sábado?"),
        ("El domingo, ¿a qué hora abren?", "El domingo, ¿a qué hora abren?"),
        ("J'ai acheté un billet mardi, est-il valable samedi ?", "est-il valable samedi ?"),
        ("Le lundi, quand ouvrez-vous ?", "Le lundi, quand ouvrez-vous ?"),
        ("Ich habe am Dienstag bestellt, kommt das Paket am Samstag?", "kommt das Paket am Samstag?"),
        ("Ich wurde am 5. Mai operiert, wann darf ich baden?", "wann darf ich baden?"),
        ("Am Sonntag, wann haben Sie auf?", "Am Sonntag, wann haben Sie auf?"),
        ("Sonntags bei freiem Eintritt mit drei Kindern, wann haben Sie auf?",) * 2,
        ("Kann ich am Montag kommen, ist da auf?", "Kann ich am Montag kommen, ist da auf?"),
        ("Wann darf ich baden, wenn ich am 5. Mai operiert wurde?", "Wann darf ich baden"),
        ("Was kostet die Karte, die ich am Montag gekauft habe?", "Was kostet die Karte"),
        ("Le billet que j'ai acheté mardi est-il valable ?", "Le billet que j'ai acheté mardi est-il valable ?"),
        ("Est-il valable, le billet que j'ai acheté mardi ?", "Est-il valable, le billet"),
        ("Quand est-ce que je peux venir samedi ?", "Quand est-ce que je peux venir samedi ?"),
        ("¿Puedo devolver lo que compré el martes?", "¿Puedo devolver lo"),
        ("Ho comprato un biglietto martedì, è valido sabato?", "è valido sabato?"),
        ("Comprei um bilhete na terça-feira, é válido no sábado?", "é válido no sábado?"),
        ("Ik heb dinsdag besteld, komt het zaterdag?", "komt het zaterdag?"),
        ("We sell gloves, hat and scarf on Monday?", "We sell gloves, hat and scarf on Monday?"),
        ("I need the price of the KX-500.", "I need the price of the KX-500."),
    ],
)
def test_the_clause_that_asks_is_told_from_statements_beside_it(message: str, asking: str) -> None:
    assert asking_clause(message) == asking


def test_a_clause_may_be_about_what_stands_beside_it() -> None:
    assert refers_back("What does it cost?")
    assert not refers_back("What does the mixer cost?")


@given(st.text())
def test_of_whatever_is_written_something_asks(message: str) -> None:
    assert bool(asking_clause(message)) is bool(message)
