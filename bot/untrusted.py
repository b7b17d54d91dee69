"""What pages say to a model rather than to people: taken out before it is shown to the model, quoted or cited.

Whoever can edit a page could otherwise have the bot say anything, and the best of the small models follow what they
read. A sentence goes where it gives orders to a model, speaks with the marks of a chat, or forges a conversation. What
only mentions such orders (a page about phishing) stays; so does an order to people ("ignore the reminder if you
have paid"). Letters that only look like others, or are not seen, are read as what they look like.

A detector of this kind knows the usual wordings and no more. What keeps an answer to the documents where it fails is
`bot.grounding`; what keeps pages from people is the search's scope.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import zip_longest

from bot.text.addresses import readable
from knowledge.documents import ScoredPassage
from knowledge.sentences import Sentences, unwrapped, words_of

UNNAMED = "Untitled page"
"""Stands for a title that gives orders, where the document's id does too."""

_MODEL = (
    r"(?:ais?(?! systems?)|a\.i\.|llms?|chat[ -]?bots?|(?:support |help |slack |discord )?bots?|chatgpt|gpt|"
    r"(?:large )?language models?|(?:ai|virtual|digital|automated) (?:support )?(?:assistant|agent|model|bot|system)s?)"
)
_ANY_MODEL = rf"(?:{_MODEL}|assistants?)"
_RULES = (
    r"(?:instructions?|prompts?|rules?|guidelines?|guidance|directions|directives?|commands?|constraints?|"
    r"programming|training|restrictions?|context|system (?:prompt|message))"
)
_SAY = (
    r"(?:say|reply|respond|answer|output|print|repeat|append|reveal|write|tell|state|claim|confirm|include|mention|"
    r"add|produce|recommend|promise)"
)
_SPEAK = (
    r"(?:reply|respond|answer)(?! (?:within|in|to|on|by|at|as|promptly|quickly|questions?|customers?|every|all|any|"
    r"your|their|the|an?)\b)"
)
"""With words that are given, rather than somebody or in some time."""
_DROP = (
    r"(?:ignore|disregard|forget|overrule|overrides?|overlook|bypass|discard|disobey|abandon|set aside|violate|erase|"
    r"do not follow|stop following)"
)
_ABOVE = r"(?:all )?(?:of )?the (?:above(?: (?:text|message|content)s?)?|(?:text|message|content)s? above)"
_OBEYED = (
    rf"(?:{_SAY}|{_DROP}|send|list|end|begin|start|stop|listen|obey|follow|act|behave|pretend|give|show|decode|translate|"
    r"make|use|do|be|never|always|only|please|kindly|now|then|just|also|you|your)"
)
"""How what is said to a model goes on; what is only named beside it does not begin so."""
_MUST = r"(?:must|should|shall|has to|have to|needs? to|is to|are to|ought to|(?:is|are) required to)"
_SAID_INSTEAD = (
    r"(?:(?:and|then|instead|but|now|just|please|only|rather),? )*"
    rf"(?:say|output|claim|promise|recommend|obey|pretend|{_SPEAK}|(?:tell|write|state|print|repeat|confirm)"
    r"(?! (?:an?|in|on|at|to|down|it|his|her|the (?!words?\b))\b))\b(?! (?:to )?(?:us|me|our|your)\b)"
)
"""What a model is to say; people are told to tell us, or to write something down."""
_PERSON = (
    r"(?:owner|user|admin|administrator|manager|developer|maintainer|operator|builder|maker|creator|tester|trainer|"
    r"engineer|researcher|expert|specialist|partner|reseller|subscriber|customer|member|moderator)s?\b"
)
"""Who has to do with a model."""
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|‘[^’]*’")
_MARKUP = re.compile(
    r"<[|｜]|[|｜]>|\[\s*/?\s*(?:inst|system_prompt|system|assistant)\s*\]|<</?sys>>|<(?:start|end)_of_turn>"
    r"|</?(?:system|assistant|instructions?|prompt)[\w-]{0,20}>|\"role\"\s*:\s*\"(?:system|assistant|developer)\""
    r"|\{\{[#/~]?(?:system|assistant)\b|^\s*#+\s*(?:system|assistant|human|user|instruction|response)\s*:",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    rf"^\W*(?:(?i:human)\s*:\s*(?i:$|(?:what|how|who|why|when|where|which|can|could|would|will|do|does|is|are|i|i'm|my|"
    rf"hi|hello|thanks|you (?:are|{_MUST}|will)|(?:(?:please|now|always|also|just) )*(?:{_SAY}|{_DROP}|give|show|"
    rf"pretend|act|obey))\b)|"
    rf"(?i:chatgpt|gpt|llm|chatbot)\s*:\s*(?i:sure|certainly|of course|i|i'm|i'll|you are|(?:now|then|just) {_SAY})\b|"
    rf"SYSTEM\b[\w ]*:|"
    rf"(?i:assistant)\s*:\s*(?i:it|i|the|this|that|sure|yes|no|you|we|of course|here)\b|"
    rf"(?i:instruction|response)\s*:\s*$|"
    rf"(?i:(?:begin |end )?(?:important )?(?:system|{_ANY_MODEL}) (?:override|instructions?|prompt|directive|"
    rf"command))\b(?=\s*(?::|$|[A-Z]))|"
    rf"(?i:(?:begin|end) (?:important )?(?:system|{_ANY_MODEL}) (?:update|message))\b|"
    rf"(?i:(?:important )?(?:system|{_ANY_MODEL}) (?:update|message)\s*:\s*(?:(?:please|also|now|always|never|you|must|"
    rf"should|will|shall) )*(?:{_SAY}|{_DROP}|obey|{_ANY_MODEL}))\b|"
    rf"(?i:system|{_ANY_MODEL})\s*[:,]\s*(?i:(?:please |also |always |you )*"
    rf"(?:{_SAY}|ignore|forget|disregard|send|list|end|must|never|decode|translate)\b)|"
    rf"(?i:{_MODEL} (?:please )?(?:say|print|output|reply|ignore))\b)"
)
"""The head of a forged turn; in capitals where the word alone is common ("System: Android 11")."""
_CALLED = re.compile(rf", ?(?:dear )?{_ANY_MODEL}(?= ?(?:[,:]|\.?$))", re.IGNORECASE)
"""A model spoken to, where it is not named in a list: "owner, admin, assistant, and viewer"."""
_LIST = rf", (?!{_OBEYED}\b)[\w-]+(?: [\w-]+)?"
_LIST_GOES_ON = re.compile(rf"(?:{_LIST}){{0,8}},? (?:and|or|&|plus|as well as) (?!{_OBEYED}\b)", re.IGNORECASE)
_LIST_ENDS = re.compile(rf"(?:{_LIST}|: (?!{_OBEYED}\b)[\w-]+(?: [\w-]+)?)$", re.IGNORECASE)
_PUT_ASIDE = re.compile(
    rf"(?<!not )(?<!never )(?<!n't )\b{_DROP} (?:\w+ ){{0,3}}?(?:previous|prior|above|earlier|preceding|foregoing|"
    rf"initial|original|your|system) (?:\w+ )?(?:(?P<rules>{_RULES})|message)\b|"
    rf"\b{_DROP} (?:\w+ ){{0,2}}?(?:previous|prior|preceding) (?:texts?|messages?|conversations?)\b",
    re.IGNORECASE,
)
"""Rules, or what was said, put out of force."""
_TO_A_MODEL = re.compile(r"\b(?:your|system)\b", re.IGNORECASE)
_RULES_OF_A_MODEL = re.compile(
    r"\b(?:all|any|every|your|system|initial|original|prompts?|programming|training|context)\b", re.IGNORECASE
)
"""Of these only a model is told: papers for people have "the previous instructions"."""
_PAPERS = (
    r"(?:manual|leaflet|booklet|guide|letter|e-?mail|version|edition|package|packaging|label|box|handbook|brochure|"
    r"catalogue|invoice|supplier|manufacturer)(?:e?s)?\b"
)
_WHO_HAS_DONE_SO = (
    r"(?:if|when|once|unless) (?:your (?!customer|client|user|question|request|task|model|prompt|answer)(?:\w+ ){1,2}"
    r"(?:is|has|was|does|came)|you (?:have |had |already ){0,2}(?:paid|received|ordered|returned|cancell?ed|bought|"
    r"registered|replied|renewed|updated|completed|done so))\b"
)
_MESSAGE_TO_PEOPLE = re.compile(
    rf"s?,? (?:(?:from|in|of|on) (?:(?:an?|any|all|the|your|our|older|old|earlier|previous|other|printed) ){{0,3}}"
    rf"{_PAPERS}|{_WHO_HAS_DONE_SO})"
    rf"(?!.{{200}}|.*(?:\b(?:{_SAY}|{_ANY_MODEL}|model|instead)\b|"
    rf"(?:[;:–—,] ?|\b(?:and|then|but) )(?:(?:please|then|now|just|also|always|and) )*(?:{_DROP}|give|grant|send|"
    r"offer|approve|accept|refund|list|act|behave|obey|follow|pretend|show|make|use|do|be|refunds?|everything|"
    r"every|all)\b(?! (?:us|me|nothing)\b)))",
    re.IGNORECASE,
)
"""How a sentence goes on that has people put a message aside: one from old papers, or who has paid."""
_RULES_TO_PEOPLE = re.compile(
    rf",? (?:(?:from|in|of|on) (?:(?:an?|the|our) )?(?:older|old|earlier|previous|other|outdated|former|printed) "
    rf"{_PAPERS}(?:[;,]? (?:and )?(?:use|follow) (?:these|this one|those here|the (?:new|current) ones)(?: instead)?)?"
    rf"|(?<=above instructions ){_WHO_HAS_DONE_SO}(?: (?!(?:and|but|then|or|so)\b)[\w'-]+){{0,8}})\W*$",
    re.IGNORECASE,
)
"""How one ends that has them put the instructions of old papers aside, or those above that are not for them."""
_ORDERS = re.compile(
    "|".join(
        (
            # Rules put out of force.
            rf"(?<!not )(?<!never )(?<!n't )\b{_DROP} (?:all|any|every|the|of|these|those| )+"
            rf"{_RULES}(?=\s*(?:[,.;:!]|$|and\b|above|before|given|you\b))",
            rf"\b{_DROP} (?:everything|anything|the guidance)(?: \w+){{0,3}} (?:above|before|so far|given)\b",
            rf"\b{_DROP} all(?: (?:{_RULES}|polic(?:y|ies)|passages?|facts?|statements?|texts?|contents?|messages?|of|"
            r"the|that|this|these|those|your|you|it|is|was|are|were|has|have|been|said|told|read|written|stated|listed|"
            r"provided|mentioned|shown|stands?|comes?|came)){0,6} (?:above|before|so far|given)\b",
            rf"\b{_DROP} (?:the|your) developers?\b|\b{_DROP} {_RULES}\s*:",
            rf"(?:^|\|)\W{{0,5}}(?:please )?(?:ignore|disregard|forget) {_ABOVE}(?= ?[.!;:]* ?(?:\||$))",
            # What is to be said instead.
            rf"(?:(?<!not )(?<!never )\b{_DROP} {_ABOVE}\W{{1,3}}|(?:^|\|)\W{{0,5}}override ?: ?|"
            r"\b(?:do not|don't) answer the questions?[,;:–—-] ?|\byour new (?:instruction|task)s?(?: is| are)? ?: ?|"
            rf"\bas (?:an?|the) model,? you {_MUST} ){_SAID_INSTEAD}",
            rf"\b{_RULES} above (?:are|is|were|was) (?:\w+ )?(?:void|cancelled|invalid|obsolete|wrong)\b",
            rf"\b(?:all |the )?(?:previous|prior|earlier) {_RULES} (?:are|is|were|was) (?:now |only )?(?:a test|void|"
            r"cancelled|revoked|lifted|wrong|over)\b",
            r"\beverything (?:before|above)(?: this)? (?:is|was) (?:an? )?(?:error|test|mistake|wrong|void|fake)\b",
            r"\bforget (?:what|all|everything)(?: that)? you (?:were|have been) told\b|\bdo anything now\b",
            rf"\b(?:ignore|disregard|(?:do not|don't) answer) the (?:users?'?s? |customers?'?s? )?questions?\b.{{0,5}}"
            rf"\b(?:and|but|instead)\b.{{0,10}}\b{_SAY}\b|\binstead of answering\b.{{0,10}}\b{_SAY}\b",
            r"\byou have been (?:reprogrammed|jailbroken|hacked)\b|\btreat (?:the following|this) as an? "
            r"(?:command|order|instruction)\b",
            r"\bnote to (?:the )?model\b|\bthe system prompt (?:has been|is now)\b|\bi am your (?:developer|creator)\b|"
            r"\b(?:i am|as) the (?:developer|administrator|creator|operator|owner) of this (?:bot|chatbot|assistant)\b",
            # Another role.
            r"\byou are no longer an? (?:\w+ )?(?:assistant|bot|chatbot)\b|\byou must now act as\b|"
            r"\bassume the role of\b.{0,500}\b(?:no|without) (?:restrictions|rules|limits)\b",
            rf"\bfrom now on,? you(?:'re| are| must only| only|r| will only)\b(?= (?:an? |the )?(?:[A-Z]\w*bot|dan\b|"
            rf"{_ANY_MODEL}|answers?|repl|{_SAY}))",
            rf"(?<!if )\byou are (?:now |no longer )?(?:an? |the )?"
            rf"(?:dan\b|evil\w*|unrestricted|jailbroken|{_MODEL}\b(?! {_PERSON}))",
            r"\b(?:pretend|imagine|roleplay) (?:that )?(?:to be|you (?:are|were|have|had))\b.{0,60}"
            r"\b(?:called|rules|restrict|hacker|say|answer)|\bact as if you had no\b|"
            r"\bsimulate .{0,40}in which you\b",
            rf"\b(?:new|real|actual|updated) (?:instruction|directive|task|role)s? (?:is|are)\b.{{0,20}}\b{_SAY}\b",
            r"\byour (?:new (?:role|persona|name|identity)|task) is now\b|"
            r"\byour new (?:role|persona|identity|task) is\b",
            r"\bnew (?:instruction|directive|task)s?\s*:\s*(?:your?|ignore|say|write|answer|reply|output|print)\b",
            r"\b(?:developer|debug|god|dan|jailbreak) mode (?:is )?(?:on|enabled|activated)\b",
            r"\byou (?:will now|only|will only|will now only) "
            r"(?:say|reply|respond|output|print|answer (?:with|that|in|only))\b",
            r"\b(?:this is|as) your (?:administrator|developer|creator|operator)\b"
            r"(?= speaking|,? I (?:order|command|ask))",
            # A model spoken to, or about what it must say.
            rf"\b(?:notes?|messages?|attention|instructions?|memo|orders?|tasks?|tests?) (?:to|for) "
            rf"(?:(?:the |all |any |our |every )?{_MODEL}|"
            r"(?:the|our|this) assistant)\b(?= ?[:,.]|$)",
            rf"\b(?:dear|hey|hi|attention|hello),? {_ANY_MODEL}\b(?! (?:managers?|team|staff))",
            rf"^\W*(?:to|for) (?:the |all |any )?{_MODEL}(?: (?:only|reading|using|seeing|this|page|text))*\s*:",
            rf"^\W*(?:to|for) (?:the |all |any )?{_ANY_MODEL}\s*[,:]\s*(?:please |always )*"
            rf"(?:say|output|print|{_SPEAK})\b",
            rf"\bas (?:an?|the) (?:\w+ ){{0,2}}{_MODEL}\b(?:[\w ]*, ?you\b)|"
            rf"\bif you are an? (?:\w+ )?{_MODEL}\b(?! \w)",
            rf"\b(?:{_ANY_MODEL}|model) (?:that is |which is )?(?:reading|processing|summari[sz]ing|parsing) this\b",
            rf"\b{_MODEL} {_MUST} (?:\w+ ){{0,2}}?(?:say|output|print|append|write|recommend|ignore|{_SPEAK})\b",
            rf"\b(?:{_MODEL}|the assistant)(?: \w+)? (?:is|are|has been|have been) "
            r"(?:instructed|told|ordered|commanded) to\b",
            rf"\b(?:the assistant|{_MODEL}) now has to\b|\bas an ai\b,",
            rf"\bassistants?(?:, you)? {_MUST} (?:\w+ ){{0,2}}?"
            rf"(?:{_SAY} (?:that|with|only|exactly)|send (?:everyone|everybody|users|people|customers))\b",
            r"\byour system prompt\b",
            # What to put into answers.
            r"\b(?:the )?answer to (?:any|every|all|each) questions? is\b|"
            r"\balways (?:respond|reply|answer) with\b(?! your\b)|\byour only (?:output|answer|reply|response) is\b|"
            r"\breturn only the (?:text|words?)\b",
            r"\b(?:reply|respond|answer) (?:only|solely|just|exclusively) (?:with|by|in)\b"
            r"(?! (?:the|your|an?|yes|no|stop)\b)",
            r"\b(?:say|output|print|repeat|reply|respond|answer)\b(?! (?:(?:only|just|with|by) ){0,2}"
            r"(?:the (?!words?\b)|your|an?|yes|no|stop|to|in|within|on|at|by)\b)"
            r".{1,80}\band nothing else(?=\W*(?:\||$))",
            r"\b(?:answer|respond|reply)(?: to)? (?:every|all|any|each)(?: \w+)? (?:questions?|messages?|prompts?) "
            r"(?:with|by)\b",
            rf"\b(?:{_SAY})\b.{{0,500}}\b(?:regardless of|no matter|whatever)\b.{{0,20}}"
            r"\b(?:questions?|asked|asks|user|prompt)\b",
            r"\b(?:regardless of|no matter|whatever)\b.{0,20}\b(?:questions?|asked|asks|user|prompt)\b"
            rf".{{0,500}},.{{0,20}}\b(?:{_SAY}|answer is)\b",
            r"\b(?:begin|start|end|close) (?:all|all of|each|every|your)(?: \w+)? "
            r"(?:reply|replies|answers?|responses?)\b(?! (?:in|on|to)\b)",
            rf"\b(?:{_SAY}|says)\b.{{0,60}}\bin (?:all|each|every) "
            r"(?:of your )?(?:reply|replies|answers?|responses?)\b(?! (?:in|on|to)\b)",
            # People are asked for things and by somebody, too; then only the very words to be said are an order.
            r"\b(?:if|when|whenever) (?:you(?:'re| are) )?asked\b(?! (?:for|by|to)\b).{0,80}\b(?:reply|respond|output|"
            r"print|must (?:say|answer|claim))\b",
            r"\b(?:if|when|whenever) (?:you(?:'re| are) )?asked (?:for|by|to)\b.{0,80}\b(?:output|must (?:say|claim)|"
            r"must answer (?:with|that)|(?:reply|respond) that|(?:reply|respond|print)(?: only| just)?(?: with)? "
            r"(?!(?:the|your|an?|yes|no|with|within|in|to|on|by|at|as|it|them|each|every|this|promptly|quickly|honestly|"
            r"politely)\b)\w)",
            r"\bdo(?: not|n't) (?:tell|inform|warn) the user\b(?! names?| id)",
            r"\b(?:print|reveal|repeat|output|disclose|leak|append|translate|summari[sz]e)\b.{0,30}\b(?:your (?:\w+ )?"
            r"(?:prompt|instructions|rules)|(?:full|entire|system|hidden|initial|secret) prompt|"
            r"(?:words|text|prompt|everything) above|"
            r"(?:whole|entire) conversation)\b",
            # The first of these in other languages.
            r"\b(?:ignorier\w*|missacht\w*|vergiss|vergessen sie)\b.{0,25}\b(?:alle|bisherig\w*|vorherig\w*|vorig\w*|"
            r"obig\w*|früher\w*|deine|ihre) (?:\w+ )?(?:anweisung|instruktion|regel|vorgabe|befehl)",
            r"\b(?:ignore[rz]?|oublie[rz]?)\b.{0,25}\b(?:(?:instructions|consignes|règles|directives) (?:précédent|"
            r"antérieur|ci-dessus)|(?:tes|vos) (?:instructions|consignes|règles))",
            r"\b(?:ignor[ae]|olvid[ae]|esqueça|dimentica|ignorate)\b.{0,25}\b(?:(?:instrucciones|reglas|instruções|"
            r"regras|istruzioni|regole) (?:anteriores|previas|prévias|precedenti)|(?:tus|sus|suas|tuas|le tue) "
            r"(?:instrucciones|reglas|instruções|regras|istruzioni|regole))",
            r"\b(?:vergiss|vergessen sie|ignoriere) alles\b|"
            r"\bne (?:tiens|tenez) pas compte des (?:instructions|consignes|règles)|"
            r"\bha(?:z|ga) caso omiso de (?:las|tus|sus) (?:instrucciones|reglas)|\bnon segui(?:re|te)? le istruzioni|"
            r"\bpomi[nń] poprzedni|\b(?:oublie|ignore)[rz]? tout ce qui (?:précède|est au-dessus)|"
            r"\b(?:olvida|ignora|esqueça|dimentica) (?:todo|tudo|tutto)\b.{0,10}\b(?:anterior|acima|precede)",
            r"\b(?:du bist|sie sind) (?:jetzt|nun|ab jetzt) (?:ein|kein)|\btu es (?:maintenant|désormais) une? "
            r"(?:assistant|bot|ia)|\bahora eres un(?:a)? |\bagora você é um",
            r"\bantworte[nt]?(?: sie)? (?:immer|auf (?:jede|alle) fragen?)|\brépond(?:s|ez) (?:toujours|à toutes)\b|"
            r"\bresponde (?:siempre|sempre|a todas)\b|\brispondi sempre\b",
            r"\bals (?:ki|ai)\b[\w-]* (?:musst|sollst|moet)|\ben tant qu'(?:ia|assistant|intelligence)|"
            r"\bcomo (?:asistente|modelo|assistente|uma?|una)?(?: de)? ia\b|作为(?:人工智能|ai|语言模型)",
            r"\b(?:negeer|vergeet)\b.{0,25}\b(?:alle|voorgaande|vorige|eerdere|bovenstaande|je|jouw) "
            r"(?:instructies|regels|opdrachten|aanwijzingen)",
            r"\b(?:z?ignoruj|zapomnij)\b.{0,30}(?:poprzedni|swoje|swoich|wszystki).{0,20}(?:instrukcj|polece|zasad)",
            r"\b(?:ignorera|ignorer|glöm|glem)\b.{0,20}(?:tidigare|tidligere|alla|alle|dina|dine) "
            r"(?:\w+ )?(?:instru|regler)",
            r"\b(?:игнорируй|забудь)\w*.{0,30}(?:инструкц|правил|указан)",
            r"(?:忽略|无视|無視|忘记|忘記).{0,10}(?:指令|指示|提示|规则|規則)|(?:指示|命令|プロンプト).{0,6}(?:無視|忘れ)",
            r"(?:지시|명령|프롬프트).{0,8}(?:무시|잊)|(?:تجاهل|انس).{0,20}(?:التعليمات|تعليمات|الأوامر)",
            r"निर्देश.{0,20}(?:अनदेखा|नज़रअंदाज़|भूल)|\b(?:talimat|kural)\w*.{0,20}(?:yok say|unut|görmezden)",
        )
    ),
    re.IGNORECASE,
)
_SIGNS = tuple(
    sign.replace("_", " ")
    for sign in (
        "ignor disregard forget overr overlook bypass discard disobey abandon set_aside violate follow above "
        "before from_now you_are you_only you_will mode pretend imagine roleplay act_as simulate directive "
        "instruction task your_new your_admin your_dev ai_ ai: ai, ai. ais_ a.i. llm bot gpt model assistant "
        "prompt reply replies respon answer regardless no_matter whatever asked the_user reveal print repeat "
        "output disclose leak append translate summar human system your_oper your_creat test missacht vergiss "
        "vergessen oublie olvid dimentica negeer vergeet zapomnij glem en_tant como als_ai als_ki erase "
        "instead reprogram jailbr hacked command talimat kural du_bist sie_sind tu_es ahora_eres antworte "
        "rispondi note_to i_am always return_only your_only assume compte caso non_segui pomin nothing_else "
    ).split()
)
"""One of these is in every order of ASCII letters: they save the time to look for what is rare."""
_GOES_ON = re.compile(
    rf"^\W*(?:now |then |please |and |just |also |you (?:must |will |only )?)*(?:{_SAY}|obey|end)\b", re.I
)
"""A sentence behind an order that is one too, though by itself it may be said to people ("Reply with STOP")."""
_SAYS_NEXT = re.compile(rf"^\W*{_SAID_INSTEAD}", re.IGNORECASE)
_FENCE = re.compile(r'"{3,}')
_DECORATION = re.compile(r"[*_`~#>\\]+")
_SPACED = re.compile(r"\b(?:[^\W\d_][ .-]){5,}[^\W\d_]\b")
_LIKE_LATIN = str.maketrans(
    "аеорсухіјѕԁһкмтвнАЕОРСУХІЈЅКМТВНαεοριυκνΑΕΟΡΙΥΚΝΤΜΒΗΖ", "aeopcyxijsdhkmtbhAEOPCYXIJSKMTBHaeopiuknAEOPIYKNTMBHZ"
)
_LATIN = re.compile(r"[A-Za-z]")
_FIGURED = re.compile(r"\b(?=\w*[a-z])(?=\w*[013457])\w{4,}\b", re.IGNORECASE)
_FIGURES = str.maketrans("013457", "oieast")


