"""Pairs for the rule on negation, all written before it; the rule was tuned on TUNED alone.

Each row is a sentence with the span in brackets, and a question. Of a pair the first row gives the opposite of what is
asked for, the second is right although its sentence, its question or both hold a "not" or the like.
"""

from __future__ import annotations

from typing import Final

Row = tuple[str, str]
Pair = tuple[Row, Row]

TUNED: Final[tuple[Pair, ...]] = (
    (
        ("The board did not approve the plan of [Mason Works].", "Whose plan did the board approve?"),
        ("The board did not approve the plan of [Mason Works].", "Whose plan did the board not approve?"),
    ),
    (
        ("None of the [62 sailors] drowned in the storm.", "How many sailors drowned in the storm?"),
        ("[None] of the 62 sailors drowned in the storm.", "How many sailors drowned in the storm?"),
    ),
    (
        ("[Visitors] must not feed the seals at the pier.", "Who may feed the seals?"),
        ("Visitors must not feed [the seals] at the pier.", "What must visitors not feed?"),
    ),
    (
        ("The bank refused to lend money to [Orchard Mills].", "To whom did the bank lend money?"),
        ("The bank refused to lend money to [Orchard Mills].", "To whom did the bank refuse to lend money?"),
    ),
    (
        ("[Clara Dunn] denied taking the ring.", "Who took the ring?"),
        ("[Clara Dunn] denied taking the ring.", "Who denied taking the ring?"),
    ),
    (
        ("The jury rejected the entry of [Paul Reyes].", "Whose entry did the jury accept?"),
        ("The jury rejected the entry of [Paul Reyes].", "Whose entry was rejected by the jury?"),
    ),
    (
        ("The rocket failed to reach [its orbit].", "What did the rocket reach?"),
        ("The rocket, which did not carry a crew, reached [its orbit].", "What did the rocket reach?"),
    ),
    (
        ("All the villages except [Norby] were flooded.", "Which village was flooded?"),
        ("All the villages except [Norby] were flooded.", "Which village was not flooded?"),
    ),
    (
        ("The choir sang without [its leader].", "With whom did the choir sing?"),
        ("Without rehearsing, the choir sang [three psalms].", "What did the choir sing?"),
    ),
    (
        ("[Tom Vale] is no longer the director of the zoo.", "Who is the director of the zoo?"),
        ("No later than 1990 [Tom Vale] was the director of the zoo.", "Who was the director of the zoo?"),
    ),
    (
        ("The ferry never calls at [Skarrey].", "Where does the ferry call?"),
        ("The ferry calls at [Skarrey], which never had a harbour.", "Where does the ferry call?"),
    ),
    (
        ("[Eleven passengers] were unharmed.", "How many passengers were harmed?"),
        ("[Eleven passengers] were unharmed.", "How many passengers were unharmed?"),
    ),
    (
        ("Nobody but [Ann Lowe] knew the code, and Max Orr did not know it.", "Who did not know the code?"),
        ("Nobody but [Ann Lowe] knew the code.", "Who knew the code?"),
    ),
    (
        ("[Dr. Hale] voted against the merger.", "Who voted for the merger?"),
        ("[Dr. Hale] voted against the merger.", "Who voted against the merger?"),
    ),
    (
        ("The treaty does not cover [the outer islands].", "What does the treaty cover?"),
        ("The treaty covers not only the mainland but also [the outer islands].", "What does the treaty cover?"),
    ),
    (
        ("The company was not able to sell [its mill in Orsa].", "What was the company able to sell?"),
        ("The company could not keep its office, so it sold [its mill in Orsa].", "What did the company sell?"),
    ),
    (
        ("Neither [Berg] nor Holt attended the hearing.", "Who attended the hearing?"),
        ("Neither [Berg] nor Holt attended the hearing.", "Who did not attend the hearing?"),
    ),
    (
        ("No [dog] may enter the reserve.", "Which animal may enter the reserve?"),
        ("No fewer than [40 dogs] may enter the reserve.", "How many dogs may enter the reserve?"),
    ),
    (
        ("The court banned the sale of [raw milk].", "The sale of what did the court allow?"),
        ("The court banned the sale of [raw milk].", "What sale did the court ban?"),
    ),
    (
        ("It was Ruiz, not [Ferrer], who scored the goal.", "Who scored the goal?"),
        ("It was [Ruiz], not Ferrer, who scored the goal.", "Who scored the goal?"),
    ),
    (
        ("[The south gate] was not opened until noon.", "Which gate was never opened?"),
        ("The south gate was not opened until [noon].", "When was the south gate opened?"),
    ),
    (
        ("The pool is closed on [Sundays].", "On which day is the pool open?"),
        ("The pool is open on [Sundays], when the gym is closed.", "On which day is the pool open?"),
    ),
    (
        ("The inspectors found no lead in [the blue paint].", "In which paint did the inspectors find lead?"),
        ("The inspectors had no warrant when they found lead in [the blue paint].", "Where did they find lead?"),
    ),
    (
        ("[Olsen] declined to sign the petition.", "Who signed the petition?"),
        ("[Olsen], who declined an interview, signed the petition.", "Who signed the petition?"),
    ),
    (
        ("The grant excludes [travel].", "What does the grant include?"),
        ("The grant excludes food but includes [travel].", "What does the grant include?"),
    ),
    (
        ("[The Kestrel] wasn't damaged by the ice.", "Which ship was damaged by the ice?"),
        ("[The Kestrel] wasn't insured, and it was damaged by the ice.", "Which ship was damaged by the ice?"),
    ),
    (
        ("The guide advises against drinking from [the lower spring].", "From where does the guide advise drinking?"),
        ("It is not known why the monks drank from [the lower spring].", "From where did the monks drink?"),
    ),
    (
        ("Police prevented [the marchers] from crossing the bridge.", "Who crossed the bridge?"),
        ("Police could not prevent [the marchers] from crossing the bridge.", "Who crossed the bridge?"),
    ),
    (
        ("[Rosa Klein] opposed the new runway.", "Who supported the new runway?"),
        ("[Rosa Klein] opposed the new runway.", "Who was against the new runway?"),
    ),
    (
        ("The museum cannot lend [the gold mask].", "What can the museum lend?"),
        ("The museum cannot lend [the gold mask].", "What can't the museum lend?"),
    ),
    (
        ("[Two climbers] did not return.", "How many climbers returned?"),
        ("Five climbers set out and [two climbers] did not return.", "How many climbers did not return?"),
    ),
    (
        ("Hansen said he had not written [the letter].", "What had Hansen written?"),
        ("[Hansen] wrote the letter, but he did not send it.", "Who wrote the letter?"),
    ),
)

