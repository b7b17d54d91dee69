"""The questions of a message that asks several: "How long is the warranty in the EU, and how can I pay?"

A message is cut by the usual wordings of English questions, and only where none of them leans on another by a word:
"Do you ship to Hawaii and what does it cost?" stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.text.facts import telling_words
from bot.understanding import intents
from bot.understanding.mails import own_words, without_signature
from bot.understanding.spelling import as_read
from knowledge.territories import is_territory, plain, territories

MAX_QUESTIONS = 4
"""A message that asks more is answered as a whole."""
_MAX_CHARS = 1_000
_LEAST_WORDS = 3
_NAMED_WORDS = 5
"""Of a matter that stands in a list of questions."""
_DOES = r"(?:do|does|did|is|are|was|were|can|could|may|might|will|would|shall|should|must|has|have|had|am)(?:n['’]t)?"
_PEOPLE = r"(?:i|we|you|he|she|it|they|customers|people|there)"
_OURS = rf"(?:{_PEOPLE}|the|my|our|your)"
_SOMEBODY = rf"(?:{_OURS}|an?|all|any|some)"
_ASKED_WITH = (
    r"(?:(?:within|until|till|by|from|for|at|in|on|to|with)\s+)?"
    r"(?:how|what|when|where|which|why|who|whom|whose)"
    rf"(?:\s+(?!(?:{_SOMEBODY}|to)\b)[\w'’-]+){{0,4}}?\s+{_DOES}\b"
)
"""With the verb before whom it is about: "how can I pay" is a question, "how I can pay" is what one is about."""
_WHO = rf"(?:who|what)\s+(?!is\b|was\b)[a-z]+s\s+(?!{_SOMEBODY}\b)|(?:how|what|when|where|who)['’]?s\s"
# Without a comma it tells of somebody: "a student who rents and who pays the bills".
_WHO_PAYS = r"(?<=, and )who\s+(?:pays|covers|bears|gets)\s"
_PLURAL = r"\s+(?:[\w'’-]+\s+){0,2}?[a-z]{3,}s\s"
# "have the papers" goes on with what was asked, "have you the papers" is asked.
_HAVE = r"(?:has|have|had)\s+(?:i|we|you|he|she|it|they)\b"
_BEGINS = (
    rf"(?:{_ASKED_WITH}|{_WHO}|(?!ha[sdv]){_DOES}\s+{_SOMEBODY}\b|{_HAVE}"
    rf"|(?:do|does|did|are|can|will){_PLURAL})"
)
# So do "do an exchange", "was a gift" and "are always in stock" within a sentence.
_GOES_ON = (
    rf"(?:{_ASKED_WITH}|{_WHO}|{_WHO_PAYS}|(?!ha[sdv]){_DOES}\s+{_OURS}\b|{_HAVE}|(?:do|does|did|can|will){_PLURAL})"
)
# After "Can you tell me when you open" so does "how long delivery will take".
_TOLD_WITH = r"(?:how(?:\s+(?:much|many|long|often|soon|fast))?|when|where)"
_GOES_ON_TELLING = (
    rf"(?:{_ASKED_WITH}\s+{_SOMEBODY}\b|{_WHO_PAYS}|(?!ha[sdv]){_DOES}\s+{_PEOPLE}\b|{_HAVE}"
    rf"|{_TOLD_WITH}\s+(?:i|we|you)\b)"
)
_ORDINAL = r"(?:first(?:ly)?(?: of all)?|second(?:ly)?|third(?:ly)?|fourth|next|then|finally|last(?:ly)?)"
JOINING_SIGN = r"\s+[&+/]\s+"
JOINING_WORD = r"(?:and|also|plus|but)"
"""What joins what is asked to what stands before it."""
_AND = (
    rf"(?:(?:\s*(?:[,;…]|\.\.\.)\s*|{JOINING_SIGN})(?:{JOINING_WORD}\s+)?|\s+{JOINING_WORD}\s+)"
    rf"(?:{_ORDINAL},\s+)?"
)
_QUESTION = re.compile(_BEGINS, re.IGNORECASE)
_WHETHER = re.compile(rf"{_DOES}\s", re.IGNORECASE)
_IS_SOMETHING = re.compile(
    r"(?:is|are|was|were|does)\s+(?!(?:[a-z]+ed|about|all|already|also|always|at|bad|broken|fine|for|from|good|in|just|late|"
    r"like|missing|never|no|not|now|on|only|out|over|quite|really|so|still|too|under|very|with|working)\b)"
    r"[a-z'’-]+\s+[a-z]",
    re.IGNORECASE,
)
"""A question without an article, where another is joined to it: "is parking free and how do I pay".