def without_orders(found: Sequence[ScoredPassage]) -> tuple[ScoredPassage, ...]:
    """Return passages without what they say to a model; those of which nothing is left are left out."""
    kept = []
    for one in found:
        passage = one.passage
        text = told_to_people(passage.text, led=gives_orders(_last(passage.heading)))
        if text.strip():
            title = next((name for name in (passage.title, passage.document_id) if not gives_orders(name)), UNNAMED)
            heading = " > ".join(part for part in passage.heading.split(" > ") if not gives_orders(part))
            same = (text, title, heading) == (passage.text, passage.title, passage.heading)
            kept.append(
                one if same else replace(one, passage=replace(passage, text=text, title=title, heading=heading))
            )
    return tuple(kept)


@lru_cache(maxsize=4_096)
def told_to_people(text: str, *, led: bool = False) -> str:
    """Return a Markdown text without the sentences, and rows of tables, that give orders to a model.

    `led`: whether the heading above gives orders, so that what goes on from it goes too.
    """
    kept = _by_lines(text, led)
    whole = unwrapped(kept)
    # A width breaks orders, too; and what is joined to the line before no longer begins one.
    left = _by_lines(whole, led) if whole != kept else whole
    return kept if left == whole else left


def _by_lines(text: str, led: bool) -> str:
    lines = []
    written = text.split("\n")
    for line, below in zip_longest(written, written[1:], fillvalue=""):
        kept, led = _line(line, led, below)
        if kept.strip() or not line.strip():
            lines.append(kept)
    return "\n".join(lines)


