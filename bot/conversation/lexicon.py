"""Word lists of the rules: closed classes of English, and cues that tell a person from a place.

Lists of names and countries are cues only: a name that is in none of them is still a name.
"""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BE: Final = _words("is are was were am")
DO: Final = _words("do does did")
HAVE: Final = _words("has have had")
MODALS: Final = _words("can could will would shall should may might must")
AUXILIARIES: Final = BE | DO | HAVE | MODALS

DETERMINERS: Final = _words("the a an this that these those its his her their our my your some any no each every")
PREPOSITIONS: Final = _words(
    "in on at by with for from to of since until before after during through across into within between among "
    "against under over about around near without via toward towards inside outside behind beyond"
)
WH: Final = _words("who whom whose which what when where why how")
QUANTITIES: Final = _words("many much")
DEGREES: Final = _words("long old tall high far often big large wide deep fast heavy soon early late")

SAYING: Final = _words(
    "say says said claim claims claimed state states stated report reports reported think thinks thought argue "
    "argues "
    "argued believe believes believed suggest suggests suggested announce announces announced tell tells told"
)

IRREGULAR: Final = _words(
    "won wrote led made took held built began became gave got left lost met paid ran saw sent sold sang spoke "
    "told went "
    "wore fell found fought knew grew drew brought bought thought caught taught chose broke rose shot stood "
    "threw felt "
    "hid said came kept put set cut hit let born been done gone seen taken given written known shown chosen driven "
    "broken spoken sworn torn worn grown drawn thrown flown hidden beaten eaten forgotten frozen stolen understood "
    "struck stuck sunk swum sung rung begun drunk bound wound ground spent lent bent dealt meant read spread"
)
"""Past forms that do not end in -ed."""

PRESENT: Final = _words(
    "says plays owns leads makes takes holds runs lives comes goes gives wins sits stands means needs wants "
    "helps shows "
    "operates covers contains carries produces uses includes keeps writes works owns speaks studies teaches die live "
    "lives dies attend speak visit own opens belongs remains"
)

HONORIFICS_HE: Final = _words("mr sir king prince emperor lord father pope duke czar tsar sultan shaman baron count")
HONORIFICS_SHE: Final = _words("mrs ms miss queen princess empress lady madam duchess dame baroness countess")
HONORIFICS: Final = _words(
    "dr prof professor president minister chancellor general colonel captain senator governor mayor chairman "
    "director "
    "secretary spokesman spokeswoman archaeologist historian commander ambassador judge justice bishop cardinal "
    "saint st"
)

KIN_HE: Final = _words("son brother father husband grandson uncle nephew king grandfather boy man founder's")
KIN_SHE: Final = _words(
    "daughter sister mother wife granddaughter aunt niece queen grandmother girl woman empress actress"
)

NAMES_SHE: Final = _words(
    "mary anna anne ann maria elizabeth victoria susan margaret catherine katherine sarah emma jane julia laura "
    "linda "
    "barbara patricia jennifer jessica helen alice amy rose clara martha donna billie freema jenna karen alex pearl "
    "sophia sophie olivia emily charlotte grace marie angela ursula theresa hillary michelle diana börte irina olga "
    "natalia tatiana svetlana oksana yulia leydimere fatima aisha indira golda marta rosa eva ada beyoncé"
)
NAMES_HE: Final = _words(
    "john james robert michael william david richard joseph thomas charles christopher daniel matthew mark "
    "donald paul "
    "steven andrew kenneth george edward brian ronald anthony kevin jason jeffrey gary timothy larry frank "
    "scott eric "
    "stephen raymond gregory samuel patrick alexander jack dennis jerry peter henry martin nikola thomas guglielmo "
    "vladimir dmytro ramzan bashar volodymyr sergei sergey ivan boris nikolai mikhail yuri barack joe bill benjamin "
    "lucas johann heinrich wilhelm friedrich karl otto hans ludwig albert isaac charles eero milton eugene herbert "
    "dudley trevor colin jon tom terry noel andy martin satya norman barney oliver hulagu batu ghazan temüjin "
    "genghis "
    "jochi toghrul jamukha adam jesus mohammed muhammad ahmed ali hassan omar luther"
)

ORGANISATION: Final = _words(
    "department ministry army navy university college school company council party team times journal agency "
    "bank church "
    "union nations pentagon congress parliament senate court committee commission association society institute "
    "museum "
    "club corporation inc ltd co government kremlin nato un eu unicef nasa bbc cnn group band network "
    "foundation force "
    "forces press office police league federation fund organisation organization regime state house guards court"
)
THING: Final = _words(
    "prize award act bridge wall river war battle book bible article treaty agreement song album film series serial "
    "program programme system market library tower hall game cup bowl theory plague death conference house "
    "street road"
)

COUNTRIES: Final = _words(
    "afghanistan albania algeria angola argentina armenia australia austria azerbaijan bangladesh belarus belgium "
    "bolivia bosnia brazil bulgaria cambodia cameroon canada chad chile china colombia croatia cuba cyprus denmark "
    "ecuador egypt england estonia ethiopia finland france georgia germany ghana greece guyana hungary iceland india "
    "indonesia iran iraq ireland israel italy jamaica japan jordan kazakhstan kenya korea kosovo kuwait latvia "
    "lebanon "
    "libya lithuania luxembourg malaysia mali malta mexico moldova mongolia morocco myanmar nepal netherlands "
    "nigeria "
    "norway pakistan panama paraguay peru philippines poland portugal qatar romania russia rwanda scotland senegal "
    "serbia singapore slovakia slovenia somalia spain sudan suriname sweden switzerland syria taiwan tanzania "
    "thailand "
    "tunisia turkey uganda ukraine uruguay usa uzbekistan venezuela vietnam wales yemen zambia zimbabwe britain "
    "moscow"
)
"""Moscow stands among them as it is written for its country more often than not."""

EVENTS: Final = _words(
    "war battle test outbreak attack assault invasion conference meeting match game election transmission agreement "
    "ceremony conflict crisis drought siege revolution strike trial launch reading storm opening"
)
EVENT_VERBS: Final = _words(
    "end begin start happen occur last finish ended began started happened lasted occurred cost"
)
