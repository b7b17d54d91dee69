"""What a sentence begins with that says when, where or for whom it holds is not left out."""

import pytest

from tests.grounded import told


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("At the weekend parking is free.", "Parking is free."),
        ("At the weekend, parking is free.", "Parking is free."),
        ("For residents the museum is free. Everyone else pays €7.", "The museum is free."),
        ("On the Silver plan storage is unlimited. Other plans have 50 GB.", "Storage is unlimited."),
        ("In the north wing smoking is allowed.", "Smoking is allowed."),
        ("During exams the library closes at midnight.", "The library closes at midnight."),
        ("Outside the zone a trip costs £3.", "A trip costs £3."),
        ("Without a card you pay a deposit of €30.", "You pay a deposit of €30."),
        ("On your birthday the zoo is free.", "The zoo is free."),
        ("In our Leeds branch, the café is closed.", "The café is closed."),
        ("After midnight the fare is double.", "The fare is double."),
        ("Under 16 you cannot rent a kayak.", "You cannot rent a kayak."),
        ("With a doctor's note the fee is waived.", "The fee is waived."),
        ("Lockers are free. In the annex lockers cost £1.", "Lockers cost £1."),
        ("On Mondays the pool is closed; on Tuesdays lessons are free.", "Lessons are free."),
    ],
)
def test_a_sentence_is_not_told_without_what_it_begins_with(text: str, claim: str) -> None:
    assert told("What are the rules?", text, claim) is None


@pytest.mark.parametrize(
    ("text", "claim", "question"),
    [
        ("At the weekend parking is free.", "Parking is free at the weekend.", "parking?"),
        ("At the weekend parking is free.", "Parking is free.", "What does parking cost at the weekend?"),
        ("For residents the museum is free.", "The museum is free for residents.", "What does the museum cost?"),
        ("In the EU a call costs 2p; in Japan calls cost 9p.", "In Japan calls cost 9p.", "What does a call cost?"),
        ("Tea is served from 3 pm, on Sundays in the garden, with cake.", "Tea is served with cake.", "When is tea?"),
        ("During exams the library closes at midnight.", "The library closes at midnight.", "Until when in exams?"),
        ("After midnight the fare is double.", "The fare is double after midnight.", "What is the fare?"),
        ("For help with your boiler, call the caretaker.", "Call the caretaker.", "My boiler is broken"),
        ("In addition, every guest gets a towel.", "Every guest gets a towel.", "towels"),
        ("At the end of the course, you receive a diploma.", "You receive a diploma.", "What do I receive?"),
        ("After you order, we send you a message.", "We send you a message.", "What happens then?"),
        ("At present the lift is out of order.", "The lift is out of order.", "Does it work?"),
        ("In our shop, you can buy stamps.", "You can buy stamps.", "What do you sell?"),
        ("Lockers are free. In the annex lockers cost £1.", "Lockers are free.", "What do they cost?"),
        ("Under 16 you cannot rent a kayak.", "You cannot rent a kayak if you are under 16.", "kayak"),
        ("In March 2024 the museum moved to Leith.", "The museum moved to Leith.", "Where is it?"),
        ("For your safety, the doors lock by themselves.", "The doors lock by themselves.", "Do I lock up?"),
        ("For this, you need a key.", "You need a key.", "What do I need?"),
    ],
)
def test_what_tells_it_or_need_not_goes_out(text: str, claim: str, question: str) -> None:
    assert told(question, text, claim)
