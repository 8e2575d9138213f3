"""The common English words of the made corpora, most frequent first within each class.

Everything else in their vocabulary (names, and the long tail of nouns, verbs and adjectives) is
invented by generate.py from syllables.
"""

NOUNS = """
government company market year people percent week state month group country report price plan
bank minister official city trade rate share industry court service system policy party spokesman
president committee program power water school production oil money law area case end part deal
number agreement day business council issue problem development member program decision office
budget increase cost interest effort result work measure work board project worker public demand
supply profit loss debt loan tax income sale contract order export import harvest crop grain wheat
barley maize rice sugar cotton coffee cocoa copper steel iron coal gas fuel energy plant mill mine
harbour port ship vessel freight cargo railway train station road bridge tunnel airport flight route
engine vehicle truck bus tram ferry canal river lake coast island valley hill forest field farm
farmer village town district region province border capital street square market hall house home
building tower roof wall window door room hospital doctor nurse patient clinic medicine disease
health care treatment vaccine study research researcher scientist university student teacher college
class lesson exam degree library book paper page letter note message newspaper journalist editor
reader story article picture film theatre stage concert music song orchestra museum gallery artist
painting exhibition festival prize award contest match game team player coach league cup season goal
victory defeat race track stadium crowd fan ticket tour visitor guest hotel restaurant kitchen meal
bread fish meat milk fruit vegetable tree flower garden park weather rain storm flood drought snow
wind heat cold fire smoke accident crash injury victim rescue police officer arrest crime theft
fraud charge trial judge jury lawyer verdict appeal sentence prison evidence witness investigation
inquiry complaint claim dispute strike union wage pay pension job employer staff manager director
chairman executive owner partner customer client consumer shop store factory warehouse machine tool
equipment technology computer network software data file record list form signal radio television
telephone line satellite camera screen battery wire cable pipe pump filter reactor turbine dam
reservoir well bill vote election candidate campaign voter ballot seat parliament assembly senate
chamber speaker deputy mayor governor ambassador envoy delegate delegation mission embassy treaty
talks meeting conference summit session agenda statement speech interview question answer comment
view opinion poll survey figure estimate forecast target level average total amount value fund
reserve asset bond stock dividend index fee fine penalty reward grant subsidy tariff quota duty
licence permit rule regulation standard limit ban restriction reform change review audit account
balance deficit surplus growth inflation recession recovery crisis risk threat danger warning alarm
safety security defence army navy soldier general commander troop base weapon missile attack battle
war peace truce ceasefire refugee camp aid relief food shelter tent blanket donor charity volunteer
community family child parent mother father son daughter brother sister woman man friend neighbour
leader founder pioneer expert analyst adviser economist engineer architect builder carpenter miner
sailor pilot driver passenger crew captain traveller resident citizen population birth death age
generation century decade hour minute morning evening night summer winter spring autumn holiday
weekend anniversary ceremony tradition culture language religion church temple history past future
present moment period term step stage phase start beginning opening closure delay failure success
progress advance improvement repair maintenance construction design model type kind sort version
sample test experiment method process approach strategy proposal idea concept theory fact detail
reason cause effect impact consequence benefit advantage opportunity chance choice option solution
response reaction support opposition criticism concern fear hope confidence trust doubt pressure
tension conflict debate argument discussion negotiation compromise settlement merger takeover
acquisition bid offer stake shareholder investor investment venture subsidiary unit branch division
department agency authority ministry bureau commission institute foundation association federation
society club organisation body panel court tribunal registry archive
""".split()

ADJECTIVES = """
new other last first national local public major large small high low long short early late recent
current former final total general special main key central regional foreign domestic international
economic financial political social military legal industrial commercial agricultural technical
medical scientific environmental cultural historic federal provincial municipal rural urban coastal
northern southern eastern western inner outer upper lower annual monthly weekly daily quarterly
average net gross record strong weak heavy light steady sharp slow rapid quick gradual modest slight
significant substantial considerable serious severe minor critical urgent important necessary
possible likely unlikely certain clear unclear complex simple difficult easy hard soft open closed
free fair equal common rare usual unusual normal regular temporary permanent initial further
additional extra separate joint mutual private independent official formal informal provisional
interim acting senior junior young old modern ancient traditional conventional advanced basic
primary secondary full empty partial complete broad narrow wide deep shallow thin thick tall warm
cold hot dry wet bright dark quiet busy crowded remote nearby distant isolated damaged broken safe
dangerous healthy sick poor rich cheap expensive costly profitable efficient effective successful
popular famous respected experienced skilled qualified reluctant cautious confident optimistic
pessimistic worried concerned angry pleased satisfied disappointed surprised ready willing able
unable responsible guilty innocent alleged suspected reported expected planned proposed disputed
controversial sensitive secret confidential technical detailed preliminary comprehensive thorough
limited restricted voluntary compulsory mandatory seasonal tropical mountainous volcanic frozen
renewable nuclear electric electronic digital mechanical chemical organic raw refined surplus spare
idle unpaid unsold unfinished unexpected unprecedented overdue outstanding preferred ordinary
""".split()