def _line(line: str, led: bool, below: str) -> tuple[str, bool]:
    if line.lstrip().startswith("|"):
        return ("", True) if gives_orders(line) else (line, False)
    cutter = Sentences()
    kept = ""
    sentences = (*cutter.feed(line), *cutter.close())
    for sentence, then in zip_longest(sentences, sentences[1:], fillvalue=below):
        if gives_orders(sentence, then) or (led and _GOES_ON.search(_read(sentence))):
            led = True
        else:
            led = led and not sentence.strip()
            kept += sentence
    return kept, led


@lru_cache(maxsize=16_384)
def gives_orders(sentence: str, then: str = "") -> bool:
    """Whether a sentence or a title gives orders to a model, or forges a part of a chat.

    `then`: what comes next, empty where a paragraph ends. Behind what people put aside nothing is ordered or claimed.
    """
    if _FENCE.search(sentence) or _MARKUP.search(readable(sentence)):
        return True
    said = _read(sentence)
    beside = _QUOTED.sub(" ", said)
    if len(words_of(beside)) >= 4:  # what is quoted in a sentence is told of, not said
        said = beside
    lowered = said.lower()
    if lowered.isascii() and not any(sign in lowered for sign in _SIGNS):
        return False
    return (
        bool(_SPOKEN.search(said) or _ORDERS.search(said))
        or any(not _put_aside_by_people(said, one, then) for one in _PUT_ASIDE.finditer(said))
        or any(not _in_a_list(said, one) for one in _CALLED.finditer(said))
    )