"Is out of stock" is none.
"""
_NO_THING = (
    r"\w+ly|about|again|all|already|also|always|an?|and|are|as|at|bad|both|broken|but|by|either|even|ever|fine|for|from|good|"
    r"how|if|in|is|just|late|like|missing|more|most|much|neither|never|no|not|now|of|on|only|or|otherwise|out|over|quite|"
    r"rather|so|still|than|therefore|thus|to|too|under|very|what|when|which|who|why|with|working"
)
_QUALITY = (
    r"accepted|accessible|allowed|available|charged|closed|compulsory|covered|extra|free|heated|included|insured|"
    r"mandatory|needed|offered|open|optional|permitted|possible|provided|refundable|required|tracked"
)
_IS_A_THING = rf"(?:is|are)\s+(?:(?!(?:{_NO_THING})\b)[a-z'’-]+\s+){{1,3}}?(?:{_QUALITY})\b"
"""The same of what is usually asked of a thing: "is street parking free"."""
_NEXT = re.compile(f"{_AND}(?={_GOES_ON})", re.IGNORECASE)
_NEXT_IS = re.compile(f"{_AND}(?={_IS_A_THING})", re.IGNORECASE)
_SAYS_OF_A_THING = re.compile(
    r"^(?:which|who)\b|\s(?:although|because|if|that|when|where|which|while|who|whose)\b", re.IGNORECASE
)
"""A sentence with a clause that "and is tax free" may go on with."""
_SAYS_WHO = re.compile(r"\s*,\s*who['’]?s\s", re.IGNORECASE)
"""How a clause begins that says of somebody who that is: "my brother, who's a member, too"."""
_NEXT_TELLING = re.compile(f"{_AND}(?={_GOES_ON_TELLING})", re.IGNORECASE)
_TELLING = re.compile(r"\b(?:tell me|let me know|know|explain|wonder(?:ing)?|find out)\b", re.IGNORECASE)
# "I bought a kettle, how long is the warranty?": what stands in front of a question in its sentence.
_FRONT = re.compile(
    r"(?:\s*[,;:]\s*|\s+[-–—]\s+)"
    rf"(?:(?:and|but|so|also|{_ORDINAL},)\s+)?(?!(?:which|who|whom|whose)\s+{_DOES}\b)(?={_GOES_ON})",
    re.IGNORECASE,
)
"""Before no clause that says more of what stands there: "My kettle, which was a gift"."""
_SENTENCE_END = re.compile(
    r"(?<=[?!.])(?<!\b(?i:Mr|Ms|Dr|St)\.)(?<!\b(?i:Mrs)\.)\s+|\n+"
    rf"|(?<=[?!])(?=(?i:{_BEGINS})|[A-Z][a-z]*\s)"
)
"""Also without a blank: "How long is the warranty?How can I pay?" """
_SIGNS = r"\s*(?:(?!\U0001f3f4)[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff\ufe0f\u200d])+\s*"
"""Emoji; flags tell of a place."""
_SIGNS_BEFORE = re.compile(rf"{_SIGNS}(?={_GOES_ON})", re.IGNORECASE)
_SIGNS_WITHIN = re.compile(_SIGNS)
_BULLET = "• "
_ITEM = re.compile(r"^[ \t]*(?:\(?\d{1,2}[.)]|[-*•])[ \t]+", re.MULTILINE)
# "1) … 2) …" on one line. A figure with a point is no mark within a sentence: "order no. 4".
_MARK = re.compile(
    r"(?:^[ \t]*|(?P<end>[?!.:;,])(?:\s*(?:and|also)\b)?[ \t]+)"
    r"(?:\(?(?P<number>\d{1,2}|[a-h])\)|(?P<figure>\d{1,2})\.|q(?:uestion)?[ \t]?(?P<asked>\d{1,2})[.:)])[ \t]+"
    r"|(?:,?\s+(?:and|also)\b)?[ \t]\(?(?P<within>\d{1,2}|[a-h])\)[ \t]+",
    re.IGNORECASE | re.MULTILINE,
)
_DASH = re.compile(r"(?<=\?)[ \t]+[-*•][ \t]+")
_OPENING = re.compile(
    rf"^(?:(?:and|also|but|plus|then|so|ok|okay|hi|hello|please|thanks|@[\w.-]+:?|{_ORDINAL}[,:]|n(?=\s+{_BEGINS})),?\s+)+",
    re.IGNORECASE,
)
_GREETS = re.compile(r"(?:hiya|hi|hello|hey|dear|greetings|good (?:morning|day|evening|afternoon))\b", re.IGNORECASE)
_GREETING = re.compile(
    rf"(?i:{_GREETS.pattern})"
    r"(?:\s+(?:(?i:there|all|team|everyone|everybody|folks|guys|sir|or|and|madam|(?:customer )?(?:support|service)|"
    r"again|to|you)\b"
    r"|(?:(?i:mrs?|ms|dr)\b\.?\s+)?[A-ZÀ-Þ](?:[a-zß-ÿ'’-]|(?<=Mc)[A-Z]|(?<=['’-])[A-Z])*(?![\w'’-])\.?)){0,6}?"
    rf"(?:\s*(?:[,:;!.–—-]+\s+|[,:;!.–—-]*$)|\s+(?=(?i:{_GOES_ON})))"
)
"""With the people it greets; "Hi kettle broke", "Hi BrewMaster 300 here" and "Hi UK customer" greet nobody by name."""
_ANNOUNCES = re.compile(
    r"(?:(?:i|we|have|got|['’]?ve|['’]d|would|like|to|ask|here|are|is|just|my|our|an?|another|few|couple|of|some|several|"
    r"these|the|following|one|two|three|four|\d|quick|short|more|other)\s+){0,8}?(?:questions?|things?|points?)"
    r"(?: for you| to ask| please| today)*\W*",
    re.IGNORECASE,
)
_ON_CONDITION = re.compile(
    r"(?:(?:even|what|only|but) )*(?:if|unless|because|when|while|since|though)\b", re.IGNORECASE
)
_TAG = re.compile(
    r",\s*(?:right|ok|okay|yes|no|yeah|correct|true|eh|(?:is|are|do|does|did|was|were|have|has)n['’]?t \w+)\?$",
    re.IGNORECASE,
)
"""How a statement ends that is only said as a question: "You sell kettles, right?" """
_ONE = (
    r"(?-i:ones?|ONES?)(?:(?<=\bones)|(?<=\b(?:which|other|right|wrong|first|small|large) one)"
    r"|(?<=\b(?:this|that|each|next|last) one)|(?<=\b(?:the|new|any|old|big) one)|(?<=\banother one)|(?<=\bsecond one)"
    r"|(?<!\b(?:step|part|page|week|year|zone) one)(?<!\b(?:level|phase) one)(?<!\b(?:number|option) one)"
    r"(?=\s*(?:[^\s\w'’/-]|$)|\s+(?:is|are|was|do|does|did|can|could|will|would|has|have|in|at|on|by|with|without|for|from|"
    r"if|when|as|to(?!\s+(?:two|three|\d))|i|we|you|they|please|too|again|back|instead|later|now|online|afterwards?|myself|"
    r"costs?|works?|takes?)\b))"
)
"""A word for a thing: "which one", "create one"; not in "one day", "one of my colleagues", "City One", "step one"."""
_LEANS = re.compile(
    rf"^which\s+{_DOES}\b|^if (?:so|not|yes|no)\s*(?:,|\b(?={_BEGINS}))|"
    rf"\b(?:its?|they|them|theirs?|that|this|these|those|{_ONE}|same|both|else|otherwise|(?<!is )(?<!are )there"
    r"|do so|give me|elaborate|be (?:more )?(?:specific|precise|exact))\b",
    re.IGNORECASE,
)
_THING_BEFORE = re.compile(rf"\b(?:its?|they|them|theirs?|{_ONE})\b", re.IGNORECASE)
"""A word for what was named before."""
_OF_THE_MATTER = re.compile(
    r"\W*what(?:['’]?s|\s+(?:is|are))\s+the\s+(?:opening\s+)?(?:charge|condition|cost|deadline|deposit|duration|fee|"
    r"hour|interest|limit|maximum|minimum|price|rate|requirement|rule|time)s?\W*",
    re.IGNORECASE,
)
_ADDS = re.compile(r"\W*(?:and|or|but|so|then|ok|okay|yes|no|also|what about|how about|what if|why)\b", re.IGNORECASE)
_OPEN_END = re.compile(r"\bif (?:so|not|yes|no)$", re.IGNORECASE)
_OR = re.compile(r"\s*,\s*(?:or\s+)?|\s+or\s+", re.IGNORECASE)
_MODEL = re.compile(r"(?:[\w-]+ ){0,2}?[\w-]*\d[\w-]*")
_BEFORE_IT = r"\W*(?:(?:ah|actually|and|but|hm+|no|nope|oh|ok|okay|sorry|well|thanks|wait)\W+)*"
_NEVER_MIND = re.compile(
    rf"{_BEFORE_IT}(?:never ?mind(?: (?:that|it|then))?\s+(?={_BEGINS})"
    r"|(?:never ?mind(?: (?:that|it))?|(?:please )?forget (?:about )?(?:it|that|this)"
    r"|vergessen sie(?: (?:das|es))?|vergiss (?:das|es)|egal"
    r"|laissez tomber|laisse tomber|peu importe|oubliez(?: (?:ça|cela))?"
    r"|olvídelo|olvídalo|déjalo|lascia perdere|lasci perdere|non importa|esqueça|esquece|deixa|laat maar)"
    r"(?:,? (?:then|please|though))?\s*[,.:;!?…–—-]+\s*)",
    re.IGNORECASE,
)
"""How somebody leaves what was asked before."""
_ANOTHER = re.compile(
    rf"{_BEFORE_IT}(?:(?:on )?something else"
    r"|(?:(?:just|i have|i['’]ve got|now) )*(?:an?other|(?:a )?(?:different|new)) (?:question|topic|subject|thing)"
    r"|(?:eine )?(?:andere|neue) frage|(?:une )?autre question|otra pregunta|(?:un['’])?altra domanda"
    r"|outra (?:pergunta|questão)|(?:een )?andere vraag)"
    r"(?:,? (?:then|please|though))?\s*[,.:;!?…–—-]+\s*",
    re.IGNORECASE,
)
"""How somebody announces a question that may be about what was asked before."""
_MEANT = re.compile(
    rf"{_BEFORE_IT}(?:i (?:meant|mean)|(?:nein,? |sorry,? )?ich (?:meinte|meine))\s+"
    r"(?:(?:the|an?|de[rn]|die|das|eine?n?)\s+)?"
    r"(?!(?:how|what|when|where|which|who|why|it|that|this|to|as|at|by|for|from|in|of|on|per|with|without|if|after|before|"
    r"during|not|only|just|does|do|did|is|are|can|come|fast|now|today|tonight|tomorrow|als|am|auf|bei|für|im|mit|nach|"
    r"nicht|ohne|pro|von|vor|zu|zum|zur|\d[\w'’-]*|\w+ly)\b)"
    r"(?P<thing>[\w'’-]+(?: [\w'’-]+){0,3}?)(?: instead)?\W*",
    re.IGNORECASE,
)
"""How somebody names what they meant instead."""
_ASKS_OF_A_THING = re.compile(
    r"(?:(?:hi|hello|hey|and|so|ok|okay)\W+)*"
    r"(?P<asks>(?:how much|how long|when|where|what|who)(?:['’]?s|\s+(?:is|are|was|were))(?:\s+the)?"
    r"|(?:do you (?:have|offer|sell|rent|do))(?:\s+an?)?|is there(?:\s+an?)?"
    r"|(?:wann|wo|wer|was|wie ?viel)\s+(?:ist|sind|kostet|kosten|öffnet|öffnen)"
    r"(?:\s+(?:der|die|das|ein|eine|einen))?)\s+"
    r"(?!(?:i|we|you|it|they)\b)[\w'’-]+(?:\s+(?!(?:i|we|you|it|they)\b)[\w'’-]+){0,3}?"
    r"(?P<done>\s+(?:\w+ed|built|closed|due|free|held|kept|made|open|paid|ready|sent|served|sold|told|valid))?"
    r"(?P<where>\s+(?:in|at|for|to|from)\s+(?:the\s+)?\w+)?\W*$",
    re.IGNORECASE,
)
"""A question that names a thing, and at times where: "When is check-in in Spain?" """
_SEVERAL = re.compile(r"[^\W\dsu]s$", re.IGNORECASE)
"""How the name of several things ends."""
_OF_SEVERAL = (
    (re.compile(r"(?:['’]s|\s+is)(?=(?:\s+the)?$)", re.IGNORECASE), " are"),
    (re.compile(r"\s+was(?=(?:\s+the)?$)", re.IGNORECASE), " were"),
    (re.compile(r"\s+an?$", re.IGNORECASE), ""),
)
"""How several things are asked about, given how one is."""
_PASSED_OVER = re.compile(
    rf"{_BEFORE_IT}never ?mind(?: \w[\w'’-]*){{1,6}}?\s*(?:[,.:;!…]|\s[–—-]+)\s*(?={_BEGINS})", re.IGNORECASE
)
"""How somebody leaves a detail: "Never mind the postage, how long do I have?" """
_THANKED = re.compile(
    r"\s*(?P<said>[^\W\d_][^.!?,;:…\n]{0,60}?)"
    r"(?:\s*[.!,;:…–—-]+(?:\s|\n)+|\s+(?=(?:and|n|but|so(?! (?:much|very)\b)|also|what about|how about)\s))(?=\S)",
    re.IGNORECASE,
)
"""What stands before the rest of a message, and may be nothing but thanks."""
_N = re.compile(r"n\s+(?P<rest>\w.*)", re.DOTALL)
_JUST_TELL = re.compile(r"(?:(?:please|just)\s+)*(?:tell|give|show|say|answer)\b(?!.*\?)", re.IGNORECASE)
_MANNERS = re.compile(
    r"(?:(?:and|so|ok|okay|hi|hello|hey|please),?\s+)*(?:"
    r"(?:can|could|would|will) (?:you|i|we|someone|somebody|anyone|anybody) (?:please |just |quickly )?"
    r"(?:help|assist|explain|ask|get|have)(?: me| us| you)?"
    r"(?: something| some help| help| (?:a|one|some) (?:quick )?questions?| out| with (?:this|that|something))?"
    r"|do you (?:have|got) (?:a |any |some )?(?:minute|moment|second|sec|time)"
    r"|are you (?:there|here|online|available|real|human|a (?:\w+ )?(?:bot|robot|human|person|machine))"
    r"|do you (?:understand|know)(?: me)?|(?:am i|are we) right here"
    r"|(?:(?:are )?(?:you|u|ya) )?(?:(?:fucking|freaking|actually|even) )?(?:kidding|joking)(?: me)?(?: right now)?"
    r"|are (?:you|u|ya) (?:(?:fucking|freaking|actually|even|for) )?"
    r"(?:serious|real|crazy|mad|insane|out of your minds?)(?: right now)?"
    r"|(?:is|was) (?:this|that|it) (?:(?:supposed|meant) to be )?(?:(?:a|an|some kind of|your idea of a) )?"
    r"(?:(?:bad|sick|cruel|fucking) )?(?:joke|prank|for real|serious)"
    r"|(?:oh )?(?:really|seriously|for real)|what the (?:hell|heck|fuck)|wtf"
    r"|(?:ist|soll) (?:das|dies)(?: jetzt)?(?: ein)? (?:witz|scherz|(?:ihr|euer|dein) ernst)(?: sein)?"
    r"|(?:meinen sie|meint ihr|meinst du) das ernst"
    r"|(?:willst du|wollt ihr|wollen sie) mich ver(?:äppeln|arschen)"
    r"|(?:c['’]est|est-ce) une (?:blague|plaisanterie)|vous (?:plaisantez|vous moquez de moi)|tu (?:plaisantes|rigoles)"
    r"|¿?(?:es|esto es) una broma|¿?me est[aá]s? tomando el pelo|¿?(?:lo dices|habla) en serio"
    r"|(?:è|e) uno scherzo|(?:stai|state|sta) scherzando|mi prend(?:i|ete|e) in giro"
    r"|(?:isso |isto )?[ée] (?:uma )?(?:brincadeira|piada)|est[aáã]o? (?:a )?brinca(?:ndo|r)(?: comigo)?"
    r"|is dit een grap|meen je dat|meent u dat(?: nou)?"
    r"|(?:how|what)(?:['’]s| is| are) (?:it|things|everything|you|up)(?: going| doing| today)*"
    r")(?:,? (?:please|today|now|for me))*\W*",
    re.IGNORECASE,
)
"""What is asked to be polite, or of the bot itself; or in anger; it needs no answer where something else is asked
beside it."""
_SAYS_NOTHING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|day|evening|afternoon)|cheers|please|questions?"
    r"|(?:many |kind )?(?:thanks|thank you)(?: so much| very much)?(?: in advance| a lot)?"
    r"|(?:best|kind|warm|many) (?:regards|wishes)|regards|sincerely|best)(?:,? \w+)?\W*",
    re.IGNORECASE,
)


_TOLD = re.compile(rf"({_TOLD_WITH})\s+(i|we|you)\s+(can|could|should|will|would|may|must)\b", re.IGNORECASE)
"""A question as it is told of: "how I can pay"."""
_NO_MATTER = re.compile(
    r"(?:how|what|when|where|which|why|who|whom|whose)\b.*"
    r"|(?:any|some) ?(?:one|body|where|ideas?|thoughts?|help|advice|tips?|suggestions?|updates?|news|luck|chance)"
    r"(?: \w+)?|(?:for|in|at|on|with|by|from|to|of|as|without) .*"
    r"|(?:(?:but|oh|so|and|not|for|how|are you|is that) )*(?:really|seriously|serious|honestly|sure|right|correct|true|"
    r"possible|come|thoughts?|ideas?|questions?|please|what|why|who|when|where|how|which|huh|wtf|yes|no|maybe|wirklich|"
    r"echt|ernsthaft|vraiment|serieux|sérieux|davvero|en serio|sério|echt waar)",
    re.IGNORECASE,
)
"""What is said with a mark, and asks about nothing by itself."""
_STATES = re.compile(
    rf"\d|[.!:]|\b(?:{_DOES}|i|we|you|my|our|mine|he|she|they|please|thanks?|hi|hello|hey|dear|regards|broken|broke|\w+ed)\b",
    re.IGNORECASE,
)
"""What stands in a statement, and not in the name of what is asked about."""
_AMOUNT = re.compile(
    r"\W*(?:(?:so|only|just|over|about|like|wow|what|but|and)\W+)*"
    r"(?:[$€£]\s?\d[\d.,]*|\d[\d.,]*\s?(?:[$€£]|(?:euros?|eur|dollars?|usd|bucks|pounds?|gbp|quid|francs?|chf|cents?)\b))"
    r"(?:\s?(?:per|an?|each|every|/)\s?\w+){0,2}\W*",
    re.IGNORECASE,
)
"""What somebody repeats of what was told, and may wonder at: "30 euros per hour?" """
_LITTLE = 2
"""Telling words with which a question may be about the one before it."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question of a message, and what stands in front of one before it in the message and counts for it, too."""

    text: str
    front: str = ""
    short: bool = False
    """A matter that is only named: "Warranty?" """
    joined: str = ""
    """What joins it to the question before it in its sentence: " and "."""

    @property
    def whole(self) -> str:
        """With both: "I bought a kettle, how long is the warranty"."""
        return f"{self.front}{self.text[:1].lower()}{self.text[1:]}" if self.front else self.text


def questions_in(message: str) -> tuple[str, ...]:
    """Return the questions of a message, each with the statements beside them; empty where it is rather one.

    They are as they were typed, unless what is written short keeps them from being told apart: "r u open n do u ship".
    """
    return _most(_complete_questions_in, message)


def items_in(message: str) -> tuple[str, ...]:
    """Return the items of a message that is nothing but a list of such, without what marks and joins them."""
    lines = [line for line in map(str.strip, _in_items(own_words(message)).splitlines()) if line]
    items = tuple(_OPENING.sub("", line.removeprefix(_BULLET)) for line in lines if line.startswith(_BULLET))
    return items if 1 < len(items) == len(lines) <= MAX_QUESTIONS and all(items) else ()


def one_by_one(question: str) -> tuple[str, ...]:
    """Return what is asked beside a reply, mark by mark: "Check-out? And is there parking?"; empty where it is one."""
    asked = [_OPENING.sub("", one) for one in re.split(r"(?<=\?)\s+", question.strip())]
    each = tuple(one[:1].upper() + one[1:] for one in asked if one)
    return (
        each
        if 1 < len(each) <= MAX_QUESTIONS and all(one.endswith("?") and not points_back(one) for one in each)
        else ()
    )


def leaning_questions_in(message: str) -> tuple[str, ...]:
    """Return the questions of a message, also where one leans on another; empty where it is a single one."""
    return _most(_any_questions_in, message)


def _most(told_apart: Callable[[str], tuple[str, ...]], message: str) -> tuple[str, ...]:
    typed, read = told_apart(message), as_read(message)
    return typed if read == message else max(typed, told_apart(read), key=len)


def _complete_questions_in(message: str) -> tuple[str, ...]:
    said, asked, behind = _told_apart(message)
    asked = _with_those_that_lean(asked)
    alone = all(
        one.short or (len(one.text.split()) >= _LEAST_WORDS and not _OPEN_END.search(one.text)) for one in asked
    )
    if not 1 < len(asked) <= MAX_QUESTIONS or not alone or any(_leans_otherwise(one.text) for one in asked[1:]):
        return ()
    first, *others = (one.whole for one in asked)
    # What points back means what was asked before it, if that names something, rather than what is said behind all.
    naming = [has_a_subject(one.text) for one in asked]
    beside = [
        said if points_back(one.text) and any(naming[:place]) else said + behind for place, one in enumerate(asked)
    ]
    return tuple(
        " ".join([*map(_ended, told), f"{one}?"])
        for told, one in zip(beside, (first, *(one[:1].upper() + one[1:] for one in others)), strict=True)
    )


def _ended(statement: str) -> str:
    """Return a statement with a mark behind it, which keeps it apart from a question put behind it."""
    return statement if statement.endswith((".", "!", "?", "…", ":")) else f"{statement}."


