# The draw, for everybody.

draws-title = How parcels are drawn
draws-what = Some parcels are opened at random. Nobody can know beforehand which, and afterwards everybody can check that the draw was fair.
draws-how = How it goes
draws-how-commit = Before a period the window, customs and the operator of the zone each commit to a secret: the commitment is public, the secret is not.
draws-how-beacon = When commitments have ended, the window signs what it has recorded until then. Nobody knew that value before, and it is mixed in. Only then do the others hand their secrets over.
draws-how-draw = Each order draws a number from 0 to 999,999. Below its share, which depends on mode, goods and credit, its parcel is opened. Everybody has a share: nobody escapes.
draws-how-keep = The number depends on the order alone. Whoever is selected stays selected, however often it is declared.
draws-how-reveal = Some time after the period the secrets and all draws are public. Orders stand there by a name that tells nothing to others.
draws-periods = Periods
draws-caption = Periods of the draw, the newest first
draws-older = Older periods
draws-period = Period
draws-state = State
draws-state-open = open for commitments
draws-state-closed = commitments ended
draws-state-running = drawn with
draws-state-revealed = public
draws-days = Days
draws-holders = Who takes part
draws-told = What is public
draws-side-window = Window
draws-side-customs = Customs
draws-side-operator = Operator of the zone
draws-awaited = not yet
draws-committed = committed
draws-handed = handed over
draws-missing = missing
draws-own = the window's own seed
draws-selected = { $selected } of { $draws ->
        [one] { $draws } order
       *[other] { $draws } orders
    } selected
draws-list = All draws
draws-secrets = Secrets and seed
draws-none = No period yet
draws-none-help = The window draws with a seed of its own until the first period begins.
draws-check = Check an order
draws-check-help = The parties of an order are told its salt. With it you find the order in the list, and nobody else does.
draws-platform = Code of the platform
draws-order = Order number
draws-salt = Salt
draws-look = Look it up
draws-found-selected = It drew { $drawn }, below its share of { $ratio } in a million: it was opened.
draws-found-spared = It drew { $drawn }, not below its share of { $ratio } in a million: it was not selected at random.
draws-not-found = The list of this period has no such order. Check the salt, or look in another period.
draws-not-told = This cannot be looked up now.
draws-again = To check a whole period yourself:
