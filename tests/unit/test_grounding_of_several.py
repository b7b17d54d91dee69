"""What one sentence denies, or says of one thing, is not told because another sentence holds the other words."""

import pytest

from bot.claims.subjects import statements_of
from tests.grounded import told

ROWS: list[tuple[str, str, list[str], list[str]]] = [
    (
        "What are the rules?",
        "Cheques are not accepted. Foreign cash is not accepted.",
        ["Cheques are not accepted, but foreign cash is."],
        ["Cheques are not accepted, and foreign cash is not accepted."],
    ),
    (
        "What are the rules?",
        "Late work is not marked. It counts as zero. Drafts are not graded. They are returned with comments.",
        [
            "Late work is returned with comments.",
        ],
        [
            "Late work counts as zero.",
            "Drafts are returned with comments.",
        ],
    ),
    (
        "What are the rules?",
        "Cleaning is charged at 80 euros. Photographs are allowed throughout, drones are not.",
        [
            "Photographs are allowed throughout, drones are.",
        ],
        [
            "Cleaning is charged at 80 euros, and photographs are allowed throughout, drones are not.",
        ],
    ),
    (
        "What are the rules?",
        "Ponds are allowed if they are fenced. Trampolines are forbidden.",
        [
            "Ponds are allowed if they are fenced, and trampolines are allowed if they are fenced.",
        ],
        [],
    ),
    (
        "What are the rules?",
        "Hand luggage is allowed. Liquids are prohibited.",
        [
            "Hand luggage is prohibited, but liquids are allowed.",
            "Hand luggage is allowed, and liquids are allowed.",
            "Hand luggage and liquids are allowed.",
            "Hand luggage is allowed, but liquids are.",
        ],
        [
            "Hand luggage is allowed, but liquids are prohibited.",
            "Liquids are prohibited, but hand luggage is allowed.",
            "Hand luggage is allowed; liquids are prohibited.",
        ],
    ),
    (
        "What are the rules?",
        "Breakfast is included in the price for members. Drinks from the minibar are excluded.",
        [
            "Breakfast is included in the price, but drinks from the minibar are excluded.",
        ],
        [
            "Breakfast is included in the price for members, but drinks from the minibar are excluded.",
        ],
    ),
    (
        "What are the rules?",
        "Smoking is prohibited in the building. Barbecues are only allowed on the terrace.",
        [
            "Smoking is prohibited in the building, and barbecues are allowed.",
        ],
        [
            "Smoking is prohibited in the building, and barbecues are only allowed on the terrace.",
        ],
    ),
    (
        "What are the rules?",
        "Cheques are not accepted. Bikes may be parked, but not in the hall.",
        [
            "Cheques are not accepted, and bikes may be parked in the hall.",
            "Cheques are not accepted, and bikes may not be parked.",
            "Cheques are accepted, and bikes may not be parked in the hall.",
        ],
        [
            "Cheques are not accepted, and bikes may not be parked in the hall.",
            "Bikes may not be parked in the hall, and cheques are not accepted.",
        ],
    ),
    (
        "What are the rules?",
        "Cheques are not accepted. Card payments are accepted at all tills.",
        [
            "Cheques are accepted, but card payments are not.",
            "Card payments are not accepted, but cheques are.",
        ],
        [
            "Cheques are not accepted, but card payments are.",
        ],
    ),
    (
        "What are the rules?",
        "Bags stay outside. Phones are only allowed if they are switched off.",
        [
            "Phones are allowed.",
        ],
        [
            "Phones are allowed if they are switched off.",
        ],
    ),
    (
        "What are the rules?",
        "Passwords must not be shared. They must be changed every 90 days.",
        [
            "Passwords must be shared.",
            "Passwords must not be changed every 90 days.",
            "Passwords must be shared and changed every 90 days.",
        ],
        [
            "Passwords must be changed every 90 days.",
            "Passwords must not be shared.",
        ],
    ),
    (
        "What are the rules?",
        "Tickets are not sent by post. You can download them from your account.",
        [
            "Tickets are sent to your account.",
        ],
        [
            "You can download tickets from your account.",
        ],
    ),
    (
        "How often is the fee charged?",
        "The fee is charged monthly, and the report is sent every Tuesday.",
        ["The fee is charged every week.", "The fee is charged every Tuesday.", "The report is sent every month."],
        [
            "The fee is charged monthly.",
            "The report is sent every week.",
            "The fee is charged monthly and the report is sent every Tuesday.",
        ],
    ),
    (
        "When are deliveries made?",
        "Deliveries are made on Mondays, and collections on Thursdays. The workshop is open on Saturdays.",
        ["Deliveries are made on Thursdays.", "Collections are made on Mondays.", "Deliveries are made on Saturdays."],
        ["Deliveries are made on Mondays.", "Collections are on Thursdays.", "The workshop is open on Saturdays."],
    ),
    (
        "Is it refunded?",
        "The fee is refunded within 5 days. Deposits for islands are not refunded.",
        ["The fee is not refunded.", "The fee for islands is not refunded."],
        ["The fee is refunded within 5 days.", "Deposits for islands are not refunded."],
    ),
    (
        "Where is delivery available?",
        "Standard delivery is available in Germany. Express delivery is not available on islands.",
        ["Standard delivery is available in Germany but not on islands."],
        ["Standard delivery is available in Germany, but express delivery is not available on islands."],
    ),
    (
        "Must I sign?",
        "You may bring a friend. You must sign the form at the desk.",
        ["You must bring a friend and sign the form at the desk.", "You must bring a friend to the desk."],
        ["You may bring a friend, and you must sign the form at the desk."],
    ),
    (
        "How can I pay?",
        "You can pay by card, PayPal or bank transfer. Cash and cheques are not accepted.",
        ["You can pay by card, PayPal or cash.", "You can pay by card, PayPal, bank transfer, cash or cheques."],
        [
            "You can pay by card, PayPal or bank transfer.",
            "You can pay by card, but cash is not accepted.",
            "Cash and cheques are not accepted.",
            "Cash is not accepted, but you can pay by card.",
        ],
    ),
    (
        "What does the warranty cover?",
        "The warranty covers manufacturing defects for two years. It does not cover water damage or normal wear.",
        [
            "The warranty covers manufacturing defects and water damage.",
            "The warranty covers manufacturing defects and normal wear for two years.",
        ],
        [
            "The warranty covers manufacturing defects for two years.",
            "The warranty covers manufacturing defects, but it does not cover water damage.",
            "The warranty covers manufacturing defects for two years but not water damage or normal wear.",
            "The warranty does not cover water damage.",
        ],
    ),
    (
        "Where are cats allowed?",
        "Dogs are allowed on the terrace but not inside. Cats are not allowed anywhere.",
        ["Cats are allowed on the terrace.", "Cats are allowed on the terrace but not inside."],
        ["Cats are not allowed anywhere.", "Dogs are allowed on the terrace, but cats are not allowed anywhere."],
    ),
    (
        "Where is express delivery available?",
        "Express delivery is available in Germany. Express delivery is not available on islands.",
        ["Express delivery is available in Germany and on islands.", "Express delivery is available on islands."],
        [
            "Express delivery is available in Germany.",
            "Express delivery is available in Germany but not on islands.",
            "Express delivery is not available on islands.",
        ],
    ),
    (
        "Can I cancel my order?",
        "Orders cannot be cancelled once they have shipped. Before that, you can cancel in your account.",
        [
            "You can cancel orders in your account after they have shipped.",
            "You can cancel orders in your account once they have shipped.",
        ],
        [
            "You can cancel in your account before the order has shipped.",
            "Orders cannot be cancelled once they have shipped.",
            "Once they have shipped, orders cannot be cancelled.",
            "You cannot cancel orders once they have shipped, but before that you can cancel in your account.",
        ],
    ),
    (
        "Do I need a receipt?",
        "You do not need a receipt for exchanges. A receipt is required for refunds.",
        ["You do not need a receipt for exchanges and refunds.", "You do not need a receipt for refunds."],
        [
            "You do not need a receipt for exchanges.",
            "A receipt is required for refunds.",
            "You need a receipt for refunds.",
        ],
    ),
    (
        "What does the plan include?",
        "The Basic plan includes email support. The Pro plan includes phone support and a dedicated manager.",
        [
            "The Basic plan includes phone support.",
            "The Basic plan includes email support and a dedicated manager.",
            "The Basic plan includes email and phone support.",
        ],
        [
            "The Pro plan includes phone support.",
            "The Basic plan includes email support.",
            "The Basic plan includes email support, and the Pro plan includes phone support and a dedicated manager.",
            "The Pro plan includes a dedicated manager.",
        ],
    ),
    (
        "Do I pay customs duty?",
        "Customers in the EU pay no customs duty. Customers in Switzerland pay 8 % of the value of the goods.",
        ["Customers in Switzerland and the EU pay no customs duty.", "Customers in Switzerland pay no customs duty."],
        [
            "Customers in the EU pay no customs duty.",
            "Customers in Switzerland pay 8 % of the value.",
            "In Switzerland customers pay 8 % of the value of the goods.",
        ],
    ),
    (
        "How long can I return items?",
        "You can return items within 30 days of delivery. Sale items can be returned within 14 days.",
        ["You can return sale items within 30 days of delivery.", "You can return sale items within 30 days."],
        [
            "You can return items within 30 days of delivery.",
            "Sale items can be returned within 14 days.",
            "You can return sale items within 14 days.",
            "Items can be returned within 30 days, sale items within 14 days.",
            "You have 30 days of delivery to return items.",
        ],
    ),
    (
        "How fast is support?",
        "Premium customers get support within 4 hours; standard customers within 2 business days.",
        [
            "Premium and standard customers get support within 4 hours.",
            "Customers get support within 4 hours.",
            "Standard customers get support within 4 hours.",
        ],
        [
            "Premium customers get support within 4 hours.",
            "Standard customers get support within 2 business days.",
            "Premium customers get support within 4 hours, standard customers within 2 business days.",
        ],
    ),
    (
        "How old must I be?",
        "You must be 18 or older to rent. Drivers under 25 pay a surcharge of £15 a day.",
        ["You must be 25 or older to rent."],
        [
            "You must be 18 or older to rent.",
            "Drivers under 25 pay a surcharge of £15 a day.",
            "You must be 18 or older to rent, and drivers under 25 pay £15 a day.",
        ],
    ),
    (
        "When is the deposit due?",
        "A deposit of 20% is due at booking; the rest is due 30 days before arrival.",
        ["A deposit of 20% is due 30 days before arrival.", "The deposit is due 30 days before arrival."],
        [
            "A deposit of 20% is due at booking.",
            "The rest is due 30 days before arrival.",
            "A deposit of 20% is due at booking and the rest 30 days before arrival.",
        ],
    ),
    (
        "What does shipping cost?",
        "Standard shipping costs €4.90. Shipping is free for orders over €50.",
        ["Standard shipping is free.", "Standard shipping costs nothing."],
        [
            "Standard shipping costs €4.90.",
            "Shipping is free for orders over €50.",
            "Standard shipping costs €4.90, but shipping is free for orders over €50.",
            "Standard shipping is free for orders over €50.",
        ],
    ),
    (
        "How many guests may I bring?",
        "Members may bring up to two guests.",
        ["Members may bring two or more guests.", "Members may bring at least two guests."],
        [
            "Members may bring up to two guests.",
            "Members may bring two guests.",
            "Members may bring at most two guests.",
            "Members may bring no more than two guests.",
        ],
    ),
    (
        "Who must inform whom?",
        "The tenant must inform the landlord before the repair.",
        ["The landlord must inform the tenant before the repair."],
        [
            "The tenant must inform the landlord before the repair.",
            "Before the repair, the tenant must inform the landlord.",
            "The landlord must be informed by the tenant before the repair.",
        ],
    ),
    (
        "Who pays?",
        "The seller must reimburse the buyer for the postage.",
        ["The buyer must reimburse the seller for the postage."],
        [
            "The seller must reimburse the buyer for the postage.",
            "For the postage the seller must reimburse the buyer.",
            "The buyer must be reimbursed for the postage by the seller.",
        ],
    ),
    (
        "Who is liable for delays?",
        "We are not liable for delays caused by the carrier.",
        ["The carrier is not liable for delays.", "The carrier is not liable for delays caused."],
        [
            "We are not liable for delays caused by the carrier.",
            "We are not liable for delays that the carrier caused.",
        ],
    ),
    (
        "What changed?",
        "Prices increased from $10 to $12 in May.",
        ["Prices increased from $12 to $10 in May.", "Prices increased from $12 to $10."],
        ["Prices increased from $10 to $12.", "In May prices increased from $10 to $12."],
    ),
    (
        "Where are parcels sent?",
        "Parcels are sent from Berlin to Paris every day.",
        [
            "Parcels are sent from Paris to Berlin.",
            "Parcels are sent from Paris to Berlin every day.",
            "Parcels are sent to Berlin from Paris.",
        ],
        [
            "Parcels are sent from Berlin to Paris.",
            "Parcels are sent to Paris from Berlin.",
            "Every day parcels are sent from Berlin to Paris.",
        ],
    ),
    (
        "What about keys?",
        "Only one of two keys is replaced free of charge. The second key costs £20.",
        [
            "Two keys are replaced free of charge.",
            "The second key is replaced free of charge.",
            "Both keys are replaced free of charge.",
        ],
        [
            "Only one of two keys is replaced free of charge.",
            "The second key costs £20.",
            "One of two keys is replaced free of charge.",
        ],
    ),
    (
        "Which bags may I take?",
        "You may take a rucksack and a handbag on board. Suitcases and prams may not be taken on board.",
        ["You may take a rucksack and a pram on board.", "You may take a rucksack, a handbag or a suitcase on board."],
        ["You may take a rucksack on board.", "Suitcases may not be taken on board."],
    ),
    (
        "What is insured?",
        "The insurance covers theft and fire. Flood damage is excluded.",
        ["The insurance covers theft, fire and flood damage."],
        ["The insurance covers theft and fire, but flood damage is excluded.", "The insurance covers theft."],
    ),
    (
        "Can I use coupons?",
        "Coupons can be used online. They cannot be used in our shops.",
        ["Coupons can be used online and in our shops.", "Coupons can be used in our shops."],
        ["Coupons can be used online, but not in our shops.", "Coupons can be used online."],
    ),
    (
        "What does each room have?",
        "The Garden Room has a balcony and a kettle. The Attic Room has a bathtub and a desk.",
        [
            "The Garden Room has a bathtub.",
            "The Attic Room has a balcony and a desk.",
            "The Garden Room has a balcony and a desk.",
        ],
        [
            "The Garden Room has a balcony.",
            "The Attic Room has a desk and a bathtub.",
            "The Garden Room has a balcony, the Attic Room a bathtub.",
        ],
    ),
    (
        "How long is the warranty?",
        "Kettles have a warranty of two years. Toasters have a warranty of one year.",
        [
            "Kettles have a warranty of one year.",
            "Toasters have a warranty of two years.",
            "Kettles and toasters have a warranty of two years.",
        ],
        [
            "Kettles have a warranty of two years.",
            "Toasters have a warranty of one year.",
            "Kettles have a warranty of two years and toasters of one year.",
        ],
    ),
    (
        "How much is a ticket?",
        "Adults pay €12; children pay €6. Dogs travel free.",
        [
            "Children pay €12.",
            "Adults pay €6.",
            "Adults travel free.",
            "Adults and children pay €12.",
            "Tickets cost €12 for children.",
        ],
        ["Adults pay €12.", "Children pay €6.", "Dogs travel free.", "Adults pay €12 and children pay €6."],
    ),
    (
        "How long do refunds take?",
        "Card refunds take 3 days. Refunds by bank transfer take 7 days.",
        ["Card refunds take 7 days.", "Refunds take 3 days.", "Refunds by bank transfer take 3 days."],
        ["Card refunds take 3 days.", "Refunds by bank transfer take 7 days."],
    ),
    (
        "Can I change?",
        "You can change the date of a booking free of charge. Changing the name costs £25.",
        ["You can change the name free of charge.", "You can change the date and the name free of charge."],
        [
            "You can change the date free of charge.",
            "Changing the name costs £25.",
            "You can change the date of a booking free of charge, but changing the name costs £25.",
        ],
    ),
    (
        "Who may appeal?",
        "The supplier shall notify the customer of any defect within 5 days.",
        ["The customer shall notify the supplier of any defect within 5 days."],
        [
            "The supplier shall notify the customer within 5 days of any defect.",
            "The customer shall be notified of any defect by the supplier within 5 days.",
        ],
    ),
    (
        "How do I move?",
        "You can upgrade from Basic to Pro at any time.",
        ["You can upgrade from Pro to Basic at any time."],
        ["You can upgrade from Basic to Pro at any time.", "At any time you can upgrade to Pro from Basic."],
    ),
    (
        "How many items?",
        "You can borrow up to five books. Keep them for at least two weeks.",
        ["You can borrow five or more books.", "You can borrow at least five books."],
        ["You can borrow up to five books.", "You can borrow five books."],
    ),
    (
        "Returns?",
        "You can return any item within 30 days. Refunds take 5 working days after we get the item back.",
        [],
        [
            "You can return an item within 30 days and get a refund.",
            "You can return any item within 30 days, and refunds take 5 working days.",
            "Refunds take 5 working days after we get the item back.",
        ],
    ),
    (
        "Opening hours?",
        "The shop is open from 9 am to 6 pm. The café is open from 8 am to 4 pm and has free wifi.",
        [
            "The café is open from 9 am to 6 pm.",
            "The shop has free wifi.",
            "The shop is open from 9 am to 6 pm and has free wifi.",
        ],
        ["The shop is open from 9 am to 6 pm.", "The café has free wifi.", "The café is open from 8 am to 4 pm."],
    ),
    (
        "Plans?",
        "Members get a discount and free parking. Guests get neither, but they can use the pool.",
        ["Guests get free parking."],
        ["Members get a discount and free parking.", "Guests can use the pool."],
    ),
    (
        "How to log in?",
        "Log in to your account. Then click Cancel on the billing page. You do not need to call us.",
        [],
        [
            "Log in to your account and click Cancel on the billing page.",
            "You do not need to call us.",
            "Click Cancel on the billing page; you do not need to call us.",
        ],
    ),
    (
        "Lost card?",
        "Call us if your card was lost. A new one is sent in two days. Lost ones are not replaced free of charge.",
        ["A lost one is replaced free of charge."],
        [
            "Call us if your card was lost.",
            "A new one is sent in two days.",
            "If your card was lost, call us and a new one is sent in two days.",
        ],
    ),
    (
        "Visa?",
        "Citizens of Peru need a visa. Citizens of Chile do not need a visa.",
        [
            "Citizens of Chile need a visa.",
            "Citizens of Peru and Chile need a visa.",
            "Citizens of Peru do not need a visa.",
        ],
        [
            "Citizens of Peru need a visa.",
            "Citizens of Chile do not need a visa.",
            "Citizens of Peru need a visa, citizens of Chile do not.",
        ],
    ),
    (
        "Delivery?",
        "Large items are delivered by a courier to the kerb. Small items are delivered by post to your letter box.",
        ["Large items are delivered to your letter box.", "Small items are delivered by a courier."],
        [
            "Large items are delivered by a courier.",
            "Small items are delivered by post.",
            "Small items are delivered to your letter box by post.",
        ],
    ),
    (
        "Keys?",
        "One of two locks is replaced at no cost.",
        ["Both locks are replaced at no cost."],
        ["One of two locks is replaced at no cost."],
    ),
    (
        "What is the fee?",
        "The fee is €20. It is waived for students. You can pay it online.",
        [],
        [
            "The fee is €20.",
            "You can pay the fee online.",
            "The fee is €20 and can be paid online.",
            "The fee of €20 is waived for students.",
        ],
    ),
    (
        "Subscriptions?",
        "Your plan renews every month unless you cancel it. If you do not cancel, the plan renews on the first day.",
        [],
        [
            "If you do not cancel, the plan renews on the first day.",
            "Your plan renews every month unless you cancel it.",
        ],
    ),
    (
        "Trade-in?",
        "We accept used phones. We do not accept phones with a broken screen, but we recycle them for free.",
        ["We accept phones with a broken screen."],
        [
            "We accept used phones.",
            "We do not accept phones with a broken screen.",
            "Phones with a broken screen are not accepted, but we recycle them for free.",
            "We recycle phones with a broken screen for free.",
        ],
    ),
    (
        "What is covered?",
        "The warranty lasts two years. Batteries are not covered.",
        ["The warranty does not last two years.", "Batteries are covered by the warranty."],
        ["Batteries are not covered by the warranty.", "Batteries are not covered by the two-year warranty."],
    ),
    (
        "May I eat?",
        "The library opens at 9 am. Food is not allowed.",
        ["Food is allowed in the library.", "The library does not open at 9 am."],
        ["Food is not allowed in the library."],
    ),
    (
        "Who pays for lunch?",
        "The canteen serves lunch from noon. Staff do not pay for lunch.",
        ["The canteen does not serve lunch."],
        ["Staff do not pay for lunch in the canteen."],
    ),
    (
        "May I take a phone?",
        "The exam takes two hours. Phones are not allowed.",
        [],
        ["Phones are not allowed in the exam."],
    ),
    (
        "What if I lose a card?",
        "Report a lost card immediately. You are not liable for payments made after you report it.",
        ["You are liable for payments made after you report a lost card."],
        ["You are not liable for payments made after you report a lost card."],
    ),
    (
        "Can I extend it?",
        "The loan runs for a year. You cannot extend it.",
        ["You can extend the loan."],
        ["You cannot extend the loan."],
    ),
    (
        "Where is it available?",
        "Delivery takes 2 days in Germany. Express delivery is not available on islands.",
        ["Express delivery is not available in Germany."],
        ["Express delivery is not available on islands."],
    ),
    (
        "What do you accept?",
        "We accept cards and PayPal in the shop. We do not accept cash.",
        ["We do not accept cash or PayPal."],
        ["We do not accept cash."],
    ),
    (
        "Does it apply?",
        "The warranty lasts two years. It does not apply if the device was opened.",
        ["If the device was opened, the warranty applies."],
        ["If the device was opened, the warranty does not apply."],
    ),
    (
        "Lockers?",
        "Lockers cost £1 a day. They are not available when the pool is closed.",
        ["When the pool is closed, lockers are available."],
        ["When the pool is closed, lockers are not available."],
    ),
    (
        "Is it refunded?",
        "The card is valid for a year. It is not refunded when it expires.",
        ["When it expires, the card is refunded."],
        ["When it expires, the card is not refunded."],
    ),
    (
        "May I go abroad?",
        "The car must be insured. It may not be driven abroad unless we agree in writing.",
        ["The car may be driven abroad."],
        ["Unless we agree in writing, the car may not be driven abroad."],
    ),
    (
        "On Saturdays?",
        "The shop is open from 9 am to 5 pm on weekdays and from 11 am to 9 pm on Saturdays.",
        ["On Saturdays the shop is open from 9 am to 5 pm."],
        ["On Saturdays the shop is open from 11 am to 9 pm."],
    ),
    (
        "When are you open?",
        "We are open from 8 to 6 on weekdays and from 10 to 8 on Saturdays.",
        [],
        ["We are open from 8 to 6 on weekdays.", "We are open from 10 to 8 on Saturdays."],
    ),
    (
        "Shuttle?",
        "A shuttle runs from the hotel to the airport at 8 am and from the airport to the hotel at 9 pm.",
        [],
        [
            "A shuttle runs from the airport to the hotel at 9 pm.",
            "A shuttle runs from the hotel to the airport at 8 am.",
        ],
    ),
    (
        "Lab?",
        "The lab is open from Monday to Friday; deliveries are accepted from Friday to Sunday.",
        [],
        ["Deliveries are accepted from Friday to Sunday.", "The lab is open from Monday to Friday."],
    ),
    (
        "Plans?",
        "You can upgrade from Basic to Pro at any time and downgrade from Pro to Basic once a year.",
        [],
        ["You can downgrade from Pro to Basic once a year.", "You can upgrade from Basic to Pro at any time."],
    ),
    (
        "Prices?",
        "The price rose from $10 to $12, the age limit from 16 to 18.",
        ["The price rose from $12 to $10.", "The age limit rose from 18 to 16.", "The price rose to $10."],
        ["The price rose from $10 to $12."],
    ),
    (
        "Trains?",
        "You can travel from Rome to Milan on Fridays.",
        ["You can travel from Milan on Fridays.", "On Fridays you can travel to Rome."],
        ["On Fridays you can travel from Rome to Milan."],
    ),
    (
        "Vouchers?",
        "Vouchers cannot be combined with loyalty points.",
        ["Loyalty points can be combined with vouchers."],
        ["Loyalty points cannot be combined with vouchers."],
    ),
    (
        "Vouchers?",
        "Vouchers can be combined with loyalty points.",
        [],
        ["Loyalty points can be combined with vouchers."],
    ),
    (
        "Discounts?",
        "Student discounts cannot be combined with other offers.",
        [],
        ["Other offers cannot be combined with student discounts."],
    ),
    (
        "Gym?",
        "The swimming pool is next to the gym.",
        [],
        ["The gym is next to the swimming pool."],
    ),
    (
        "Lift?",
        "The reception is opposite the main lift.",
        [],
        ["The main lift is opposite the reception."],
    ),
    (
        "Entrance?",
        "The bus stop is near the north entrance.",
        [],
        ["The north entrance is near the bus stop."],
    ),
    (
        "Watch?",
        "The app works with the Aero watch.",
        [],
        ["The Aero watch works with the app."],
    ),
    (
        "Lamp?",
        "The charger is compatible with the lamp.",
        [],
        ["The lamp is compatible with the charger."],
    ),
    (
        "Documents?",
        "One of these documents is required: a passport or an ID card.",
        ["These documents are required."],
        ["Either a passport or an ID card is required as a document."],
    ),
    (
        "Watches?",
        "Repairs of watches take 2 days.",
        [],
        ["Watches take 2 days to repair."],
    ),
    (
        "Insurance?",
        "Travel insurance replaces the basic cover.",
        ["The basic cover replaces travel insurance."],
        ["The basic cover is replaced by travel insurance."],
    ),
    (
        "Keys?",
        "The landlord hands the keys to the tenant.",
        ["The tenant hands the keys to the landlord."],
        ["The landlord hands the keys to the tenant."],
    ),
    (
        "Contracts?",
        "The collective agreement supersedes the contract.",
        ["The contract supersedes the collective agreement."],
        [],
    ),
    (
        "Vouchers?",
        "Tickets can be exchanged for vouchers.",
        ["Vouchers can be exchanged for tickets."],
        [],
    ),
    (
        "Accounts?",
        "The bank must tell clients about shared accounts.",
        ["Clients must tell the bank about shared accounts."],
        [],
    ),
    (
        "How do I end it?",
        "The tenant can end the lease with a month's notice. The landlord can end it with three months' notice.",
        [
            "The landlord can end the lease with a month's notice.",
            "The tenant can end the lease with three months' notice.",
        ],
        [
            "The landlord can end the lease with three months' notice.",
            "The tenant can end the lease with a month's notice.",
        ],
    ),
    (
        "How do I end it?",
        "The employee can end the contract with a month's notice. The employer can end it with three months' notice.",
        ["The employer can end the contract with a month's notice."],
        ["The employer can end the contract with three months' notice."],
    ),
    (
        "Shipping?",
        "Shipping is free for orders over €50. Orders below €50 cost €4.90 to ship.",
        ["Shipping costs €4.90 for orders over €50.", "Shipping is free for orders below €50."],
        ["Shipping costs €4.90 for orders below €50.", "Shipping is free for orders over €50."],
    ),
    (
        "Shipping?",
        "Orders below €50 cost €4.90 to ship. Shipping is free for orders over €50.",
        ["Shipping is free for orders below €50."],
        ["Shipping costs €4.90 for orders below €50."],
    ),
    (
        "Fares?",
        "Children from 6 to 14 pay half. Adults pay the full fare.",
        ["Children from 6 to 14 pay the full fare.", "Adults pay half the fare."],
        ["Children from 6 to 14 pay half the fare.", "Adults pay the full fare."],
    ),
    (
        "Lifts?",
        "Two of the three lifts are out of service.",
        ["The three lifts are out of service.", "3 of the 3 lifts are out of service."],
        ["2 of the 3 lifts are out of service.", "Two of the three lifts are out of service."],
    ),
    (
        "Shops?",
        "Three of our five shops open on Sundays.",
        ["Our 5 shops open on Sundays."],
        ["On Sundays, 3 of our 5 shops open."],
    ),
    (
        "Day pass?",
        "The cost of a day pass includes the pool. A week pass includes the sauna.",
        ["A day pass includes the sauna."],
        ["A week pass includes the sauna."],
    ),
    (
        "May I eat?",
        "The old library in the park opens at 9 am. Food is not allowed.",
        ["Food is allowed in the old library in the park."],
        ["Food is not allowed in the old library in the park."],
    ),
    (
        "When are you open?",
        "We are open from 8 to 6 on weekdays and, on Saturdays, 6 to 8.",
        [],
        ["On Saturdays, we are open from 6 to 8."],
    ),
    ("What is cheaper?", "Phones cost less than watches.", ["Watches cost less than phones."], []),
]
WRONG = [(question, text, claim) for question, text, wrong, _ in ROWS for claim in wrong]
RIGHT = [(question, text, claim) for question, text, _, right in ROWS for claim in right]


@pytest.mark.parametrize(("question", "text", "claim"), WRONG, ids=[row[2][:60] for row in WRONG])
def test_what_is_denied_or_said_of_another_does_not_go_out(question: str, text: str, claim: str) -> None:
    assert told(question, text, claim) is None


@pytest.mark.parametrize(("question", "text", "claim"), RIGHT, ids=[row[2][:60] for row in RIGHT])
def test_what_the_sentences_say_together_goes_out(question: str, text: str, claim: str) -> None:
    assert told(question, text, claim)


def test_a_sentence_of_one_word_over_and_over_is_read_at_once() -> None:
    (statement,) = statements_of(f"The tea is {'only ' * 200}next to the cup.")
    assert statement.mutual and "tea" in statement.subject