def _with_those_that_lean(asked: Sequence[_Asked]) -> list[_Asked]:
    """Return questions with those that lean on one for yes or no before them in their sentence as part of that.

    What answers them answers that, too: "Do you ship to Hawaii and what does it cost?"
    """
    whole: list[_Asked] = []
    for one in asked:
        if whole and one.joined and points_back(one.text) and asks_whether(whole[-1].text):
            whole[-1] = replace(whole[-1], text=f"{whole[-1].text}{one.joined}{one.text}")
        else:
            whole.append(one)
    return whole


def _leans_otherwise(question: str) -> bool:
    """Whether a question leans on what stands before it by more than a word for a thing: "If so, …", "Which is it?" """
    return points_back(_THING_BEFORE.sub("", question))


def _any_questions_in(message: str) -> tuple[str, ...]:
    _, asked, _ = _told_apart(message)
    return tuple(f"{one.text}?" for one in asked) if 1 < len(asked) <= MAX_QUESTIONS else ()


def says_little(question: str) -> bool:
    """Whether one of several questions may be about what was asked before it: "What is the deadline?"

    What names a matter of its own, in a list of such, is not: "Payment methods?"
    """
    return len(telling_words(question)) <= _LITTLE and not _is_a_matter(question)


def leans(question: str) -> bool:
    """Whether a question needs what was said before it to be understood: "Is it free?", "and clothes?", "Hours?" """
    return len(question.split()) < _LEAST_WORDS or bool(_ADDS.match(question)) or points_back(question)


