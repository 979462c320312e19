# The space for trying.

nav-sandbox = Sandbox
about-sandbox = Make trades to try with, choose what becomes of them, see what your software has shown.
in-sandbox = Sandbox: the rules are the real ones, every party and trade is invented.
sandbox-help = The window plays the other parties. What becomes of a list stands in its note, after sandbox:, where your software may write it too.
sandbox-of-imports = Imports
sandbox-of-exports = Exports
sandbox-exports-help = From the order to the departure. What is to be opened is opened at the site, once its parcel is under a bill and there.
make-trade = Make a trade
scripted-outcome = What becomes of the list
script-none = clears as it is
script-reject = rejected with a code
script-review = a person looks at it
script-inspect = goods are opened
script-hold = held until a person decides
script-delay = verdict 30 seconds late
script-lose = receipts are lost
script-throttle = your software is slowed down for a minute
receipts-of-software = Receipts of your software
receipts-fetched-sum = { $done } of { $all ->
        [one] { $all } receipt
       *[other] { $all } receipts
    } { $done ->
        [one] was
       *[other] were
    } fetched.
receipts-of-software-help = The newest first; a receipt counts as fetched when the feed is asked for from behind it
receipts-of-software-none = Receipts come when something of yours is judged.
receipt-fetched = fetched
receipt-not-fetched = not yet
check-throttled = was told to ask more slowly (429)
check-waited = waited as long as it was told
script-words = Or in words of your own
script-words-hint = as reject=1313 delay=10
who-sends = Who sends
send-others = the window sends the partners', you send your own
send-all = the window sends all
send-nobody = nobody: they are only made
made-documents = Documents
made-caption = The documents of this trade
not-sent-yet = not sent yet
of-yours = (yours)
sender = Sender
conformance = Conformance
conformance-sum = { $done } of { $all } { $done ->
        [one] was
       *[other] were
    } shown.
conformance-part = There is more than is looked at.
conformance-help = read from what your party sent and which receipts it asked for
software-shows = What software shows
shown = shown
not-shown = not yet
check-sent-311 = sends orders
check-sent-411 = sends payments
check-sent-511 = sends waybills
check-sent-513 = sends the state of waybills
check-sent-621 = sends declarations
check-sent-623 = applies for cancellations
check-sent-625 = applies for returns
check-sent-711 = sends arrivals
check-sent-303 = sends export orders
check-sent-403 = sends money receipts
check-sent-505 = sends export waybills
check-sent-507 = sends arrivals at the site
check-sent-509 = sends departures
check-sent-603 = sends export lists
check-sent-605 = applies for cancellations of export lists
check-sent-607 = sends master lists
check-sent-701 = applies for monthly summaries
check-sent-213 = applies for returns of exports
check-sent-215 = tallies returned goods
check-changed = changes a document (appType 2)
check-deleted = deletes a document (appType 3)
check-refused = was refused or rejected
check-corrected = corrects what was refused
check-repeated = sends a document again when no answer came
check-batch = sends several documents in a message
check-signed = signs messages
check-receipts-read = reads its receipts
check-read-100 = reads that a list was rejected (100)
check-read-120 = reads that a list agrees (120)
check-read-300 = reads that a list is looked at (300)
check-read-500 = reads that goods are opened (500)
check-read-800 = reads that a list is released (800)
check-read-export-100 = reads that an export list was rejected (100)
check-read-export-120 = reads that an export list agrees (120)
check-read-export-300 = reads that an export list is looked at (300)
check-read-export-399 = reads that an export list is concluded (399)
check-read-export-500 = reads that a parcel is opened at the site (500)
check-read-export-800 = reads that an export list is released (800)
check-read-export-899 = reads that an export list is closed (899)
check-lost-receipt-asked = asks for an answer that was lost
then = What comes after
then-nothing = nothing
then-cancellation = a cancellation (623)
then-return = a return of one piece (625)
then-delivery = the parcel is handed over (513)
then-export-cancellation = a cancellation of the list (605)
then-departure = the parcel leaves the country (509)
then-summary = it leaves, and is declared in summary (701): here without waiting for the next month
then-export-return = it leaves, and one piece comes back (213), tallied at the site (215)

limits-of-messages = Limits of messages
limits-of-messages-help = The same here as in production. What is over a limit is answered with the rule, the limit and what was sent.
limit-lines = Goods lines of a document at most
limit-depth = Elements within elements at most
limit-waiting = Documents that may wait to be recorded
limit-previews = Previews of one person a day
limit-rate = Messages of one token a second
