# Figures: the dashboard, the indicators for everybody, the spans of time they speak of.

nav-figures = Figures
nav-indicators = Indicators
about-figures = What was declared, released and rejected, how long it took, from where; as charts, tables and files.
about-indicators = How the window works for everybody: declarations, times, countries, goods.
figures-own = My figures
figures-days = Declarations by day
figures-steps = What became of declarations
figures-lanes = Lanes
figures-durations = Clearance times
figures-causes = Rules that rejected or refused
figures-goods = Most declared goods
figures-countries = Countries of departure
figures-waiting = What waits for officers
figures-work = What officers did
figures-none = No figures in these days
figures-none-help = Figures follow declarations within a moment. Choose other days.
figures-nothing = Nothing in these days.
figures-rest = Further rows, in the files: { $count }
figures-files = Files: { $chart }
figures-up-to = Complete up to
figures-behind = Figures are being made of what was recorded before. They are complete up to
figures-least = Only what is of at least { $merchants ->
        [one] { $merchants } merchant
       *[other] { $merchants } merchants
    } or { $declarations ->
        [one] { $declarations } declaration
       *[other] { $declarations } declarations
    } is told.
figures-few = too few to be told
figures-from = From
figures-to = To
figures-value-declared = Dutiable value declared, CNY
figures-tax-released = Tax of what was released, CNY
figures-left-out = { $count ->
        [one] { $count } cell is of too few to be told.
       *[other] { $count } cells are of too few to be told.
    }
figures-value = Dutiable value, CNY
figures-tax = Tax, CNY
figures-all = all
figures-others = others
figures-mode = Mode
figures-by-mode = Declarations by mode
figures-declarations = Declarations
figures-step = Step
figures-times = Times
figures-by-step = Steps, each counted on its day
figures-sealed = a measure of customs
figures-span = From … to
figures-span-verdict = declared to first verdict
figures-span-release = declared to released
figures-span-decision = waiting to an officer's decision
figures-every = Every value drawn
figures-day = Day
figures-age = Waiting for, at most
figures-percentiles = Done within this time
figures-country = Country
figures-by-country = Declarations by country of departure
figures-what = What
step-declared = declared
step-changed = replaced by a changed list
step-returned = returned
step-refused = refused
span-seconds = { $count } s
span-minutes = { $count } min
span-hours = { $count } h
span-days = { $count } d
span-longer = longer
figures-export-waiting = Exports: what waits for officers
figures-export-durations = Exports: clearance times
figures-of-exports = Exports: { $step }