def points_back(question: str) -> bool:
    """Whether a question has a word for what was said before it: "And is it free?" """
    return bool(_LEANS.search(question))


def asks_of_the_one_before(question: str) -> bool:
    """Whether one of several questions asks for what the matter of the one before it has: "What's the price?" """
    return bool(_OF_THE_MATTER.fullmatch(question))


def asks_whether(question: str) -> bool:
    """Whether a question asks for nothing but yes or no: "Do you rent vans?" """
    return bool(_WHETHER.match(question))


def asked_anew(message: str) -> str:
    """Return what a message asks after it leaves what was asked before: "Never mind. How do I pay?"; else nothing."""
    question = _behind(_NEVER_MIND, message)
    return "" if leans(question) or _JUST_TELL.match(question) else question


def asked_besides(message: str) -> str:
    """Return what a message announces as another question, which may be about what was asked before; else nothing.

    "Another question: how long does it take?" leans on that anyway.
    """
    question = _behind(_ANOTHER, message)
    return "" if leans(question) else question


def put_right(message: str, before: str) -> str:
    """Return what was asked `before` asked of what a message says is meant instead: "No, I meant check-out"; else "".

    Only where that asks for a thing by its name: "When is check-in in Spain?" as "When is check-out in Spain?"
    """
    thing, asked = meant_instead(message), _ASKS_OF_A_THING.match(before)
    if not (thing and asked):
        return ""
    asks = asked["asks"]
    if _SEVERAL.search(thing):
        for of_one, of_several in _OF_SEVERAL:
            asks = of_one.sub(of_several, asks)
    return f"{asks} {thing}{asked['done'] or ''}{asked['where'] or ''}?"


