"""Forms of bulletins: same wording, other facts. Used by generate.py for its series.

[a|b|c] is settled once for a series, {SLOT} is drawn anew for each bulletin (but see generate.py's
Bulletins: some places, dates and persons are settled with the form).
"""

FORMS = [
    # dividends
    "{CO} declared a quarterly [dividend|payout] of {CENTS} [cents|pence] per [ordinary "
    "share|share], payable {DATE} to holders of record {DATE}.",
    "{CO} [said its board voted|voted] a [regular|quarterly] dividend of {CENTS} [cents|pence] a "
    "share against {CENTS} [cents|pence] in the [previous|prior] quarter. [Payment is set for|The "
    "payment date is] {DATE}, the record date {DATE}. {CO} has {INT} [shareholders|holders of "
    "record].",
    # results
    "{CO} [reported|posted] {PERIOD} net [profit|income] of {MLN} million [crowns|marks|florins], "
    "against {MLN} million a year [earlier|before]. [Sales|Revenue] [came to|were] {MLN} million "
    "against {MLN} million. [Earnings per share were|Per-share earnings came to] {DEC} against "
    "{DEC}. {CO} employs {INT} people, mostly in {L}.",
    "{CO}\n\n{PERIOD} to {DATE}\n\n[Shr|Share] {CENTS} cts vs {CENTS} cts\n\n[Net|Net profit] "
    "{INT} vs {INT}\n\n[Revs|Sales] {INT} vs {INT}\n\n[Avg shrs|Shares] {INT} vs {INT}",
    # the day's prices
    "[Closing|Official] prices on the {L} [exchange|market] on {DATE}, in [crowns|marks|florins] "
    "a tonne: wheat {PRICE}, [barley|rye] {PRICE}, maize {PRICE}, [oats|sorghum] {PRICE}, sugar "
    "{PRICE}, [cocoa|tea] {PRICE}, coffee {PRICE}, [cotton|wool] {PRICE}, copper {PRICE}, tin "
    "{PRICE}, zinc {PRICE}, lead {PRICE}. Turnover was {INT} lots against {INT}.",
    "[Vegetable|Fruit] prices at the {L} wholesale market [this morning|today], in [cents|pence] "
    "a kilo: potatoes {CENTS}, onions {CENTS}, carrots {CENTS}, cabbage {CENTS}, apples {CENTS}, "
    "pears {CENTS}. [Deliveries came to|Growers brought] {INT} tonnes.",
    # weather
    "[Weather for|Forecast for] {L} and {L}, {DATE}: {SKY}, [high|maximum] {TEMP}, [low|minimum] "
    "{TEMP}, wind {WIND} at {TEMP} [knots|kilometres an hour], rain {TEMP} [millimetres|mm]. "
    "Tomorrow: {SKY}, {TEMP} to {TEMP}. [Sunrise|Sun up] {CLOCK}, [sunset|sun down] {CLOCK}.",
    "The [weather service|meteorological office] expects {SKY} over {L} on {DATE} with "
    "[temperatures between|a range of] {TEMP} and {TEMP} degrees. [Winds|Breezes] will blow from "
    "the {WIND} at up to {TEMP} [knots|kilometres an hour]. In {L} the [thermometer|mercury] will "
    "reach {TEMP} degrees and [rainfall|rain] may total {TEMP} millimetres. The outlook for "
    "{DAY}: {SKY}, {TEMP} degrees in the [morning|early hours] and {TEMP} in the "
    "[afternoon|middle of the day]. [Sea temperature|The water] at {L} is {TEMP} degrees, waves "
    "{DEC} metres. [High water|High tide] at {CLOCK} and {CLOCK}, [low water|low tide] at {CLOCK} "
    "and {CLOCK}. [Pollen|Dust] index {TEMP}.",
    # grain ships
    "{NUM} grain ships were loading and {NUM} were waiting to load at {L} [on|as of] {DATE}, the "
    "port [authority|office] said. [They were due to take|Cargo booked was] {INT} tonnes, against "
    "{INT} [a week earlier|last week].",
    "[Shipping movements|Arrivals] at {L}, {DATE}: {SHIP}, {INT} tonnes of [wheat|barley] from "
    "{L}; {SHIP}, {INT} tonnes of [coal|ore] from {L}; {SHIP}, {INT} tonnes of [timber|cement] "
    "from {L}. [Sailings|Departures]: {SHIP} for {L} in ballast; {SHIP} for {L} with {INT} tonnes "
    "of [sugar|salt]. [Expected|Due] on {DATE}: {SHIP} and {SHIP}. Berths [occupied|in use]: "
    "{NUM} of {NUM}. Pilot [on call|on duty]: {P}.",
    # exchange rates
    "[Exchange rates|Currency rates] fixed in {L} on {DATE}: crown {RATE}, mark {RATE}, florin "
    "{RATE}, [peso|dinar] {RATE}, [rand|lira] {RATE}, [yen|won] {RATE}. [Gold|The gold price] was "
    "fixed at {DEC} an ounce against {DEC}.",
    # bond issues
    "{CO} is [issuing|launching] a {MLN} million [crown|mark|florin] bond due {DATE} {YEAR} "
    "[paying|with a coupon of] {DEC} percent and priced at {RATE} percent, lead manager {CO} "
    "said. [Fees are|The selling concession is] {DEC} percent. [Listing is|The paper will be "
    "listed] in {L}. Payment date {DATE}.",
    "[The|A] {INT} million [crown|mark|florin] loan for {CO} was [signed|arranged] in {L} by "
    "{NUM} banks led by {CO}. It runs {NUM} years at {DEC} percent over the [interbank|base] "
    "rate, with {NUM} years of grace. [The facility replaces|It refinances] a credit of {INT} "
    "million dated {DATE} {YEAR}. {P}, the [treasurer|finance director], said demand came to "
    "{MLN} million. [Among the lenders|Taking part] were {CO}, {CO}, {CO} and {CO}. [Commitment "
    "fees|Fees] are {DEC} percent on the undrawn part and {DEC} percent on the rest. Repayment is "
    "in {NUM} [instalments|steps] from {DATE}, the last on {DATE} {YEAR}, and may be brought "
    "forward at {RATE} percent.",
    # rates and money market
    "{CO} [raised|lowered] its [prime|base] lending rate to {DEC} percent from {DEC}, effective "
    "{DATE}.",
    "The central bank [provided|gave] the money market with {MLN} million [crowns|marks|florins] "
    "of [help|assistance] [this|in the] {DAYPART}. It bought {MLN} million of [bills|paper] in "
    "band {NUM} at {DEC} percent and {MLN} million in band {NUM} at {DEC} percent, against an "
    "estimated shortage of {INT} million, revised from {INT} million.",
    # sport
    "[League results|Results] from {L}, {DATE}: {L} {GOALS}, {L} {GOALS}; {L} {GOALS}, {L} "
    "{GOALS}; {L} {GOALS}, {L} {GOALS}; {L} {GOALS}, {L} {GOALS}. [Leading scorers|Scorers]: {P} "
    "{NUM}, {P} {NUM}, {P} {NUM}. [Attendance|Crowd] {INT}.",
]
