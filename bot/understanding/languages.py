"""Which language somebody is told things in: that of the channel, else that of what they wrote, else English.

What they wrote is judged by its small words, and by those that customers use: nearly every question has some, and
names and products hardly any. Where these do not tell one language clearly, none is told, as a wrong guess is worse
than English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.messages import Turn
from bot.understanding.intents import HAND_OVER, read, without_quotes
from bot.wording import LANGUAGES
from knowledge.sentences import STOP_WORDS
from knowledge.territories import plain

_CHARS = 1_000
"""Of a message that are looked at."""
_WORDS = 3
"""Of a message at least."""
_SMALL_WORDS = 3
"""Different ones at least; fewer are enough where so many tell more than a name may hold."""
_TELLING_WORDS = 2
_SHARE = 1 / 3
"""Of the different words of a message, that are small ones of its language."""
_AHEAD = 2
"""Words that a language has more of than each of the others."""
_OWN_WORDS = 2
"""At least, that English readers do not write; one is enough that only customers use."""

# What somebody asks or wishes with; names hardly hold it.
_TELLING = {
    "en": "how what when where which who why can could do does did i am is are my you your we have will would should",
    "de": "ich wir sie mir mich uns kann konnen konnte darf durfen muss mussen soll sollte ist sind wie was wann wo "
    "warum wieso welche welcher welches welchen welchem wer wieviel wohin woher habe haben hat hatte gibt bekomme "
    "bekommt finde kostet kosten dauert werden wird wurde mochte mein meine meinen meinem meiner ihre ihren ihrem "
    "bitte nicht kein keine keinen wenn ob dass bin geht gilt funktioniert "
    "konnt mochten durfte euch euer eure sein habt seid",
    "fr": "je j vous nous est sont puis peut peux pouvez peuvent faut comment quand quel quelle quels quelles combien "
    "pourquoi quoi mon ma mes votre vos notre nos avez avons ai faire dois doit que qu quelqu coute coutent suis etes "
    "puisse voudrais souhaite recu",
    "es": "puedo puede pueden podemos como cuando cuanto cuanta cuantos cuantas donde cual cuales que quien quienes es "
    "son esta estan hay tengo tiene tienen hago hacer debo quiero necesito mi mis su sus usted ustedes cuesta cuestan "
    "tarda soy estoy hacen aceptan pasa nuestro ¿",
    "it": "posso puo possono possiamo come quando quanto quanta quanti quante dove quale quali qual che chi cosa "
    "perche sono ho hanno devo voglio vorrei mio mia miei mie vostro vostra vostri suo sua mi fare costa costano avete "
    "siete dura riesco faccio fate accettate posto",
    "pt": "posso pode podem podemos como quando quanto quanta quantos quantas onde qual quais que quem sao esta estao "
    "tenho tem devo quero queria preciso meu minha meus minhas seu sua seus suas voce voces custa custam demora fazer "
    "gostaria estou aceitam fazem consigo",
    "nl": "ik wij we jullie u je kan kunnen mag moet moeten wil hoe wat wanneer waar waarom welke wie hoeveel heb "
    "heeft hebben krijg krijgt wordt worden mijn uw onze niet geen kost kosten duurt zijn ben",
}
_BESIDE = {
    "en": " ".join(sorted(STOP_WORDS)) + " m re s t don doesn didn isn aren won ve ll d",
    "de": "der die das den dem des ein eine einen einem einer eines und oder in im am an auf aus bei mit nach von vom "
    "zu zum zur fur uber unter bis um als auch noch nur so es man sich er lange viel viele ohne gegen ihr ab",
    "fr": "le la les l un une des du de d et ou en au aux a dans pour par sur avec sans ne pas n il elle on ils ce "
    "cette ces cet c se s si y t plus sous chez entre apres avant",
    "es": "el la los las lo un una unos unas de del al a y o en con sin para por sobre entre hasta desde no mas muy ya "
    "le les me se si ha han he este ese eso",
    "it": "il lo la i gli le l un uno una di d del della dei delle dello degli a al alla ai alle da dal dalla in nel "
    "nella nei nelle con per su sul sulla tra fra e ed ad o non piu se si ci c ce ha",
    "pt": "o a os as um uma uns umas de do da dos das em no na nos nas ao aos com sem para por pelo pela e ou ate "
    "sobre entre nao mais me se ha",
    "nl": "de het een en of in op aan met van voor naar uit bij tot om over te door is als dat er ook nog maar dan die "
    "deze dit lang veel zonder",
}
# What customers ask about; `*` for any ending. Several languages may have one: it tells none of them from the other.
_ASKED_ABOUT = {
    "de": "bestell* liefer* versand* versende* ruckgab* rucksend* ruckerstatt* zuruckgeb* zuruckschick* zuruckzahl* "
    "rechnung* kundig* erstatt* gutschein* umtausch* gewahrleist* garantie konto kunde* paket* bezahl* zahlung* zahle "
    "storn* reklam* defekt* kaputt beschadig* ersatz* ersetz* gerat* artikel produkt produkte preis preise kauf* "
    "gekauft abonnement* abo helfen hilfe anmelden passwort andern gutschrift anschrift adresse lager frist fristen "
    "gebuhr* porto mahnung vertrag zubehor widerruf* erhalten angekommen versandt gesendet verfugbar",
    "fr": "commande commandes commander commande colis livraison livraisons livrer livrez livre facture factures "
    "rembours* retourner renvoyer echanger resilier resiliation annuler panier compte garantie garanties produit "
    "produits delai delais acheter achat achats trouver recevoir abonnement abonnements expedi* prix payer paiement "
    "paiements frais casse abime defectueux magasin adresse connecter bonjour aide aider",
    "es": "pedido pedidos envio envios enviar envian paquete paquetes factura facturas reembolso* reembols* devolver "
    "devolucion devoluciones garantia garantias cuenta contrasena tienda tiendas pagar pago pagos metodos articulo "
    "articulos producto productos precio precios plazo plazos entrega entregas llegado llega llegar cambiar comprar "
    "compra cancelar suscripcion direccion roto danado recibir recibido ayuda gastos cobrado hablar",
    "it": "ordine ordini ordinare pacco pacchi spedizion* spedire spedite rimbors* restituir* reso resi fattura "
    "fatture garanzia consegna consegne pagare pagamento pagamenti articolo articoli prodotto prodotti prezzo prezzi "
    "negozio negozi acquist* abbonament* annullare accedere accesso conto arrivato arriva ricevere ricevuto cambiare "
    "scadenza rotto difettoso aiuto sconto indirizzo recesso parlare",
    "pt": "encomenda encomendas envio envios enviar enviam fatura faturas devoluc* devolver devolvo reembols* garantia "
    "garantias conta senha loja lojas pagar pagamento pagamentos artigo artigos produto produtos preco precos prazo "
    "prazos entrega entregas entregam entregar chegou chega trocar troca comprar compra cancelar assinatura morada "
    "endereco avariado receber recebi ajuda portes pedido pedidos falar",
    "nl": "bestell* pakket* levering* leveren levert geleverd leverti* verzend* verzonden factuur facturen retour* "
    "terugbetal* terugsturen terugstur* teruggeven garantie garanties rekening betalen betaal* artikel artikelen "
    "prijs prijzen winkel* opzeg* annuleer* annuleren ruilen omruilen abonnement* klantenservice bezorg* kapot "
    "wachtwoord inloggen ontvangen kopen gekocht korting adres helpen hulp",
}
# What English readers write, too, besides those words that English has: days, names and places, slang, loans. With
# them what is Danish, Norwegian or Swedish, too.
_ENGLISH_TOO = frozenset(
    "mon est ai son ma ho chi ben u wat kan van de der den del della el la las los le les lo il gli un une una mi mia "
    "mio mis su sua sue sus sur come como comment dove fare costa dura cosa che mes ces ses des du da das dos di dal "
    "al au en et o y e a l d s c n t m j re san sao se si ci ce ha per con sin sans plus pour par por para que qui "
    "quit quoi me te tu vous ou on or os um em no nos na as do ate sem die dem ein eine im in am an zu so als also "
    "man war was hat bin ist mir mag moet wil we of over door is er het met dan dit dat op uit lang wie wo wer sie "
    "ihr ab bis soy hay es ya muy entre sobre hasta desde chez sous avant apres je nous sono mich ich und mit kein "
    "nur von vom zum zur fur ja nein oui non posto pasa consigo livre retour payer conto porto portes recess achat "
    "abo compra retouren adresse conta casse reso resi siete sein este he han ese ed ad lager levering produkt "
    "aide".split()
)
# What English has taken over whole; `plain` text.
_BORROWED = re.compile(
    r"\b(?:je ne sais quoi|c est la vie|la vie en rose|savoir faire|raison d etre|creme de la creme|qui vive|"
    r"que sera sera|hasta la vista|mi casa es su casa|ich bin ein berliner|wie geht s|come prima|"
    r"la dolce vita|dolce far niente)\b"
)
# How a question begins in a language, and in no other: "Gibt es …", "à quelle heure …"; `plain` text.
_GREETED = (
    r"(?:(?:hallo|moin|servus|guten (?:tag|morgen|abend)|bonjour|bonsoir|salut|hola|buenos dias|buenas tardes|"
    r"ciao|salve|buongiorno|ola|oi|bom dia|boa tarde|hoi|goedemorgen|goedemiddag|hi|hey|hello|und|et|aber|mais) )*"
)
_OPENINGS = {
    "de": r"(?:wann|wo|wie|warum|wieso|was) (?:hat|haben|habt|ist|sind|offnet|offnen|schliesst|schliessen|macht|kann|"
    r"konnen|darf|durfen|muss|mussen|kommt|kommen|bekomme|kostet|kosten|finde|gibt|beginnt|wird|werden|gilt|gelten|"
    r"lange|viel|viele|oft|teuer|hoch|weit|fahrt)|"
    r"(?:kann|konnte|darf|durfte|muss|soll|sollte|bekomme|brauche|habe) (?:ich|man)|"
    r"(?:konnen|durfen|mussen|haben|brauchen|bieten|nehmen|verkaufen|liefern) (?:wir|sie)|"
    r"(?:habt|seid|nehmt|konnt|akzeptiert|verkauft|bietet|liefert|macht|verschickt|versendet) ihr|"
    r"gibt (?:es|s)|gibts (?:n|ne|nen|ein\w*|bei|noch|auch|hier|da|da\w+)|"
    r"(?:hat|ist|sind) (?:das|die|der|euer|eure|ihr|ihre|mein|meine) \w+(?: \w+)* "
    r"(?:offen|geoffnet|geschlossen|kostenlos|inklusive|moglich|auf|zu|dabei|enthalten|teuer|frei)",
    "fr": r"a quelle heure|c est (?:ouvert|ferme|quand|combien|quoi|ou|possible|gratuit|payant|inclus|compris)|"
    r"il y a (?:un|une|des|du|de la)|y a (?:t il )?(?:un|une|des|du|de la)|est ce (?:que|qu)|"
    r"(?:est ce que )?je (?:peux|dois|veux|voudrais|souhaite|cherche)|puis je|peut on|on peut|faut il|"
    r"(?:vous|tu) (?:livrez|acceptez|avez|etes|vendez|fermez|ouvrez|proposez|faites|pouvez|peux|as)|"
    r"(?:avez|etes|livrez|acceptez|pouvez) vous|quell?e?s? (?:est|sont|sera)|"
    r"comment (?:faire|puis|\w+(?:er|ir) (?:la|le|les|un|une|mon|ma|mes|du|des|l))|"
    r"combien (?:de|coute|coutent|ca|faut)|quand (?:est|ouvre|ouvrez|ferme|fermez)|"
    r"ou (?:est|sont|se|puis|trouver)",
    "es": r"a que hora|cuanto (?:cuesta|cuestan|vale|valen|tarda|es)|se puede|"
    r"(?:abren|cierran) (?:los|el|en|a|hoy|manana)|"
    r"(?:tienen|aceptan|hacen|venden) \w+|donde (?:esta|estan|puedo)|hay (?:un|una|algun|alguna|que) \w+",
    "it": r"a che ora|quanto (?:costa|costano|dura)|si puo|avete (?:un|una|il|la|dei|delle)|"
    r"spedite (?:in|a|anche|all)|siete (?:aperti|chiusi)|quando (?:apre|aprite|chiude|chiudete)|c e (?:un|una|il|la)|"
    r"dove (?:e|sono|posso|trovo)",
    "pt": r"a que horas|quanto (?:custa|custam|demora)|(?:voces|voce) (?:tem|aceitam?|entregam?|enviam?|fazem|abrem)|"
    r"tem (?:um|uma|estacionamento)|esta aberto (?:ao|aos|no|hoje)|onde (?:fica|esta|posso)",
    "nl": r"hoe (?:laat|duur|lang|veel)|tot hoe laat|zijn jullie|hebben jullie|leveren jullie|(?:kan|mag|moet) ik|"
    r"is er (?:een|ook|parkeer\w*|korting)|wanneer (?:is|zijn|gaat|opent|gaan)|wat (?:kost|kosten)|"
    r"waar (?:is|kan|vind)",
}
_ENGLISH_MATTERS = frozenset(
    "album book books cd coupon dvd film game lyrics movie mug order orders policy poster refund return returns ship "
    "shipping shirt song stock ticket tickets tour tshirt vinyl".split()
)
"""What English readers ask about that has a foreign title."""
_TELLS = {language: frozenset(words.split()) for language, words in _TELLING.items()}
_SMALL = {language: _TELLS[language] | frozenset(words.split()) for language, words in _BESIDE.items()}
_USED = {
    language: re.compile("|".join(word.replace("*", r"\w*") for word in words.split()))
    for language, words in _ASKED_ABOUT.items()
}


_OPENS = {language: re.compile(rf"{_GREETED}(?:{openings})\b") for language, openings in _OPENINGS.items()}
_IN_ENGLISH_ALONE = {
    language: (_SMALL["en"] | _ENGLISH_MATTERS) - small - {"d", "m", "s", "t"} for language, small in _SMALL.items()
}


def written_in(text: str) -> str:
    """Return the code of the language, of those that the bot speaks, that a text is clearly written in, else ""."""
    own = without_quotes(text[:_CHARS])
    return _told_by_words(own) or _told_by_its_beginning(own)


def _told_by_its_beginning(own: str) -> str:
    """Return the code of the language in which a message asks without a word of English, by how it begins, else ""."""
    said = _BORROWED.sub(" ", plain(own)).strip()
    words = set(said.split())
    opened = [language for language, pattern in _OPENS.items() if pattern.match(said)]
    if len(words) < _WORDS or len(opened) != 1 or words & _IN_ENGLISH_ALONE[opened[0]]:
        return ""
    return opened[0]


def _told_by_words(own: str) -> str:
    """Return the code of the language that most small words of a message, and what it asks about, tell, else ""."""
    words = set(_BORROWED.sub(" ", plain(own)).split()) | ({"¿"} & set(own))
    if {"¿"} < words and len(words & _SMALL["en"] - _SMALL["es"]) < _TELLING_WORDS:
        return "es"
    used = {language: {one for one in words if pattern.fullmatch(one)} for language, pattern in _USED.items()}
    found = {language: words & small | used.get(language, set()) for language, small in _SMALL.items()}
    best, *others = sorted(LANGUAGES, key=lambda language: -len(found[language]))
    hits, theirs = len(found[best]), used.get(best, set())
    telling = words & _TELLS[best] | theirs
    enough = hits >= _SMALL_WORDS or len(telling) >= _TELLING_WORDS
    if len(words) < _WORDS or not enough or not telling or hits < _SHARE * len(words):
        return ""
    if any(hits < len(found[other]) + _AHEAD for other in others):
        return ""
    if best == "en":
        return best
    sure = found[best] - _ENGLISH_TOO
    names = not words & _SMALL[best] or (len(sure) < _OWN_WORDS and not theirs & sure)
    # Who writes half in English understands it.
    return "" if names or hits < 2 * len(found["en"]) else best


def spoken(wanted: str = "", text: str = "", turns: Iterable[Turn] = ()) -> str:
    """Return the code of the language that somebody who wrote `text`, after `turns`, is told things in.

    `wanted` is the one that the channel is set to, or that they wished for; empty where neither is.
    """
    if wanted:
        return wanted if wanted in LANGUAGES else "en"
    said = [text, *(turn.content for turn in reversed([*turns]) if turn.role == "user")]
    return next(filter(None, map(_told_by, said)), "en")


def _told_by(text: str) -> str:
    """Return the code of the language of a text, told by all its words or as the wish for a person that it is."""
    if language := written_in(text):
        return language
    wanted = read(text)
    return wanted.language if wanted.intent in HAND_OVER and wanted.language != "en" else ""