def meant_instead(message: str) -> str:
    """Return the thing that a message says is meant instead of what was asked about; else nothing."""
    meant = _MEANT.fullmatch(message)
    return meant["thing"] if meant else ""


def without_what_is_passed_over(message: str) -> str:
    """Return a message without a detail that it leaves: "Never mind the postage, how long do I have?" """
    return _behind(_PASSED_OVER, message) or message


def without_thanks(message: str) -> str:
    """Return a message without the thanks, or what else says nothing, before what it asks: "ty! and the warranty?" """
    rest = message
    while (said := _THANKED.match(rest)) and _thanks(said["said"]):
        rest = rest[said.end() :]
        rest = f"and {joined['rest']}" if (joined := _N.match(rest)) else rest
    return rest if (telling_words(rest) or points_back(rest)) and not _thanks(rest) else message


def _thanks(said: str) -> bool:
    polite = {intents.Intent.GREETING, intents.Intent.THANKS, intents.Intent.ACKNOWLEDGEMENT}
    return intents.read(said).intent in polite and not _tells_a_place(said)


def _behind(opening: re.Pattern[str], message: str) -> str:
    began = opening.match(message)
    question = message[began.end() :].strip() if began else ""
    return question[:1].upper() + question[1:]


def has_a_subject(question: str) -> bool:
    """Whether a question may be about something new: it points at nothing that was said, and names something itself."""
    return not (_ADDS.match(question) or points_back(question)) and bool(telling_words(question))


def _told_apart(message: str) -> tuple[list[str], list[_Asked], list[str]]:
    """Return the statements and the questions of a message, and what is said behind all of these.

    There are none where they cannot be told.
    """
    said: list[str] = []
    asked: list[_Asked] = []
    own = without_signature(own_words(message))
    if len(own) > _MAX_CHARS:
        return [], [], []
    carried, until = "", 0
    readable, all_marked, listed, in_items = False, True, True, True
    items = _DASH.sub(f"\n{_BULLET}", _in_items(_SIGNS_WITHIN.sub(" ", _SIGNS_BEFORE.sub("\n", own))))
    lines = [line for line in map(str.strip, items.splitlines()) if line]
    named = [line.removeprefix(_BULLET) for line in lines if line.startswith(_BULLET)]
    beside = [line for line in lines if not line.startswith(_BULLET)]
    # Nothing else is said but that something is asked.
    bare_list = len(named) > 1 and all(is_polite(one) or _ANNOUNCES.fullmatch(one) for one in beside)
    asks = bare_list or any(one.endswith("?") for one in named)
    named_in_items = asks and all(map(_is_a_matter, named))
    a_list = bare_list and not named_in_items and all(map(_is_in_a_list, named))
    for line in map(str.strip, _SENTENCE_END.split(items)):
        item = line.startswith(_BULLET)
        own = line.removeprefix(_BULLET)
        sentence = own if is_polite(own) else _without_greeting(own)
        bare = _OPENING.sub("", sentence, count=1)
        polite = any(map(is_polite, (sentence, bare))) and not _tells_a_place(sentence)
        if not bare or polite or _ANNOUNCES.fullmatch(bare):
            continue
        cut = _NEXT_TELLING if _TELLING.search(bare) else _NEXT
        front, says = _front(bare)
        joined = not front and _IS_SOMETHING.match(bare) and cut.search(bare)
        if joined or (_QUESTION.match(bare[front:]) and (not says or sentence.endswith("?"))):
            readable = True
            all_marked = all_marked and sentence.endswith("?")
            first, *others = _cut(bare[front:], cut)
            if says:
                first = replace(first, text=f"{bare[:front]}{first.text}")
                carried = "" if _TAG.search(sentence) else bare[:front]
            else:
                first = replace(first, front=carried)
            asked += [first, *(replace(one, text=_as_asked(one.text), front=carried) for one in others)]
        elif ((sentence.endswith("?") or (item and named_in_items)) and _is_a_matter(sentence)) or (
            item and a_list and not _QUESTION.match(bare)
        ):
            matter = _Asked(bare.strip(" ,;?"), short=True)
            asked += [matter] if matter not in asked else []
            listed = listed and len(lines) > 1 and line in lines
            in_items = in_items and item
        elif sentence.endswith("?") and not (_TAG.search(sentence) or _names_choices(bare) or _AMOUNT.fullmatch(bare)):
            if leans(sentence) or _ON_CONDITION.match(bare) or not all_marked:
                return [], [], []
            asked.append(_Asked(bare.strip(" ,;?")))
        else:
            said.append(sentence)
            continue
        until = len(said)
    short = sum(one.short for one in asked)
    in_front = all(one.short for one in asked[:short])
    if 0 < short < len(asked) and not (listed and (in_items or not in_front)):
        return [], [], []  # it may be what the others are about: "Broken kettle? Who pays for the label?"
    return (said[:until], asked, said[until:]) if readable or short > 1 else ([], [], [])


