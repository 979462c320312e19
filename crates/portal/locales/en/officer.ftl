# Officers' queue: taking trades, deciding on many.

take-next = Take the next
decide-many = Decide on the chosen together
assigned-to = Taken by
until = until
choose-trade = Choose { $number }
chosen-count = { $count ->
        [one] { $count } trade chosen.
       *[other] { $count } trades chosen.
    }
many-help = Each is decided by itself on the version you saw; lanes above document check are not freed together.
many-words-hint = Needed: it stands at every trade.
many-done = Recorded: { $done } of { $all }.
recorded = recorded
not-recorded = not recorded
result = Result
back-to-queue = Back to the queue
release-proposed = { $officer } proposed its release; a second officer confirms it.
give-up = Give it up
take = Take it
nothing-to-take = Nothing waits that nobody works on.
choose-first = Choose trades first.
enterprise-hint = code of an enterprise
enterprise = Enterprise
problem-assigned = Another officer works on it
problem-by-itself = Decided by itself