def _put_aside_by_people(said: str, order: re.Match[str], then: str) -> bool:
    """Whether people are told to put something aside, and no more: models follow what is ordered or claimed then."""
    if order["rules"]:
        if words_of(then) or _RULES_OF_A_MODEL.search(order[0]):
            return False
        return bool(_RULES_TO_PEOPLE.match(said, order.end()))
    if _SAYS_NEXT.match(_read(then)) or _TO_A_MODEL.search(order[0]):
        return False
    return bool(_MESSAGE_TO_PEOPLE.match(said, order.end()))


def _in_a_list(said: str, named: re.Match[str]) -> bool:
    """Whether a model is named beside others rather than spoken to."""
    before, after = said[: named.start()], said[named.end() :]
    if after.strip(" ."):
        return bool(_LIST_GOES_ON.match(after))
    return bool(_LIST_ENDS.search(before))


def _read(sentence: str) -> str:
    """Return a sentence as a reader, or a model, takes it: without marks, look-alikes as what they look like."""
    text = " ".join(_DECORATION.sub("", readable(sentence)).replace("’", "'").split())
    text = _SPACED.sub(lambda found: re.sub(r"[ .-]", "", found[0]), text)
    if not text.isascii() and _LATIN.search(text):
        turned = ((word, word.translate(_LIKE_LATIN)) for word in text.split(" "))
        text = " ".join(like if like.isascii() else word for word, like in turned)
    return _FIGURED.sub(lambda found: found[0].translate(_FIGURES), text)


def _last(heading: str) -> str:
    return heading.rpartition(" > ")[2]
