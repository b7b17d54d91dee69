"""Those of whom pages speak: the company and its staff, who reads the page, sorts of people, and other parties."""

from __future__ import annotations

import re

INSTITUTIONS = (
    r"compan(?:y|ies)|shops?|stores?|business|library|libraries|schools?|colleges?|universit(?:y|ies)|facult(?:y|ies)|"
    r"museums?|galler(?:y|ies)|theat(?:re|er)s?|hotels?|hostels?|restaurants?|practices?|surger(?:y|ies)|clinics?|"
    r"hospitals?|pharmac(?:y|ies)|councils?|cit(?:y|ies)|county|municipality|authority|ministry|agency|association|"
    r"society|charity|foundation|club|gym|studio|centre|center|ltd|limited|inc|llc|plc|gmbh|corporation"
)
STAFF = (
    r"teams?|staff|departments?|desks?|offices?|reception|receptionists?|warehouses?|kitchens?|canteens?|payroll|hr|"
    r"human resources|housekeeping|helpdesk|support|administration|registrars?|managers?|teachers?|doctors?|nurses?|"
    r"guides?|instructors?|trainers?|advis[eo]rs?|cleaners?|librarians?|technicians?|engineers?|dentists?|hygienists?|"
    r"therapists?|specialists?|pharmacists?|mechanics?"
)
OURS = re.compile(rf"\b(?:(?:we|us|ours?)\b|(?:{INSTITUTIONS}|{STAFF})$)", re.IGNORECASE)
"""Who does what "we" do: us, or what pages call the company and those who work for it."""
OUTSIDERS = "employers?|landlords?|banks?|couriers?|carriers?|manufacturers?|insurers?|suppliers?"
"""Whom no page calls "we" that is not their own."""
NOT_OURS = re.compile(
    rf"\b(?:{OUTSIDERS}|partners?|agents?|airlines?|sellers?|vendors?|contractors?|ombudsman|governments?)\b",
    re.IGNORECASE,
)
"""Who does something else than "we" do, though they may be called ours."""
ACTS_FOR_US = re.compile(
    r"\b(?:couriers?|carriers?)\b|^\W*our\s(?!.*\b(?:employers?|landlords?|banks?|manufacturers?|insurers?|suppliers?|"
    r"airlines?|sellers?|vendors?|ombudsman|governments?)\b)",
    re.IGNORECASE,
)
"""Who is sent or hired by us, so that we do what he does."""
ANYBODY = r"any(?:one|body)|every(?:one|body)|who(?:ever)?|those|people|persons?|individuals?"
CUSTOMERS = "customers?|buyers?|clients?|users?|purchasers?|consumers?|guests?|subscribers?|members?"
READERS = rf"yours?|{CUSTOMERS}"
ALL = re.compile(rf"\b(?:{ANYBODY})\b", re.IGNORECASE)
READER = re.compile(rf"\b(?:{READERS})\b", re.IGNORECASE)
READER_ALONE = re.compile(r"^\W*(?:customers|buyers|clients|users|purchasers|consumers)\W*$", re.I)
PEOPLE = (
    r"applicants?|residents?|visitors?|patients?|passengers?|travell?ers?|students?|pupils?|parents?|tenants?|drivers?|"
    r"owners?|holders?|citizens?|veterans?|taxpayers?|employees?|staff|workers?|borrowers?|participants?|candidates?|"
    r"learners?|readers?|renters?|families|family|spouses?|survivors?|children|child|adults?|beneficiar(?:y|ies)|"
    r"(?:both|each|either) partners?"
)
ADDRESSED = re.compile(rf"\b(?:{ANYBODY}|{READERS}|{PEOPLE}|you)\b", re.IGNORECASE)
"""Whom a page may mean that says "you" elsewhere."""
ADDRESSED_NOUN = re.compile(rf"\b(?:{PEOPLE}|households?)\W*$", re.IGNORECASE)
PERSON = re.compile(
    r"^\W*(?:(?:each|every|any|an?|all|most)\s)?(?:[\w-]+\s){0,2}(?:households?|[\w-]+graduates?|admins?|"
    r"(?:each|every|any|an?)\s[\w-]+(?:er|or|ist|ant|ian)|[\w-]+(?:ers|ors|ists|ants|ians|(?<=[a-z]{4})ees))$",
    re.IGNORECASE,
)
"""A sort of people, by the ending of its name: "shoppers", "each policyholder", but "the landlord"."""
SAME_PEOPLE = ("child kid", "senior pensioner")
"""Words for the same people."""
SELDOM_MEANT = re.compile(r"\b(?:child|children|kids|infants?|babies|seniors?|pensioners?)\b", re.IGNORECASE)
"""Who hardly asks himself."""


def is_people(subject: str) -> bool:
    """Whether a subject is a sort of people of whom the reader may be one."""
    if ADDRESSED.search(subject):
        return True
    return bool(PERSON.search(subject)) and not (OURS.search(subject) or NOT_OURS.search(subject))
