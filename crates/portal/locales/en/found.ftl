# Searching the evidence log.

row-what-received = Message received
row-what-judged = Document judged
row-what-delivered = Records given
row-what-read = Record read by others
row-what-rule-change = Rule changed
row-what-officer-action = Action of an officer
row-what-sign-in = Users and sign-ins
row-what-record = Record changed
evidence-search = Find entries
evidence-search-all = Every entry of the log can be found; what records say is shown as far as you may read them.
evidence-search-own = What concerns your party: what it sent, what was decided, who read its records and why.
search-behind = { $count ->
        [one] { $count } newer row is not indexed yet; look again in a moment.
       *[other] { $count } newer rows are not indexed yet; look again in a moment.
    }
evidence-wrong = This cannot be looked for
evidence-wrong-help = Days are real days; leave out what you do not know.
evidence-file = This page as a file (CSV)
evidence-what = What it is
evidence-from = From day
evidence-to = To day
evidence-find = Find
evidence-subject = About
evidence-doer = Who, and why
evidence-proof = Proof
evidence-found = Entries, the newest first