HELD: Final[tuple[Pair, ...]] = (
    (
        ("The senate did not confirm [Judge Pell].", "Whom did the senate confirm?"),
        ("The senate did not confirm [Judge Pell].", "Whom did the senate fail to confirm?"),
    ),
    (
        ("None of the [nine witnesses] recognised the driver.", "How many witnesses recognised the driver?"),
        ("The driver, whom none of the witnesses knew, fled to [Lenz].", "Where did the driver flee to?"),
    ),
    (
        ("[Interns] may not use the crane.", "Who may use the crane?"),
        ("[Interns] may use the crane, though not alone.", "Who may use the crane?"),
    ),
    (
        ("The harbour master refused entry to [the Aurora].", "Which ship was granted entry by the harbour master?"),
        ("The harbour master refused entry to [the Aurora].", "Which ship was refused entry by the harbour master?"),
    ),
    (
        ("[Weber] denies that he forged the will.", "Who forged the will?"),
        ("[Weber] denies that he forged the will.", "Who denies having forged the will?"),
    ),
    (
        ("Parliament turned down the budget of [Minister Arnes].", "Whose budget did parliament approve?"),
        ("Parliament did not turn down the budget of [Minister Arnes].", "Whose budget did parliament approve?"),
    ),
    (
        ("The vaccine fails to protect [infants].", "Whom does the vaccine protect?"),
        ("The vaccine, unlike the old one, protects [infants].", "Whom does the vaccine protect?"),
    ),
    (
        ("Every student apart from [Mia Solberg] passed the exam.", "Which student passed the exam?"),
        ("Every student apart from [Mia Solberg] passed the exam.", "Which student did not pass the exam?"),
    ),
    (
        ("The orchestra toured without [Lindqvist].", "With whom did the orchestra tour?"),
        ("The orchestra toured [Japan] without Lindqvist.", "Where did the orchestra tour?"),
    ),
    (
        ("[The Lotus] no longer serves lunch.", "Which restaurant serves lunch?"),
        ("[The Lotus] serves lunch but no longer takes cards.", "Which restaurant serves lunch?"),
    ),
    (
        ("[Ferns] have never grown on the islet.", "What has grown on the islet?"),
        ("[Ferns] have grown on the islet, where sheep never lived.", "What has grown on the islet?"),
    ),
    (
        ("[The eastern road] is still unpaved.", "Which road is paved?"),
        ("[The eastern road] is still unpaved.", "Which road is not paved?"),
    ),
    (
        ("No one other than [Baker] had a key.", "Who did not have a key?"),
        ("No one other than [Baker] had a key.", "Who had a key?"),
    ),
    (
        ("[Senator Ohl] spoke against the dam.", "Who spoke in favour of the dam?"),
        ("[Senator Ohl] spoke against the dam.", "Who spoke against the dam?"),
    ),
    (
        ("The warranty doesn't include [the battery].", "What does the warranty include?"),
        (
            "The warranty doesn't merely include the frame, it includes [the battery].",
            "What does the warranty include?",
        ),
    ),
    (
        ("The divers were unable to recover [the anchor].", "What did the divers recover?"),
        ("The divers were unable to stay, yet they recovered [the anchor].", "What did the divers recover?"),
    ),
    (
        ("Neither [copper] nor tin was found in the shaft.", "What was found in the shaft?"),
        ("[Copper] was found in the shaft, but neither gold nor tin.", "What was found in the shaft?"),
    ),
    (
        ("No [minister] resigned over the affair.", "Who resigned over the affair?"),
        ("There was no doubt that [the minister] resigned over the affair.", "Who resigned over the affair?"),
    ),
    (
        ("The city prohibits [scooters] on the quay.", "What does the city permit on the quay?"),
        ("The city prohibits [scooters] on the quay.", "What is not permitted on the quay?"),
    ),
    (
        ("The prize went to Ito rather than [Mori].", "To whom did the prize go?"),
        ("The prize went to [Ito] rather than Mori.", "To whom did the prize go?"),
    ),
    (
        ("Not until [1954] did women vote in the canton.", "Until when did women vote in the canton?"),
        ("Not until [1954] did women vote in the canton.", "When did women first vote in the canton?"),
    ),
    (
        ("[The archive] is shut in August.", "What is open in August?"),
        ("[The archive] is open in August, though the café is shut.", "What is open in August?"),
    ),
    (
        ("The survey found no wolves in [the Varn forest].", "In which forest did the survey find wolves?"),
        ("The survey, which cost no money, found wolves in [the Varn forest].", "In which forest were wolves found?"),
    ),
    (
        ("[Nadia Roth] refused to testify.", "Who testified?"),
        ("[Nadia Roth] testified although Karl Roth refused to.", "Who testified?"),
    ),
    (
        ("The ticket price does not contain [breakfast].", "What does the ticket price contain?"),
        ("The ticket price contains [breakfast], not lunch.", "What does the ticket price contain?"),
    ),
    (
        ("[The spire] hasn't been restored.", "What has been restored?"),
        ("[The spire] has been restored; the nave hasn't.", "What has been restored?"),
    ),
    (
        ("The patients were told to avoid [grapefruit].", "What were the patients told to eat?"),
        ("The patients did not like it, but they ate [grapefruit].", "What did the patients eat?"),
    ),
    (
        ("A fence keeps [deer] from reaching the orchard.", "Which animals reach the orchard?"),
        ("The fence did not stop [deer] from reaching the orchard.", "Which animals reached the orchard?"),
    ),
    (
        ("[Hugo Brandt] disagreed with the verdict.", "Who agreed with the verdict?"),
        ("[Hugo Brandt] disagreed with the verdict.", "Who did not agree with the verdict?"),
    ),
    (
        ("You can't pay with [cheques].", "With what can you pay?"),
        ("You can't pay with [cheques].", "With what can you not pay?"),
    ),
    (
        ("[Seven miners] could not be rescued.", "How many miners could be rescued?"),
        ("[Seven miners] were rescued, though the eighth could not be.", "How many miners were rescued?"),
    ),
    (
        ("Mora admits she did not read [the report].", "What did Mora read?"),
        ("[Mora] read the report, which did not name her.", "Who read the report?"),
    ),
)
