"""What a sentence tells of one case, thing or deed does not go out with the value that it gives to another one."""

import pytest

from bot.claims.pairs import told_of_another_case
from bot.grounding import Grounding
from bot.text.cut_short import with_units
from knowledge.documents import Passage
from tests.at_once import AT_ONCE_S, timed

BACKUPS = "Backups are made every night and kept for 30 days, on the Business plan for a year."
CLASSES = "Classes can be booked seven days ahead, or ten days ahead by Gold members."
STUDENTS = "Students pay £9, on Mondays £5."
LUGGAGE = "Luggage may weigh 20 kg, in business class 30 kg."
SICK_PAY = "If you are ill, you are paid 80%, and if your child is ill, 60%."
DEFERRALS = "You may defer once, and with a note from your doctor twice."
LOANS = "Books may be borrowed for three weeks and films for one."
PAYMENTS = "If a payment fails, we try again after three days and lock the workspace after ten."
BOILER = "The boiler is checked once a year and replaced after fifteen years."
TRANSFERS = "Transfers before 4 pm arrive the same day, transfers after that the next working day."
APPLICATIONS = "Applications before 1 May are decided in June, later ones in September."
CLAIMS = "Claims under £100 are paid at once, higher claims after a check."
TRIAL = "A trial lasts 14 days, or 30 days if you add a card."
TICKETS = "A day ticket costs £12, for children £6."

