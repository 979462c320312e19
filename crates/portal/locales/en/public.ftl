# Public pages.

start-title = One window for cross-border e-commerce
start-what = Every party files once; customs, sites, payment and logistics firms work on the same record, and every verdict explains itself.
start-sign-in = The desks of enterprises and customs.
start-how = How it works
start-step-file = Platform, payment firm and carrier send order, payment and waybill; the agent sends the declaration.
start-step-judge = Where the four agree, tax is assessed and the goods are released; where they do not, the list is rejected; doubts go to an officer.
start-step-explain = The receipt names the rule, the fields and values compared, and what to correct.
intake-open = messages are recorded
intake-closed = No messages are recorded at the moment. Send later.
intake = Intake
exchange = Exchange with agencies and banks
exchange-works = all of them take what they are sent
exchange-waits = { $count ->
        [one] { $count } does not answer: what is for it waits, and is not lost
       *[other] { $count } do not answer: what is for them waits, and is not lost
    }
counterparts = Outside systems by kind
counterpart-kind = Kind
counterpart-state = State
counterpart-works = takes what it is sent
counterpart-waits = does not answer: what is for it waits, and is not lost
counterpart-paused = paused by its owner
counterpart-none = not connected
value-customs = customs
value-tax = tax
value-foreign-exchange = foreign exchange
value-commerce = commerce
value-market-supervision = market supervision
value-police = police
value-post = post
value-railway = railway
value-airport = airport
value-foreign-window = window of another country
value-trade-window = window for international trade
work-waiting = Work that waits
message-bytes = Bytes of a message at most
message-documents = Documents of a message at most
today = Today
rulebook-in-force = Rulebook in force
limits-of-trade = Limits in force
limit = Limit
valid-from = Valid from
source = Source
confidence = How sure
single-limit = single purchase
annual-limit = person and year
tariff-search = Tariff and list
calculator = Tax calculator
calculator-help = What one kind of goods would be taxed today, by the same assessment as that of a declaration.
calculator-no-promise = What is due in the end follows from the declaration and the law of its day.
code-or-name = HS code or name
listed-only = On the list of retail import goods alone
tariff-caption = { $count ->
        [one] { $count } line; edition of the list: { $edition }
       *[other] { $count } lines; edition of the list: { $edition }
    }
tariff-unsure = A row that is not sure never decides alone: a person reviews.
goods-name = Goods
units = Units
listed = On the list
not-sure = not sure
price-of-one = Price of one (yuan)
quantity = Quantity
statutory-quantity = In the first statutory unit, such as litres (may be empty)
freight = Freight (yuan, may be empty)
calculate = Calculate
no-amount = A number, not negative, with five decimals at most.
unknown-code = The tariff of this window has no such code.
over-several = Over the single limit and not one item: not allowed as retail import.