VERBS_PAST = """
announced approved rejected accepted raised cut increased reduced reported opened closed signed
bought sold built won lost received issued ordered asked urged called described confirmed denied
welcomed criticised backed opposed supported blocked delayed postponed cancelled launched started
ended completed continued resumed suspended extended renewed reviewed revised changed adopted
introduced proposed presented published released discussed considered examined studied tested
investigated inspected visited met led joined left entered reached crossed followed replaced
repaired restored rebuilt moved transferred carried delivered shipped exported imported produced
planted harvested stored used needed wanted expected planned promised offered granted refused gave
took made brought sent kept held found discovered lost recovered saved protected defended attacked
hit struck damaged destroyed flooded covered filled emptied drained blocked cleared lifted imposed
enforced relaxed tightened eased strengthened weakened doubled tripled halved matched exceeded
missed met beat passed failed faced avoided prevented caused created formed established founded
appointed elected named chose hired dismissed trained taught paid owed borrowed lent invested spent
earned collected raised shared divided merged acquired owned managed controlled operated ran served
fed helped assisted advised warned informed told reminded accused charged arrested convicted
released cleared fined sued won drafted wrote read printed broadcast recorded filmed photographed
counted measured estimated calculated predicted blamed praised thanked honoured celebrated marked
attended organised hosted arranged prepared designed developed improved expanded upgraded modernised
converted dismantled scrapped abandoned sealed guarded watched monitored tracked traced located
identified recognised questioned challenged defended settled resolved ignored
""".split()

VERBS_BASE = """
raise cut increase reduce open close sign buy sell build win issue order confirm support block delay
cancel launch start complete continue resume suspend extend renew review revise change adopt
introduce present publish release discuss consider examine study test investigate inspect visit meet
lead join leave enter reach cross follow replace repair restore rebuild move transfer carry deliver
ship export import produce plant harvest store use keep hold find recover save protect defend cover
fill drain clear lift impose enforce relax tighten ease strengthen double match avoid prevent create
form establish appoint elect hire train pay borrow lend invest spend earn collect share divide merge
acquire manage control operate serve feed help advise warn inform draft print broadcast record count
measure estimate mark attend organise host arrange prepare design develop improve expand upgrade
modernise convert dismantle scrap abandon guard watch monitor track locate identify settle resolve
""".split()

ADVERBS = """
also now still already again only later earlier recently currently previously now nearly almost
largely mainly partly mostly clearly quickly slowly sharply slightly gradually steadily finally
eventually initially originally formally officially publicly privately jointly repeatedly regularly
temporarily permanently immediately directly widely broadly fully strongly firmly narrowly barely
reportedly apparently probably possibly certainly often rarely sometimes usually
""".split()

PREPOSITIONS = [p.replace("_", " ") for p in """
of in to for on with at by from about after before under over between against during through near
across along around behind beyond within without towards despite because_of along_with instead_of
ahead_of as_part_of in_spite_of as_well_as on_behalf_of in_favour_of in_addition_to
""".split()]

DETERMINERS = [d.replace("_", " ") for d in """
the the the the the the the the a a a a its their this his her another some most several many
no the_same
""".split()]
PLURAL = ("some", "most", "several", "many")  # determiners of plural nouns

CONNECTIVES = [c.replace("_", " ") for c in """
and and and but while as because although after before when which where if since so_that even_though
""".split()]

OPENERS = [o.replace("_", " ") for o in """
meanwhile, however, in_addition, at_the_same_time, on_the_other_hand, as_a_result, last_year,
last_week, this_year, for_example, in_the_past, so_far, until_now, by_contrast, in_recent_weeks,
earlier_this_month, later_in_the_day, under_the_plan, under_the_agreement, for_the_first_time,
in_the_meantime, since_then, at_present, in_practice, for_now, over_the_past_year,
at_the_end_of_the_month, in_a_separate_development, according_to_the_report,
""".split()]

MONTHS = ("January February March April May June July August September October November "
          "December").split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
NUMBER_WORDS = ("two three four five six seven eight nine ten eleven twelve fifteen twenty thirty "
                "forty fifty sixty hundred").split()

ATTRIBUTIONS = [
    "said", "said", "said", "said", "told reporters", "said in a statement", "added",
    "said in an interview", "told a news conference", "wrote in a letter to members",
    "said after the meeting", "told the assembly", "said on the telephone", "explained",
    "said on condition of anonymity", "told local radio", "told this agency", "noted",
    "said before the talks", "told the committee",
]

STOCK = [
    "No one was hurt.",
    "Further details were not immediately available.",
    "A spokesman declined to comment.",
    "The figures were broadly in line with expectations.",
    "He did not elaborate.",
    "She did not give further details.",
    "The company could not be reached for comment.",
    "Talks are expected to resume next week.",
    "The cause of the accident was not immediately known.",
    "The report could not be independently confirmed.",
    "The terms of the agreement were not disclosed.",
    "A decision is expected by the end of the month.",
    "The matter is still before the court.",
    "The two sides will meet again after the holiday.",
    "Officials said the situation was under control.",
    "Trading was quiet ahead of the long weekend.",
    "The proposal still needs the approval of the assembly.",
    "Police have appealed for witnesses to come forward.",
    "The results are preliminary and may be revised.",
    "It was the second such case this year.",
    "The road was reopened to traffic late in the evening.",
    "The ministry said it was looking into the matter.",
    "Analysts had expected a smaller rise.",
    "The weather service expects rain until the end of the week.",
    "Nobody has claimed responsibility.",
    "The inquiry is expected to take several months.",
    "Tickets are on sale at the door from noon.",
    "The agreement takes effect on the first day of next year.",
    "Shareholders will be asked to vote on the plan in the spring.",
    "The union said its members would return to work in the morning.",
]