def _cut(sentence: str, joint: re.Pattern[str]) -> list[_Asked]:
    """Return the questions of a sentence that begins with one, given what joins others to it."""
    joints = [one for one in joint.finditer(sentence) if not _SAYS_WHO.match(sentence, one.start())]
    if not _SAYS_OF_A_THING.search(sentence):
        joints += _NEXT_IS.finditer(sentence)
    asked, begin, joined = list[_Asked](), 0, ""
    for one in sorted(joints, key=re.Match.start):
        if one.start() >= begin:
            asked.append(_Asked(sentence[begin : one.start()].strip(" ,;?"), joined=joined))
            begin, joined = one.end(), one[0]
    return [*asked, _Asked(sentence[begin:].strip(" ,;?"), joined=joined)]


def _as_asked(question: str) -> str:
    """Return a question that was told of as it is asked: "how I can pay" as "how can I pay"."""
    return _TOLD.sub(r"\1 \3 \2", question) if _TOLD.match(question) else question


def _is_a_matter(sentence: str) -> bool:
    """Whether one word or two name what is asked about, and more than a place: "Warranty?", "Payment methods?" """
    words = plain(sentence).split()
    if not 0 < len(words) < _LEAST_WORDS or any(map(str.isdigit, words)) or _NO_MATTER.fullmatch(" ".join(words)):
        return False
    places = plain(sentence) in territories() or all(one in territories() or is_territory(one) for one in words)
    return has_a_subject(sentence) and not places


def _is_in_a_list(item: str) -> bool:
    """Whether an item asks, or names a matter: "opening hours on Saturday"; "My kettle broke" does neither."""
    if _QUESTION.match(item) or _IS_SOMETHING.match(item) or item.endswith("?"):
        return True
    words = item.split()
    return len(words) <= _NAMED_WORDS and not _STATES.search(item) and has_a_subject(item)


def _names_choices(sentence: str) -> bool:
    """Whether a sentence asks nothing but which of several places or models, or either: "UK or US?" """
    names = _OR.split(re.sub(r"\b(?:in|for|the)\b", " ", sentence.strip(" ?")))
    return len(names) > 1 and all(map(_is_a_place_or_model, map(str.strip, names)))


def _is_a_place_or_model(name: str) -> bool:
    place = plain(name) in territories() or (name.isupper() and is_territory(plain(name)))
    return place or bool(_MODEL.fullmatch(name))


def _without_greeting(sentence: str) -> str:
    """Return a sentence without its greeting and the names in it, where that tells nothing else."""
    greeting = _GREETING.match(sentence)
    return sentence[greeting.end() :] if greeting and not _tells_a_place(greeting[0]) else sentence


def _tells_a_place(sentence: str) -> bool:
    """Whether a sentence greets from a place, or by it: "Hello from Norway!" """
    words = [word for word in re.findall(r"\w+", sentence) if word[0].isupper()]
    places = (plain(word) in territories() or (word.isupper() and is_territory(plain(word))) for word in words)
    return bool(_GREETS.match(sentence)) and any(places)


def _in_items(text: str) -> str:
    """Return text with a line for each of its items, all marked by a bullet: "1) How long is it? 2) …".

    Places or things that are numbered within a question are no items: "Do you ship to 1) Norway 2) Sweden?"
    """
    marks = list(_MARK.finditer(text))
    labels = [next(filter(None, one.group("number", "figure", "asked", "within"))).lower() for one in marks]
    numbers = [int(one) if one.isdigit() else ord(one) - ord("a") + 1 for one in labels]
    in_order = len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1))
    if in_order and all(_begins_an_item(one, text) for one in marks):
        text = _MARK.sub(lambda one: f"{one['end'] or ''}\n{_BULLET}", text)
    return _ITEM.sub(_BULLET, text)


def _begins_an_item(mark: re.Match[str], text: str) -> bool:
    at_start = not (mark["end"] or mark["within"])
    return (
        at_start
        or (mark["end"] or " ") in "?!."
        or any(one.match(text, mark.end()) for one in (_QUESTION, _IS_SOMETHING))
    )


def _front(sentence: str) -> tuple[int, bool]:
    """Return where the question of a sentence begins, and whether what stands before it says something."""
    if _QUESTION.match(sentence) or not (front := _FRONT.search(sentence)):
        return 0, False
    before = sentence[: front.start()]
    return front.end(), not (is_polite(before) or _ANNOUNCES.fullmatch(before))


def without_statements(question: str, before: str) -> str:
    """Return one of the questions of a message, as `questions_in` tells it, without the statements beside it.

    What stands in front of it in its sentence is one of them, too; a condition ("If it is broken, who pays?") only
    where it stands in front of the question `before` it as well.
    """
    own, earlier = (_SENTENCE_END.split(one)[-1] for one in (question, before))
    front, says = _front(own)
    if says and (earlier[:front].lower() == own[:front].lower() or not _ON_CONDITION.match(own)):
        return own[front : front + 1].upper() + own[front + 1 :]
    return own


def is_polite(sentence: str) -> bool:
    """Whether a sentence is there to be polite, or small talk: it needs no answer where something else is asked."""
    if _SAYS_NOTHING.fullmatch(sentence) or _MANNERS.fullmatch(sentence):
        return True
    return intents.read(sentence, ()).intent in intents.SMALL_TALK
