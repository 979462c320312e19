# Registers of credit: names, states, moves and fields. Made of families; see language.rs.

register-credit-observations = Observations of credit
register-credit-lists = Lists of credit
register-credit-assessments = Scores of credit
record-state-recorded = recorded
record-state-contested = contested
record-state-struck = struck
record-state-noticed = notice given
record-state-heard = heard
record-state-listed = listed
record-state-appealed = appealed
record-state-repair-asked = repair asked for
record-state-dropped = dropped
record-state-repaired = repaired
record-state-assessed = assessed
move-record = Record
move-contest = Contest
move-strike = Strike
move-notice = Give notice
move-state = Say something to it
move-list = Decide to list
move-drop = Drop
move-appeal = Appeal
move-ask-repair = Ask for repair
move-repair = Repair
move-refuse-repair = Refuse repair
move-assess = Assessed
value-red = red
value-attention = attention
value-black = black
item-credit-observations-subject = Enterprise (code)
item-indicator = Indicator
item-day = Day
item-part = Parts, or how often
item-whole = Whole
item-credit-observations-value = Value
item-grounds = What it rests on
item-observed = What was observed
item-decided = Decided once
item-list = List
item-facts = What was found
item-hearUntil = Heard until
item-repairFrom = Repair may be asked for from
item-published = Everybody may read it
item-notice = Notice
item-noticedBy = Notice given by
item-statement = What the enterprise says
item-decision = Decision
item-decidedBy = Decided by
item-appeal = Appeal
item-repair = What was done to repair it
item-score = Score (0 to 1,000)
item-grade = Grade
item-byScore = Grade by the score alone
item-known = Known (parts per million of all weight)
item-rulebook = Rulebook
item-reasons = Reasons: indicator, points, what it gives (thousandths)
item-vetoes = Rules a good grade out: fact, record, last day
hint-indicator = A word of the table credit_indicators.csv, or of credit_vetoes.csv
hint-part = Of a share its parts with the whole beside it; of something counted how often, alone

# The page of a party.

credit-title = Credit
about-credit = Score and grade of an enterprise, the reason of every point, and what follows.
credit-help = A score of 1,000 from what agencies, platforms and banks observed and what this window sees of its declarations. Every point has its reason, and every reason can be contested.
credit-party = Enterprise (code)
credit-day = As of day
credit-day-hint = 20261130, or empty for today
credit-look = Look
credit-ask = Nobody is named yet
credit-ask-help = Name an enterprise by its customs code or social credit code.
credit-none = No enterprise with this code is filed, or it is not yours.
credit-day-fault = A day is written 20261130, today or before.
credit-enterprise = Enterprise
credit-as-of = As of
credit-grade = Grade
credit-score = Score
credit-unrated = not rated
credit-unrated-help = Too little is known for a grade: nothing follows from it.
credit-by-score = By the score alone
credit-known = Of all weight, known
credit-model = Model
credit-model-of = tables of rulebook { $number }
credit-veto = { $name }: whatever the score, the grade is D until
credit-observation = The observation, and how to contest it
credit-listed-from = Listed from
credit-repair-from = repair may be asked for from
credit-reasons = Reasons
credit-reasons-help = An indicator of which nothing, or too little, was observed counts for nothing: its weight goes to the others.
credit-dimension = { $name } (weight { $weight })
credit-indicator = Indicator
credit-points = Points of 100
credit-weight = Weight
credit-gives = Gives
credit-why = Why
credit-observation-number = observation { $number }
credit-measures = What follows
credit-measures-caption = Measures of grade and list
credit-standing = Grade or list
credit-measure = Measure
credit-value = How much
credit-at-least = at least { $share }
credit-days = { $days ->
        [one] { $days } day
       *[other] { $days } days
    }
credit-measure-inspection-factor = Share opened at random, of what is usual
credit-measure-inspection-share = Share opened at random
credit-measure-may-declare = May declare
credit-measure-guarantee-factor = Guarantee, of what is asked
credit-measure-refund-days = Refund is decided within
credit-correct = What is wrong here
credit-correct-help = Contest an observation on its page: whoever recorded it answers, and until then it is marked. After a listing, appeal on the page of the list; after its day, ask for repair there.
credit-all-observations = All observations
credit-lists = Published lists
credit-unknown = Nothing was observed yet of

# What a trade obeyed of it.

credit-measure-settlement-last-day = Tax bill is overdue after
credit-measure-may-file = May file something new
credit-working-days = { $days ->
        [one] { $days } working day
       *[other] { $days } working days
    }
credit-by-row = by
credit-decide-by = is decided by
credit-report = Report as PDF
credit-report-help = sealed: whoever has the file checks every byte of it
credit-counted = counted here, { $month }
credit-returns-more = Returns that wait besides: { $count }. They come up here as those above are decided.
credit-returns-due = Returns to decide, those first that are due first
credit-return-overdue = past its day
credit-return-day = Decide by

# Natural persons who answer for an enterprise.

register-responsible-persons = Persons who answer for enterprises
move-reach = Looked at what reaches it
value-legal-representative = legal representative
value-person-in-charge = person in charge
value-actual-controller = actual controller
value-finance-officer = finance officer
value-black-person = reached by a black list, through a person who answers for both
value-attention-person = reached by an attention list, through a person who answers for both
item-responsible = Responsible for it (names of persons who answer for the enterprise)
item-persons = Persons
item-capacity = Answers as
item-keys = Keys by which the window knows them
item-responsible-persons-telephones = Telephones noted by an office (keyed hashes)
item-reached = Lists of others that reach it
item-person = Person (key)
credit-reached = Lists of other enterprises that reach it
credit-reached-through = until { $day }, through a person who answers for both
value-credit-lists = lists of credit
move-speak = Say something for oneself
item-spared = Found not to be responsible (names from the notice)
item-heard = What each person says for himself
hearing-none = No notices
hearing-none-help = If an office means to put an enterprise on a list for something that you answer for, it is told here.
hearing-not-noted = No notices are shown to this telephone
hearing-not-noted-help = They are shown to and answered by a telephone that an office noted as yours; whether there is one is not told here. If you answer for an enterprise, come to the competent office in person with your identity card: it notes your telephone, and from then on you read and answer here. It takes what you say on paper as well.
hearing-what = The office names you as responsible. What you say is your own hearing: the enterprise has another, and sees nothing of yours. It is decided when you have spoken, or after the day above.
hearing-say = What do you say to it?
hearing-hint = 2 to 4,000 characters; it can be said once.
hearing-send = Send to the office
hearing-said = What you said
hearing-said-elsewhere = Somebody who came in by another telephone has spoken in your name. If that was not you, tell the office.
hearing-reached = You were found responsible: the list reaches other enterprises that you answer for.
hearing-spared = You were found not to be responsible: the list reaches no other enterprise through you.

# What platforms are told of lists.

register-list-notices = What platforms are told of lists
move-tell-entry = Put on a list
move-tell-change = Changed
move-tell-end = On the list no longer
item-list-notices-appealed = An appeal waits to be decided
item-list-notices-measures = What follows from it
item-list-notices-value = Is
item-list-notices-unit = In
