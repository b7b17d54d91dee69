"""Wishes for a person instead of the bot, in seven languages: who wants one is handed over to people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

_FROM = (
    r"(?: (?:from|in|at|on) (?:(?:(?:your|the) )?(?:(?:customer|client|technical) )?"
    r"(?:support|service|billing|sales|accounts)(?: (?:team|department|desk))?|"
    r"the team|your (?:\w+ )?(?:team|department|staff)))?"
)
_HUMAN = (
    r"(?:(?:(?:a|an|the|some|your|one of your) )?"
    r"(?:(?:real|actual|live|living|human|proper|support|service|customer) )*"
    r"(?:human|humans|human being|humna|huamn|humen|hooman|person|peron|perosn|agents?|agnt|representatives?|"
    r"represent[ai]tives?|representive|reps?|operators?|oprator|employee|advisor|"
    r"someone|somebody|(?:someone|somebody) (?:real|senior|responsible|in charge|higher up|with authority)|"
    r"(?:person|one|manager) in charge|real one|member of staff|staff member|supervisor|manager|member of the team)"
    rf"|(?:(?:real|actual|live|living|human|your|support|service) )+people"
    r"|(?:one of )?your colleagues?|a colleague of yours|one of your (?:staff|team|people|guys|employees)"
    rf"|(?:a member|someone|somebody) (?:of|on|from) your (?:staff|team)){_FROM}"
)
_STAFF = (
    r"(?:(?:an?|the|your) )?(?:(?:real|actual|live|living|human|support|service) )*"
    rf"(?:humans?|human being|agent|representative|rep|operator|supervisor|manager|(?:real|actual|live) person){_FROM}"
)
"""Whom nobody names who wants anybody else: "someone" and "a person" may be a friend."""
_ANYONE = rf"(?:someone|somebody){_FROM}"
_SOMEONE_ELSE = (
    r"(?:(?:someone|somebody|anyone|anybody) else|(?:another|a different|some other) (?:agent|person|human|"
    r"representative|rep|operator|advisor|colleague))"
)
_HUMAN_HELP = r"(?:some )?(?:(?:real|actual|live) )?human (?:help|support|assistance|service|contact|intervention)"
_TEAM = r"(?:(?:your|the) )?(?:customer |client )?(?:service|support|care|support team|team|staff)"
_DEPARTMENT = (
    rf"(?:{_TEAM}|(?:(?:your|the) )?(?:(?:sales|billing|accounts|accounting)(?: (?:team|department|desk))?|"
    r"(?:returns|complaints) (?:team|department|desk)))"
)
_NOW = (
    r"(?: (?:please|pl[sz]|now|instead|right now|today|immediately|directly|rather|thanks|thank you|here|asap|"
    r"urgently|as soon as possible|quickly|again|for help|for this|"
    r"(?:and |but )?(?:not|rather than|instead of) (?:to |with )?(?:(?:an?|the|this|your|some|another) )?"
    r"(?:stupid )?(?:bots?|robots?|machines?|chatbots?|computers?|ai)))*"
)
_AFTER = (
    rf"{_NOW}(?: (?:about|regarding|concerning|who can (?:(?:actually|really|finally) )*help|"
    r"who (?:(?:actually|really) )*knows)\b.*)?"
)
_AT_A_TIME = (
    r"(?: (?:(?:at|around|after|before|by|from|between) )?(?:(?:about|around) )?"
    r"(?:\d{1,2}(?: \d\d)?(?: ?[ap] ?m)?(?: o clock)?(?: (?:and|or) \d{1,2}(?: \d\d)?(?: ?[ap] ?m)?)?|"
    r"noon|midday|lunch|(?:half|quarter) (?:past|to) \w+)|"
    r" (?:on |this |next )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|tonight|"
    r"morning|afternoon|evening|week)| in (?:an?|\d{1,3}|half an|ten|five) (?:minutes?|mins?|hours?))*"
)
_ANY_PERSON = (
    r"(?:an?|any|some) (?:(?:real|actual|live|living) )*(?:human|human being|(?:real|actual|live) (?:person|agent))"
)
"""Who is no bot, whoever else it is."""
_TAKEN_OVER = (
    r"(?:this|that|it|me|"
    r"my (?:(?!tax )\w+ )?(?:order|account|case|booking|ticket|issue|problem|request|invoice|payment|refund|delivery|"
    r"parcel|package|return|complaint|subscription|contract))"
)
"""What somebody at the desk deals with; whether people read an essay is asked about a service."""
_WISH = (
    r"(?:(?:please|pl[sz]|ok|no|hi|hello|hey|sorry|just|but|and|so|then|yes|well|now|or) )*"
    r"(?:(?:can|could|may|might) (?:i|we)|(?:i )?(?:just |really |only |still |now )?(?:want|need|would like)(?: to)?|"
    r"i (?:just |really |only |still |now )?(?:d like|wish|"
    r"would prefer|d prefer|d rather|would rather|demand|have|ve got)(?: to)?|id like to|(?:i )?wann?a|i gotta|i must|"
    r"let me|(?:can|could|would|will) you(?: please)?(?: let me)?|is it possible to|is there a way to)"
    r"(?: (?:please|just))*"
)
_TALK = (
    r"(?:talk|speak|chat|be (?:connected|transferred|forwarded|redirected|put through|passed on|handed over)|get|"
    r"get in touch|escalate this|complain)"
)
_FROM_DE = (
    r"(?: (?:vom|von|aus|im|in|beim) (?:(?:dem|der|ihrem|ihrer|eurem|eurer) )?"
    r"(?:support|service|kundenservice|kundendienst|kundensupport|team|vertrieb|buchhaltung))?"
)
_WHOM_DE = (
    r"(?:(?:(?:ein(?:en|em|er|e)?|nem|irgend|ihre[mnr]?|eure[mnr]?|de[nmr]) )?"
    r"(?:(?:echt|richtig|zustandig|verantwortlich|lebendig|real|ander)e[nmrs]? )*"
    r"(?:mensch(?:en)?|mitarbeiter(?:in|n)?|person|kolleg(?:e|en|in)|(?:kunden)?berater(?:in)?|chef(?:in)?|"
    r"vorgesetzten?|(?:team|filial)?leiter(?:in)?|manager(?:in)?|ansprechpartner(?:in)?|verantwortlichen|zustandigen)|"
    r"jemand(?:em|en)?(?: (?:echtem|echten|anderem|anderen|verantwortlichem|zustandigem))?)"
)
_DEPARTMENT_DE = (
    r"(?:(?:dem|der|ihrem|ihrer|eurem|eurer) )?(?:kundenservice|kundendienst|kundensupport|support|service|buchhaltung|"
    r"vertrieb|verkauf|(?:rechnungs|reklamations|versand)abteilung)"
)
_POLITE_DE = r"(?:bitte|mal|doch|jetzt|endlich|direkt|gleich|kurz|lieber|gerne?|sofort|einfach|nur|hier)"
_WHEN_DE = (
    r"(?:bitte|danke|heute|morgen|ubermorgen|jetzt|gerne?|gleich|bald|dringend|schnellstmoglich|umgehend|fruh|"
    r"vormittag|nachmittag|mittag|abend|(?:um|ab|nach|vor) \d{1,2}(?: \d\d)?(?: uhr)?)"
)
_AFTER_DE = rf"(?: (?:unter|auf) [\d ]+)?(?: {_WHEN_DE})*"
_OVER_DE = (
    r"(?: (?:(?:wegen|bezuglich|betreffend|betreffs|in sachen)|"
    r"zu (?:mein|dein|ihr|d|unser|ein)(?:e|er|em|en|es|as)?) .*)?"
)
"""What a call is wished for."""
_OWN_MATTER = (
    r"(?:abbonamento|abonnement|account|annulation|annulering|assinatura|beschwerde|bestelling|bestellung|betaling|"
    r"boeking|buchung|cancelacion|cancelamento|colis|commande|compte|consegna|conta|conto|contract|contrat|contrato|"
    r"contratto|cuenta|devolucao|devolucion|disdetta|dossier|encomenda|entrega|envio|erstattung|factura|facture|"
    r"factuur|fattura|fatura|klacht|konto|kundigung|levering|lieferung|livraison|ordine|opzegging|pacco|pagamento|"
    r"pago|paiement|paket|pakket|paquete|pedido|plainte|prenotazione|problem|problema|probleem|probleme|queja|"
    r"rechnung|reclamacao|reclamacion|reclamation|reclamo|reembolso|reklamation|rekening|remboursement|reserva|"
    r"reservation|reservering|resiliation|rimborso|stornierung|suscripcion|ticket|vertrag|zahlung)\b.*"
)
"""What somebody at the desk deals with, where one says for what, and not for an hour or to practise a language."""
_MATTER_DE = (
    r"(?: (?:uber|wegen|bezuglich|betreffend|betreffs|in sachen|es geht um) .*|"
    rf" (?:zu(?: (?:mein|unser|dies|ein|d)(?:e|er|em|en)?)?|zum|zur) {_OWN_MATTER})?"
)
_WHEN_FR = (
    r"(?:demain|aujourd hui|maintenant|rapidement|au plus vite|des que possible|ce (?:matin|soir)|cet apres midi|"
    r"demain (?:matin|soir|apres midi)|(?:vers|a|apres) \d{1,2} ?h(?: ?\d\d)?)"
)
_WHOM_FR = (
    r"(?:(?:une? |votre |le |la |l un de vos |un de vos |une de vos )?(?:vraie? )?(?:etre )?"
    r"(?:humaine?|personne|agent|conseill(?:er|ere)s?|responsables?|operat(?:eur|rice)|superieure?|chef|direct(?:eur|"
    r"rice)|"
    r"manager|collegues?|collaborat(?:eur|rice)|interlocut(?:eur|rice))|quelqu un)(?: d autre| du service client|"
    r" du support)?"
)
_AFTER_FR = r"(?: (?:reel|reelle|humain|humaine|physique|s il vous plait|s il te plait|svp|stp))*"
_MATTER_FR = (
    r"(?: (?:concernant|au sujet|a propos|par rapport|a cause) .*|"
    rf" (?:pour|sur|de|d|du)(?: (?:ma|mon|mes|notre|nos|ce|cette|une?|la|le|l))? {_OWN_MATTER})?"
)
_WHOM_ES = (
    r"(?:(?:una? |su |tu |el |la |alguna? |uno de sus )?(?:human[oa]|ser humano|persona|agente|operadora?|"
    r"representante|"
    r"asesora?|jef[ea]|encargad[oa]|supervisora?|gerente|responsable|directora?)|alguien)"
)
_AFTER_ES = r"(?: (?:real|humana|humano|por favor|de verdad))*"
_WHEN_ES = r"(?:hoy|manana|ahora|luego|por la (?:manana|tarde|noche)|(?:a|despues de|antes de) las? \d{1,2}(?: \d\d)?)"
_MATTER_ES = (
    r"(?: (?:sobre|acerca|respecto|en relacion|a causa) .*|"
    rf" (?:por|para|de|del)(?: (?:mis?|nuestr[oa]s?|este|esta|una?|la|el))? {_OWN_MATTER}|"
    r" (?:de|del) (?:departamento de )?(?:ventas|facturacion|soporte|atencion al cliente))?"
)
_WHOM_IT = (
    r"(?:(?:una? |il |la |l |il vostro |la vostra |il suo |un vostro |una vostra )?(?:uman[oa]|persona|operatore|"
    r"operatrice|"
    r"essere umano|responsabile|capo|direttore|direttrice|supervisore|consulente|addett[oa]|collega|incaricat[oa])|"
    r"qualcuno)"
)
_WHEN_IT = (
    r"(?:oggi|domani|adesso|ora|(?:domani |di )?(?:mattina|pomeriggio|sera)|"
    r"(?:alle|dopo le|prima delle) \d{1,2}(?: \d\d)?)"
)
_MATTER_IT = (
    r"(?: (?:riguardo|a proposito|circa) .*|"
    r" (?:per|su|di|sul|sulla|sull|del|della|dell)(?: (?:il|la|l|lo|una?))?(?: (?:mi[oa]|nostr[oa]|quest[oa]))? "
    rf"{_OWN_MATTER})?"
)
_WHOM_PT = (
    r"(?:(?:uma? |o |a |o seu |a sua |o vosso |o teu |um dos seus )?(?:human[oa]|pessoa|atendente|agente|representante|"
    r"ser humano|chefe|gerente|responsavel|supervisora?|assistente|operadora?|funcionari[oa]|colega)|alguem)"
)
_WHEN_PT = r"(?:hoje|amanha|agora|(?:de|a) (?:manha|tarde|noite)|(?:as|depois das|antes das) \d{1,2}(?: ?h)?(?: \d\d)?)"
_MATTER_PT = (
    r"(?: (?:sobre|por causa|acerca|a respeito|quanto a) .*|"
    r" (?:para|por|pel[oa]|de|do|da)(?: (?:o|a|uma?))?(?: (?:meu|minha|noss[oa]|este|esta|esse|essa))? "
    rf"{_OWN_MATTER})?"
)
_WHOM_NL = (
    r"(?:(?:een |de |jullie |uw |je )?(?:echte? )?(?:mens|medewerk(?:er|ster)|persoon|chef|manager|baas|leidinggevende|"
    r"verantwoordelijke|collega)|iemand(?: anders)?)"
)
_WHEN_NL = (
    r"(?:vandaag|morgen|nu|straks|(?:morgen|van)?(?:ochtend|middag|avond)|(?:om|na|voor) \d{1,2}(?: \d\d)?(?: uur)?)"
)
_MATTER_NL = (
    r"(?: (?:over|vanwege|omtrent|wegens|betreffende) .*|"
    rf" (?:voor|van) (?:mijn|onze|ons|deze|dit|een|de|het) {_OWN_MATTER})?"
)
_CONTACT = (
    r"(?:(?:call|phone|ring|contact|email|e mail|text|message|write to|get back to|get in touch with|reach out to) me)"
)

_PATTERNS = {
    "en": (
        rf"{_WISH} {_TALK} (?:to|with|2) (?:{_HUMAN}|{_TEAM}|{_SOMEONE_ELSE}){_AFTER}",
        rf"(?:(?:no|but|and|so|hi|hello|sorry) )*i (?:(?:would|d|much|really|still) )*prefer (?:talking|speaking|"
        rf"chatting|dealing) "
        rf"(?:to|with) (?:{_HUMAN}|{_TEAM}){_AFTER}",
        rf"(?:(?:no|but|please|ok) )*i (?:(?:already|just|clearly) )*(?:said|typed|wrote|asked for) {_STAFF}{_NOW}",
        rf"(?:(?:hi|hello|hey) )*any (?:(?:real|actual|live) )*(?:humans?|human beings?|real (?:people|person)|"
        rf"(?:agents?|operators?|representatives?|people)(?= (?:here|there|around|online|in here)\b))"
        rf"(?: (?:here|there|around|available|online|out there|in here))*{_NOW}",
        rf"(?:(?:please|i|we|would like to|want to|d like to|just) )*request(?:ing)? (?:an? )?(?:call ?back|phone call)"
        rf"{_NOW}|(?:a )?(?:call ?back|phone call)(?: (?:please|pl[sz]|requested|asap|now|wanted))+",
        rf"{_WISH} (?:deal|communicate|interact) with {_STAFF}{_AFTER}",
        rf"(?:(?:please|ok|no|just) )*(?:talk|speak|chat) (?:to|with|2) (?:{_HUMAN}{_AFTER}|{_TEAM}{_NOW})",
        rf"(?:(?:please|ok|just|(?:can|could|would) "
        rf"(?:you|someone|somebody|{_HUMAN})|i (?:want|need|would like|d like) (?:you|someone|somebody|{_HUMAN}) to) )*"
        rf"(?:call|phone|ring) me(?: back)?(?: (?:on|at) [\d ]+)?{_AT_A_TIME}{_AFTER}",
        r"i (?:want|need|would like|d like) (?:to be (?:called|phoned|rung)(?: back)?|a call ?back)"
        r"(?: please| now| today)*",
        rf"(?:(?:please|ok|just|hi|hello) )*(?:(?:can|could|would) (?:{_ANYONE}|{_STAFF})(?: please)?|"
        rf"(?:please )?(?:have|get|let) (?:{_ANYONE}|{_STAFF})(?: to)?) {_CONTACT}{_AT_A_TIME}{_AFTER}",
        # "How can I talk to someone about a bulk order?" is told by a page, or by whom the refusal names.
        rf"how (?:can|do|could|would) i (?:{_TALK}|reach) (?:(?:to|with) )?(?:{_STAFF}{_AFTER}|{_HUMAN}{_NOW})",
        rf"(?:{_WISH} )?(?:please )?(?:connect|transfer|put|pass|hand|forward|redirect|switch|escalate)"
        rf"(?: (?:me|us|this|this chat|this conversation|my case))(?: (?:over|through))? (?:to|with) "
        rf"(?:{_HUMAN}|{_DEPARTMENT}){_AFTER}",
        rf"(?:{_WISH} )?(?:please )?(?:connect|transfer|switch|escalate|redirect|hand over|forward) to "
        rf"{_STAFF}{_AFTER}",
        rf"(?:(?:please|i (?:just |really |urgently )?(?:want|need|d like|would like|prefer|demand)|"
        rf"(?:can|could) (?:i|we) (?:have|get)|give me|get me) )+{_HUMAN_HELP}{_AFTER}",
        rf"{_HUMAN_HELP}(?: (?:please|pl[sz]|now))+",
        rf"(?:(?:please|i (?:just |really )?(?:want|need|d like|would like|prefer|demand)|(?:can|could) (?:i|we) "
        rf"(?:have|get|see)|give me|get me|(?:can|could) you get me|let me have) )+{_HUMAN}{_AFTER}",
        rf"(?:(?:please|just|really) )*(?:want|need) {_STAFF}{_NOW}",
        rf"(?:(?:is|are) (?:there )?)?any ?(?:body|one) (?:human|"
        rf"(?:human|real)(?: (?:there|here|around|in here))+){_NOW}",
        rf"where is (?:an?|the) (?:(?:real|actual|live) )*(?:human|human being|real person|live agent){_AFTER}",
        r"(?:(?:a|an) )?(?:real |actual |live )*(?:human|human being|agent|operator|representative|real person|"
        r"actual person|live person|supervisor|manager)(?: (?:please|pl[sz]|now|instead|here))+",
        r"(?:a )?person (?:please|pl[sz]|now)",
        r"i (?:just |really )?(?:want|need|would like|d like) (?:a |the )?(?:live chat|customer (?:service|support))"
        r"(?: (?:please|pl[sz]|now|instead))*",
        r"(?:(?:a|the) )?(?:live chat|(?:customer )?(?:service|support)(?: (?:agent|representative|rep|person))?)"
        r"(?: (?:please|pl[sz]))+",
        rf"(?:can|could|would|will) (?:a|an|some) (?:(?:real|actual|live|support) )*(?:human|human being|person|agent|"
        rf"representative|operator|supervisor|manager) (?:please )?(?:help|assist) me"
        rf"(?: out| with (?:this|that|it|my .*))?{_AFTER}",
        rf"(?:is|are) there (?:(?:a|an|any) )?{_HUMAN}(?: (?:here|there|available|around|(?:that |who )?i can "
        rf"(?:talk|speak) (?:to|with)|to (?:talk|speak) (?:to|with)|in here))+{_AFTER}",
        rf"(?:is|are) there (?:(?:an?|any|no) )?(?:(?:real|actual|live) )*(?:humans?|human beings?|real person|"
        rf"live (?:agent|person)){_NOW}",
        rf"(?:(?:hi|hello|hey|sorry|please|ok|and|but|so) )*(?:"
        rf"(?:is|are|isn t) there (?:(?:any|some) ?(?:one|body)|{_HUMAN})|"
        rf"is (?:any|some) ?(?:one|body))(?: else)?{_FROM}"
        rf"(?: (?:here|there|available|around|in here))*(?: (?:who|that|whom))? (?:i|we) (?:can|could|may|might) "
        rf"(?:please )?(?:talk|speak|chat|write) (?:to|with){_AFTER}",
        rf"(?:(?:hi|hello|hey|sorry|please|ok|and|but|so) )*(?:is|are) there {_ANY_PERSON}{_FROM}"
        rf"(?: (?:who|that|whom))? (?:i|we) (?:can|could|may|might) "
        rf"(?:ask|contact|reach|message|call|write to){_AFTER}",
        rf"(?:{_WISH} )?(?:please )?escalate(?: (?:this|it|(?:this|my) (?:case|issue|ticket|problem)))?{_AFTER}",
        rf"i (?:do not|don t|dont) (?:want|like|wish) to (?:talk|speak|chat) (?:to|with) (?:a|the|this|some) "
        rf"(?:bot|robot|machine|chatbot|computer|ai){_AFTER}",
        r"i (?:(?:would|d) (?:(?:much|really) )?(?:rather|prefer)|prefer)(?: to)? not (?:to )?"
        r"(?:talk|speak|chat|deal) (?:to|with) "
        rf"(?:an?|the|this|some) (?:bot|robot|machine|chatbot|computer|ai){_AFTER}",
        r"no (?:more )?(?:bots?|robots?)(?: please)?",
    ),
    "de": (
        rf"(?:(?:nein|ok|hallo|guten tag|ich (?:mochte|will|wurde|muss)|(?:kann|konnte|darf|durfte) ich|"
        rf"lass mich|lassen sie mich|{_POLITE_DE}) )*(?:mit )?{_WHOM_DE}{_FROM_DE}(?: {_POLITE_DE})*{_MATTER_DE} "
        rf"(?:sprechen|reden|chatten|telefonieren|verbunden werden|verbinden)(?: bitte)?{_MATTER_DE}",
        rf"(?:(?:hallo|bitte) )*(?:konnen|konnten|wurden|kannst|konntest) (?:sie|du) mich(?: {_POLITE_DE})* (?:mit|zu|"
        rf"an) "
        rf"(?:{_WHOM_DE}{_FROM_DE}|{_DEPARTMENT_DE})(?: {_POLITE_DE})* "
        r"(?:verbinden|durchstellen|weiterleiten|weiterverbinden)(?: bitte)?",
        r"(?:gibt es|ist)(?: (?:hier|da|bei euch|bei ihnen|auch|denn|uberhaupt))* (?:(?:einen |ein )?(?:(?:echten?|"
        r"richtigen?|lebenden?) )*mensch(?:en)?|(?:einen )?(?:echten|richtigen) mitarbeiter)"
        r"(?: (?:hier|da|am anderen ende|mit dem ich (?:sprechen|reden) kann))*",
        rf"(?:bitte )?(?:verbinden sie|verbinde|verbind) mich (?:bitte )?mit (?:{_WHOM_DE}|{_DEPARTMENT_DE})"
        rf"{_FROM_DE}(?: bitte)?",
        rf"(?:(?:ich )?bitte um |(?:(?:ich (?:mochte|will|brauche|hatte gerne?|wunsche)|bitte) )+(?:einen )?)"
        rf"ruckruf{_AFTER_DE}{_OVER_DE}",
        rf"ruckruf(?: (?:bitte|gewunscht|erwunscht|erbeten))+{_AFTER_DE}",
        rf"(?:bitte )?(?:rufen sie|ruft|ruf) mich(?: {_WHEN_DE})* (?:an|zuruck){_AFTER_DE}",
        rf"(?:bitte )?(?:konnen|konnten|wurden) sie mich(?: {_WHEN_DE})*{_OVER_DE} "
        rf"(?:anrufen|zuruckrufen){_AFTER_DE}{_OVER_DE}",
        r"ich (?:will|mochte|mag) (?:(?:jetzt|aber|wirklich|bitte) )*"
        r"(?:nicht mit (?:einem|einer|dem|der|diesem|dieser|nem|ner)|mit keine[mr]) "
        r"(?:bot|chatbot|roboter|computer|automaten|maschine|ki) (?:reden|sprechen|schreiben|chatten)",
        rf"(?:bitte )?(?:kann|konnte) mich (?:bitte )?jemand(?: {_WHEN_DE})*{_OVER_DE} "
        rf"(?:anrufen|zuruckrufen|kontaktieren){_AFTER_DE}{_OVER_DE}",
        r"(?:(?:bitte|ich (?:mochte|will|brauche)) )+(?:einen |ein |einem )?(?:echten |echter )?"
        r"(?:mensch|menschen|mitarbeiter)(?: bitte| sprechen)*",
        r"(?:einen |ein |einem )?(?:echten |echter )?(?:mensch|menschen|mitarbeiter)(?: bitte| sprechen)+",
    ),
    "fr": (
        r"(?:(?:je (?:veux|voudrais|souhaite|souhaiterais|prefere|peux)|puis je|pourrais je|est ce que je peux|"
        r"peut on|merci de me laisser|laissez moi|j aimerais|je prefererais|je dois|non|bonjour) )*"
        rf"parler (?:a|avec) {_WHOM_FR}{_AFTER_FR}{_MATTER_FR}",
        r"(?:bonjour )?(?:(?:pouvez|pourriez|pourrez) vous|peux tu|pourrais tu|merci de)(?: s il vous plait)? me "
        rf"(?:passer|(?:mettre en (?:relation|contact)|transferer|connecter|rediriger) (?:avec|a|"
        rf"vers)) {_WHOM_FR}{_AFTER_FR}",
        r"(?:(?:bonjour|non) )*(?:puis je|pourrais je|(?:est ce que )?je peux|peut on|pouvons nous|je voudrais|"
        r"j aimerais) avoir "
        rf"{_WHOM_FR}(?: au telephone)?{_AFTER_FR}",
        r"(?:bonjour )?(?:(?:pouvez|pourriez|pourrez) vous|"
        r"(?:est ce (?:que|qu) )?(?:on|quelqu un) (?:peut|pourrait)(?: il)?|"
        r"merci de|peut on|peux tu) "
        rf"(?:m appeler|me rappeler|me telephoner)(?: {_WHEN_FR})*{_AFTER_FR}",
        rf"(?:merci )?(?:rappelez|appelez|telephonez) moi(?: {_WHEN_FR})*{_AFTER_FR}",
        rf"je (?:voudrais|souhaite|souhaiterais|veux|veux bien) etre "
        rf"(?:r?appelee?|contactee? par telephone)(?: {_WHEN_FR})*{_AFTER_FR}",
        r"(?:je )?ne veux pas parler (?:a|avec) (?:une? |cette? )?(?:robot|bot|chatbot|machine|ia|ordinateur)",
        r"(?:un )?(?:humain|vrai humain|conseiller)(?: (?:s il vous plait|s il te plait|svp|stp))+",
        r"(?:non |bonjour )?(?:je (?:veux|voudrais|souhaite|souhaiterais|prefere)|j ai besoin d|il me faut|donnez moi|"
        r"passez moi|(?:mettez moi en (?:relation|contact)|connectez moi|transferez moi) (?:avec|a)) (?:une? )?"
        rf"(?:vrai )?(?:humain|etre humain|vraie personne|personne (?:reelle|humaine)|agent|conseiller|conseillere|"
        rf"operateur|responsable){_AFTER_FR}",
        r"(?:non |bonjour )?(?:passez moi|(?:pouvez|pourriez) vous me passer|"
        r"(?:mettez moi en (?:relation|contact)|connectez moi|transferez moi) (?:avec|a)) "
        rf"(?:(?:le|la|votre) )?(?:service (?:client|commercial|comptable|apres vente)|comptabilite){_AFTER_FR}",
    ),
    "es": (
        r"(?:(?:quiero|quisiera|puedo|podria|necesito|me gustaria|prefiero|preferiria|deseo|dejame|dejeme|por favor|"
        rf"hola) )*hablar con {_WHOM_ES}{_AFTER_ES}{_MATTER_ES}",
        r"(?:(?:por favor|hola) )*(?:quiero|quisiera|necesito|prefiero|me gustaria) que me (?:atienda|ayude|llame|"
        r"conteste|"
        rf"responda|contacte|atiendan) {_WHOM_ES}{_AFTER_ES}",
        r"(?:(?:por favor|hola) )*(?:me )?(?:puede|puedes|pueden|podria|podrian) (?:pasar|comunicar|conectar|poner|"
        r"transferir)"
        rf"(?:me)?(?: en contacto)? (?:con|a) {_WHOM_ES}{_AFTER_ES}",
        rf"(?:(?:me )?(?:puede|puedes|pueden|podria|podrian) (?:llamarme|llamar)(?: alguien)?|(?:alguien )?me "
        rf"(?:puede|pueden) llamar|(?:llamenme|llameme|llamame))(?: {_WHEN_ES})*{_AFTER_ES}",
        r"(?:por favor )?(?:quiero|quisiera|necesito|prefiero) una persona(?: por favor)*",
        r"no quiero hablar con (?:una? |este |esta )?(?:robot|bot|chatbot|maquina)",
        r"(?:un |una )?(?:humano|persona real|agente)(?: por favor)+",
        r"(?:por favor )?(?:quiero|quisiera|necesito|prefiero|(?:pasame|paseme|me pasas|comunicame|comuniqueme|"
        r"conectame|conecteme|transfiereme|transfierame|ponme|pongame) (?:con|a)) (?:una? )?"
        rf"(?:humano|ser humano|persona (?:real|humana)|agente|operador|operadora|asesor|representante){_AFTER_ES}",
        r"(?:por favor )?(?:pasame|paseme|comunicame|comuniqueme|conectame|conecteme|transfiereme|transfierame|ponme|"
        r"pongame|(?:me )?(?:puede|puedes|podria) (?:pasar|comunicar|conectar|transferir)(?:me)?) con "
        r"(?:(?:el|la|su) )?(?:(?:departamento|equipo|area) de )?(?:ventas|contabilidad|facturacion|"
        rf"atencion al cliente|servicio al cliente){_AFTER_ES}",
    ),
    "it": (
        r"(?:(?:vorrei|voglio|posso|potrei|preferisco|preferirei|devo|mi faccia|fammi|fatemi|mi fate|per favore|no|"
        r"salve|buongiorno) )*"
        rf"parl(?:are|a) con {_WHOM_IT}(?: (?:reale|vera|vero|umano|umana|per favore))*{_MATTER_IT}",
        r"(?:(?:per favore|salve|buongiorno) )*(?:puo|puoi|potete|potrebbe|potreste) (?:passarmi|"
        r"(?:mettermi in contatto|"
        rf"collegarmi|trasferirmi|connettermi) (?:con|a)) {_WHOM_IT}(?: (?:reale|vera|vero|umano|per favore))*",
        r"(?:(?:vorrei|voglio|desidero|preferirei|chiedo di) )+essere (?:ri)?(?:chiamat[oa]|contattat[oa] "
        r"(?:telefonicamente|da qualcuno|da una persona))(?: (?:per favore|domani|oggi|al piu presto))*",
        r"(?:(?:potete|potreste|puo|puoi|potrebbe) (?:ri)?chiamarmi(?: qualcuno)?|"
        r"mi (?:potete|puo|puoi|potrebbe|potreste) (?:ri)?chiamare(?: qualcuno)?|"
        rf"(?:ri)?chiamatemi|(?:qualcuno )?puo (?:ri)?chiamarmi)(?: {_WHEN_IT})*(?: per favore)*",
        r"non voglio parlare con (?:una? |questo )?(?:robot|bot|chatbot|macchina)",
        r"(?:un )?(?:umano|operatore)(?: per favore)+",
        r"(?:per favore )?(?:voglio|vorrei|preferisco|mi serve|ho bisogno di|mi passi|passami|mi passa|"
        r"(?:mi metta|mettimi) in contatto con) (?:un |una )?(?:umano|essere umano|operatore|operatrice|"
        r"persona (?:reale|vera)|vera persona)(?: (?:reale|vero|umano|per favore))*",
        r"(?:per favore )?(?:mi (?:passi|passa)|passami|puo passarmi|(?:mi metta|mettimi) in contatto con) "
        r"(?:il |la |l )?(?:(?:ufficio|reparto) )?(?:vendite|contabilita|amministrazione|fatturazione|"
        r"servizio clienti|assistenza clienti)(?: per favore)*",
    ),
    "pt": (
        r"(?:(?:eu )?(?:quero|queria|posso|poderia|gostaria de|gostava de|preciso(?: de)?|prefiro|preferia|preferiria|"
        r"deixe me|por favor|ola|bom dia) )*"
        rf"falar com {_WHOM_PT}(?: (?:real|humano|humana|de verdade|por favor))*{_MATTER_PT}",
        r"(?:(?:por favor|ola) )*(?:voce )?(?:pode|podem|poderia|poderiam) (?:me )?(?:passar|transferir|conectar|"
        r"ligar|por em "
        rf"contato)(?: me)? (?:para|com|a|ao) {_WHOM_PT}(?: (?:real|humano|de verdade|por favor))*",
        r"(?:(?:voces |voce |alguem )?(?:podem|pode|poderia|poderiam) (?:me (?:ligar|telefonar)|"
        r"(?:ligar|telefonar) me)|"
        rf"(?:liguem|ligue) me|me (?:liguem|ligue))(?: (?:de volta|por favor|{_WHEN_PT}))*",
        r"nao quero falar com (?:uma? |este |esse )?(?:robo|bot|chatbot|maquina)",
        r"(?:um |uma )?(?:humano|atendente|pessoa real)(?: por favor)+",
        r"(?:por favor )?(?:(?:voce )?(?:pode|poderia) (?:me )?(?:passar|transferir)(?: me)?|"
        r"(?:passe|transfira) me|me (?:passe|passa|transfira|transfere)) para (?:o |a |as )?"
        r"(?:(?:setor|departamento) (?:de |do )?)?(?:financeiro|vendas|faturamento|faturacao|contabilidade|sac|"
        r"atendimento)(?: por favor)*",
        r"(?:por favor )?(?:(?:eu )?(?:quero|queria|preciso de|prefiro)|(?:passe me|me passe?|me passa|transfira me|"
        r"me transfira|me transfere|me conecte?|me conecta|passa|passe|transfere|transfira) (?:para|a|com)) (?:uma? )?"
        r"(?:humano|ser humano|atendente|pessoa (?:real|de verdade))(?: (?:real|humano|de verdade|por favor))*",
    ),
    "nl": (
        r"(?:(?:ik wil|ik wil graag|kan ik|kan ik ook|mag ik|graag|liever|alstublieft|"
        rf"nee|hallo|ik zou graag|laat me|laat mij) )*(?:met )?{_WHOM_NL}(?: van (?:de )?(?:klantenservice|support|"
        rf"helpdesk))?"
        r"(?: (?:graag|alstublieft))?(?: (?:over|vanwege|omtrent|wegens) .*)? (?:spreken|praten|chatten)"
        rf"(?: (?:alstublieft|aub|graag))*{_MATTER_NL}",
        rf"(?:kunt u|kun je|kunnen jullie) (?:mij|me) (?:(?:aub|alstublieft|"
        rf"even) )*(?:met {_WHOM_NL} (?:door)?verbinden|"
        rf"doorverbinden met {_WHOM_NL})(?: (?:alstublieft|aub))*",
        r"(?:(?:kunt u|kunnen jullie|kun je|kan iemand|kan er iemand) (?:mij|me)"
        rf"(?: (?:alstublieft|aub|{_WHEN_NL}))* (?:terug)?bellen|"
        rf"bel (?:mij|me)(?: terug)?)(?: (?:alstublieft|aub|graag|{_WHEN_NL}))*",
        rf"(?:(?:ik wil|ik wil graag|kan ik|kan ik ook|mag ik|ik zou graag|hallo|graag) )*met {_WHOM_NL} bellen"
        r"(?: (?:alstublieft|aub|graag))*",
        r"(?:verbind (?:mij|me)|(?:kunt u|kun je|kunnen jullie) (?:mij|me))(?: (?:aub|alstublieft|even|door))* met "
        r"(?:de |jullie )?(?:boekhouding|klantenservice|verkoop|verkoopafdeling|administratie|financiele afdeling)"
        r"(?: (?:door)?verbinden)?(?: (?:door|alstublieft|aub|graag))*",
        r"ik wil niet met (?:een |deze )?(?:robot|bot|chatbot|machine|computer) (?:praten|spreken|chatten)",
        r"(?:ik wil(?: graag)?|ik heb liever|geef (?:me|mij)|(?:mag|kan) ik|graag) een (?:echte? )?(?:mens|"
        r"medewerk(?:er|ster))"
        r"(?: (?:aan de (?:lijn|telefoon)|alstublieft|aub|graag))*",
        r"(?:een )?(?:echt )?mens(?: (?:alstublieft|aub|graag))+",
        r"(?:(?:ik wil|kunt u mij|kun je me|kan ik|verbind (?:mij|me)|graag) )*(?:doorverbinden|doorverbonden worden|"
        r"door) "
        rf"met {_WHOM_NL}(?: (?:alstublieft|aub|graag))*",
    ),
}
_NAMED = {
    "en": r"(?:an? )?(?:(?:real|actual|live) )*(?:human|human being|agent|operator|representative|real person|"
    r"actual person|live person|supervisor|manager)|"
    rf"(?:(?:any|some) ?(?:one|body)|{_HUMAN})(?: (?:that|who))? (?:i|we) (?:can|could) "
    r"(?:talk|speak|chat) (?:to|with)",
    "de": r"(?:einen |ein |einem )?(?:echten |echter )?(?:mensch|menschen|mitarbeiter)",
    "fr": r"(?:un )?(?:humain|etre humain|conseiller)",
    "es": r"(?:un )?(?:humano|ser humano|agente)",
    "it": r"(?:un )?(?:umano|essere umano|operatore)",
    "pt": r"(?:um )?(?:humano|ser humano|atendente)",
    "nl": r"(?:een )?(?:mens|medewerker)",
}
"""How a person is named; a wish for one where nothing else is said."""


_STEPS_IN = re.compile(
    rf"(?:(?:hi|hello|hey|sorry|please|ok|and|but|so) )*(?:can|could) {_ANY_PERSON} (?:please )?"
    r"(?:(?:have|take) a look(?: at| into)?|look (?:at|into|over)|check|answer|handle|deal with|review|"
    rf"reply to|sort|fix|take over|step in|jump in)(?: {_TAKEN_OVER})?(?: out| for me)?{_AFTER}"
)
_ASKS_A_PRICE = re.compile(
    r"\b(?:how much (?!longer|more|time)|(?:what|how much) (?:\w+ ){1,4}(?:cost|price|fee|charge)s?\b)"
)
"""Who asks that beside asks about a service."""
_CHATTED = re.compile(r"(?: (?:tbh|rn|lol|asap|ngl|lmao|haha))+$")
"""What chats add behind a wish."""


def person_wished(clauses: Sequence[str]) -> str:
    """Return the language in which one of a message's plain clauses wishes for a person, empty where none does."""
    said = [*clauses, *(_CHATTED.sub("", one) for one in clauses)]
    if any(map(_STEPS_IN.fullmatch, said)) and not any(map(_ASKS_A_PRICE.search, clauses)):
        return "en"
    return next((language for language, pattern in _wishes().items() if any(map(pattern.fullmatch, said))), "")


def person_named(clauses: Sequence[str]) -> str:
    """Return the language in which one of a message's plain clauses names a person and nothing else, else empty."""
    return next((language for language, pattern in _names().items() if any(map(pattern.fullmatch, clauses))), "")


@cache
def _wishes() -> dict[str, re.Pattern[str]]:
    return {language: re.compile("|".join(patterns)) for language, patterns in _PATTERNS.items()}


@cache
def _names() -> dict[str, re.Pattern[str]]:
    return {language: re.compile(pattern) for language, pattern in _NAMED.items()}