BOARDING = "Boarding closes 20 minutes before departure, on long-haul flights 45 minutes."
DESK = "The desk is staffed from 8 am to 6 pm, on Fridays until 3 pm."
COMPUTERS = "Computers can be used for an hour a day, two hours with a library card."
RESULTS = "Results arrive within two days, for biopsies after ten."
MILES = "Miles expire after 36 months, for Gold members never."
TRAVEL = "Travel by train is reimbursed in full, travel by car at 30 cents a kilometre."
DOMAINS = "Domains are free in the first year and cost $15 a year after that."
SICK_WEEKS = "Sick pay is 100% for six weeks, after that 70%."
NOTICE = "Employees on probation have a notice period of two weeks and other employees have one of two months."
DINNER = "Dinner is served for two hours, and tables are set for two, four or eight."
BREAKS = "Breaks last for 20 minutes, and the room is reserved for 12, not more."
AUDIOBOOKS = "Books are lent for four weeks and audiobooks for two."
SURGERY = "Your pet must not eat for 12 hours before surgery and must not drink for two."
BINS = "General waste is collected every two weeks, food waste every week and garden waste once a month."
FILTERS = "Filters are cleaned every six months, pumps every year and tanks every five years."
LOUNGE = "Day guests may use the lounge until 8 pm, members at any time."
QUIET = "Quiet hours are from 10 pm to 7 am, during exam periods all day."
RIDERS = "Riders must be at least 16 years old, or 14 when accompanied by an adult."
PLANS = "The Basic plan includes three users and 5 GB of storage, the Team plan includes 20 users and 100 GB."
LEAVE = "Teachers get 30 days of leave, all others get 26 days."


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("On long-haul flights boarding closes 20 minutes before departure.", BOARDING),
        ("Boarding closes 45 minutes before departure.", BOARDING),
        ("On Fridays the desk is staffed until 6 pm.", DESK),
        ("On Fridays the desk is staffed from 8 am to 6 pm.", DESK),
        ("Computers can be used for an hour a day with a library card.", COMPUTERS),
        ("Results of biopsies arrive within two days.", RESULTS),
        ("Miles expire after 36 months for Gold members.", MILES),
        ("Travel by train is reimbursed at 30 cents a kilometre.", TRAVEL),
        ("Travel by car is reimbursed in full.", TRAVEL),
        ("Domains are free after the first year.", DOMAINS),
        ("Domains cost $15 in the first year.", DOMAINS),
        ("After six weeks, sick pay is 100%.", SICK_WEEKS),
        ("Sick pay is 70% for six weeks.", SICK_WEEKS),
        ("Other employees have a notice period of two weeks.", NOTICE),
        ("All others get 30 days of leave.", LEAVE),
        ("General waste is collected once a month.", BINS),
        ("General waste is collected monthly.", BINS),
        ("Garden waste is collected every week.", BINS),
        ("Food waste is collected every two weeks.", BINS),
        ("Filters are cleaned every year.", FILTERS),
        ("Tanks are cleaned every year.", FILTERS),
        ("Day guests may use the lounge at any time.", LOUNGE),
        ("Members may use the lounge until 8 pm.", LOUNGE),
        ("Quiet hours are all day.", QUIET),
        ("During exam periods, quiet hours are from 10 pm to 7 am.", QUIET),
        ("When accompanied by an adult, riders must be at least 16 years old.", RIDERS),
        ("Riders must be at least 14.", RIDERS),
        ("The Basic plan includes 100 GB.", PLANS),
        ("The Team plan includes 5 GB.", PLANS),
        ("Backups are kept for 30 days on the Business plan.", BACKUPS),
        ("Backups are kept for a year.", BACKUPS),
        ("Gold members can book classes seven days ahead.", CLASSES),
        ("Classes can be booked ten days ahead.", CLASSES),
        ("On Mondays students pay £9.", STUDENTS),
        ("In business class, luggage may weigh 20 kg.", LUGGAGE),
        ("Luggage may weigh 30 kg.", LUGGAGE),
        ("You are paid 60% if you are ill.", SICK_PAY),
        ("You are paid 80% if your child is ill.", SICK_PAY),
        ("You may defer twice.", DEFERRALS),
        ("Films may be borrowed for three weeks.", LOANS),
        ("Books may be borrowed for one week.", LOANS),
        ("If a payment fails, we lock the workspace after three days.", PAYMENTS),
        ("If a payment fails, we try again after ten days.", PAYMENTS),
        ("The boiler is checked after fifteen years.", BOILER),
        ("Transfers before 4 pm arrive the next working day.", TRANSFERS),
        ("Transfers after 4 pm arrive the same day.", TRANSFERS),
        ("Transfers arrive the next working day.", TRANSFERS),
        ("Applications before 1 May are decided in September.", APPLICATIONS),
        ("Later applications are decided in June.", APPLICATIONS),
        ("Claims under £100 are paid after a check.", CLAIMS),
        ("Kids pay £12 for a day ticket.", TICKETS),
    ],
)
def test_a_value_of_another_case_is_known(claim: str, sentence: str) -> None:
    assert told_of_another_case(claim, sentence, frozenset())


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("On long-haul flights boarding closes 45 minutes before departure.", BOARDING),
        ("Boarding closes 20 minutes before departure.", BOARDING),
        ("The desk is staffed from 8 am to 6 pm.", DESK),
        ("On Fridays the desk is staffed from 8 am to 3 pm.", DESK),
        ("Computers can be used for two hours a day with a library card.", COMPUTERS),
        ("Computers can be used for an hour a day.", COMPUTERS),
        ("Results of biopsies arrive after ten days.", RESULTS),
        ("Results arrive within two days.", RESULTS),
        ("Miles expire after 36 months.", MILES),
        ("Travel by train is reimbursed in full.", TRAVEL),
        ("Travel by car is reimbursed at 30 cents a kilometre.", TRAVEL),
        ("Domains cost $15 a year after the first year.", DOMAINS),
        ("Domains are free in the first year, after that they cost $15 a year.", DOMAINS),
        ("After six weeks, sick pay is 70%.", SICK_WEEKS),
        ("Sick pay is 100% for six weeks.", SICK_WEEKS),
        ("Other employees have a notice period of two months.", NOTICE),
        ("All others get 26 days of leave.", LEAVE),
        ("Teachers get 30 days of leave, others get 26 days.", LEAVE),
        ("Adults and other visitors pay £9 on weekdays.", "Adults and guests pay £9 on weekdays, at weekends £12."),
        ("Backups are kept for 30 days.", BACKUPS),
        ("On the Business plan, backups are kept for a year.", BACKUPS),
        ("Backups are kept for 30 days, or for a year on the Business plan.", BACKUPS),
        ("Gold members can book classes ten days ahead.", CLASSES),
        ("Students pay £5 on Mondays.", STUDENTS),
        ("Luggage may weigh 20 kg unless you travel in business class.", LUGGAGE),
        ("Luggage may not weigh more than 20 kg outside business class.", LUGGAGE),
        ("If your child is ill, you are paid 60%.", SICK_PAY),
        ("You may defer twice if your doctor writes a note.", DEFERRALS),
        ("Films may be borrowed for one week.", LOANS),
        ("Books can be borrowed for three weeks.", LOANS),
        ("We lock the workspace ten days after a payment fails.", PAYMENTS),
        ("When a payment fails, we try again after three days.", PAYMENTS),
        ("The boiler is replaced after fifteen years.", BOILER),
        ("Transfers before 4 pm arrive the same day.", TRANSFERS),
        ("Transfers after 4 pm arrive the next working day.", TRANSFERS),
        ("Later applications are decided in September.", APPLICATIONS),
        ("Higher claims are paid after a check.", CLAIMS),
        ("A day ticket costs £12.", TICKETS),
        ("Kids pay £6 for a day ticket.", TICKETS),
        ("Parking costs £2 an hour.", "Parking costs £2 an hour, at most £15 a day."),
        ("Orders ship within three days.", "Orders are checked within one day and sent within three days."),
    ],
)
def test_a_value_with_its_own_case_is_let_through(claim: str, sentence: str) -> None:
    assert told_of_another_case(claim, sentence, frozenset()) is None


def test_a_case_that_is_asked_about_need_not_be_said() -> None:
    assert told_of_another_case("You can book classes ten days ahead.", CLASSES, frozenset({"gold", "memb"})) is None


@pytest.mark.parametrize(
    ("claim", "page", "goes_out"),
    [
        ("We lock the workspace ten days after a payment fails.", PAYMENTS, True),
        ("We lock the workspace three days after a payment fails.", PAYMENTS, False),
        ("Files are kept for 90 days on the Team plan.", "Files are kept for 10 days, on the Team plan for 90.", True),
        ("Files are kept for 10 days on the Team plan.", "Files are kept for 10 days, on the Team plan for 90.", False),
        ("Films may be borrowed for one week.", LOANS, True),
        ("Films may be borrowed for one month.", LOANS, False),
        ("You are paid 60% if your child is ill.", SICK_PAY, True),
        ("You are paid 60% if you are ill.", SICK_PAY, False),
        ("Miles never expire for Gold members.", MILES, True),
        ("Miles never expire.", MILES, False),
        ("For Silver members, miles never expire.", MILES, False),
        ("For children, a day ticket does not cost £6.", TICKETS, False),
        ("On the Business plan, backups are not kept for a year.", BACKUPS, False),
        ("Members pay for 10.", "Members stay for two weeks and pay for 10.", True),
        ("Members pay for 10 weeks.", "Members stay for two weeks and pay for 10.", False),
        ("Tables are set for two, four or eight.", DINNER, True),
        ("The room is reserved for 12.", BREAKS, True),
        ("The room is reserved for 12 minutes.", BREAKS, False),
        ("Books can be lent for four weeks and audiobooks for two.", AUDIOBOOKS, True),
        ("Books are lent for two weeks and audiobooks for four.", AUDIOBOOKS, False),
        ("Audiobooks are lent for two weeks.", AUDIOBOOKS, True),
        ("Your pet must not drink for two hours before surgery.", SURGERY, True),
        ("Your pet must not eat for two hours before surgery.", SURGERY, False),
        ("Food waste is collected every week.", BINS, True),
        ("Garden waste is collected monthly.", BINS, True),
        ("General waste is collected every two weeks and food waste every week.", BINS, True),
        ("General waste is collected every week.", BINS, False),
        ("Pumps are cleaned every year.", FILTERS, True),
        ("Tanks are cleaned every year.", FILTERS, False),
        ("Rooms are cleaned every week.", "Rooms are cleaned every two weeks.", False),
        ("Members may use the lounge at any time.", LOUNGE, True),
        ("During exam periods, quiet hours are all day.", QUIET, True),
        ("When accompanied by an adult, riders must be at least 14 years old.", RIDERS, True),
        ("Riders must be at least 16 years old.", RIDERS, True),
        ("The Team plan includes 20 users and 100 GB.", PLANS, True),
        ("A trial lasts 14 days.", TRIAL, True),
        ("A trial lasts 30 days.", TRIAL, False),
        ("A trial lasts 14 days if you add a card.", TRIAL, False),
        ("A trial lasts 14 days.", "A trial lasts 14 days if you add a card, or 30 days for schools.", False),
    ],
)
def test_a_value_goes_out_with_its_case_and_its_unit(claim: str, page: str, goes_out: bool) -> None:
    passage = Passage("d#0", "d", "s", "Help", "https://x/d", "Information", page, 0)
    assert bool(Grounding([passage], "What are the rules?").check(claim)) is goes_out


@pytest.mark.parametrize(
    "sentence",
    [
        "others get 3 days, all other days before " * 400,
        "in the first in the first week, after that never " * 300,
        "within the " * 4_000 + "day, after that 5 days",
        "for 3 days, in a 4 days " * 900,
        "for " * 5_000,
        ", on a 5% " * 4_000,
        " " * 20_000,
        "for 3, " * 4_000,
        "and must be for 2 " * 2_000,
    ],
)
def test_a_long_sentence_is_read_at_once(sentence: str) -> None:
    with timed() as took:
        told_of_another_case(
            "For others, the deposit is held for 3 days after the first week.",
            f"It is for 3 days {sentence}",
            frozenset(),
        )
        with_units(f"It is for 3 days {sentence}")
        told_of_another_case(sentence, f"It is for 3 days, others get 4 days {sentence}", frozenset())
    assert took.seconds < AT_ONCE_S
