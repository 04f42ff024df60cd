"""How candidates become an answer in words."""

from bot.answers import CITATIONS, Scored, nearest, worded
from bot.questions import QuestionKind
from bot.types import Candidate
from index.types import Article


def article(name: str, text: str, published: str | None = None) -> Article:
    return Article(name=name, title=name.upper(), text=text, published=published)


OLD = article("old", "Kuleba said 16,000 volunteers came. More may follow.", "2022-03-03")
NEW = article("new", "By now 20,000 volunteers have come, he said.", "2022-03-08T11:03:00")
ECHO = article("echo", "There are around 20,000 of them.", None)
CITIES = article("cities", "Kyiv and Kharkiv are held. Odesa is held too. Lviv is far away. Dnipro waits.")
ARTICLES = {one.name: one for one in (OLD, NEW, ECHO, CITIES)}


def scored(name: str, span: str, confidence: float, margin: float = 5.0) -> Scored:
    start = ARTICLES[name].text.index(span)
    candidate = Candidate(name, start, start + len(span), span, margin, 1, 0, len(ARTICLES[name].text))
    return Scored(candidate, confidence)


def test_one_answer_with_one_citation() -> None:
    words = worded(QuestionKind.SPAN, scored("new", "20,000", 0.9), [], 0.5, ARTICLES)
    assert (words.answer, words.text) == ("20,000", "20,000 [1]")
    assert words.citations[0].quote == NEW.text


def test_the_same_fact_is_cited_from_each_article() -> None:
    words = worded(
        QuestionKind.SPAN, scored("new", "20,000", 0.9), [scored("echo", "around 20,000", 0.7)], 0.5, ARTICLES
    )
    assert words.text == "20,000 [1][2]"
    assert [citation.article for citation in words.citations] == ["new", "echo"]


def test_what_is_below_the_threshold_supports_nothing() -> None:
    words = worded(
        QuestionKind.SPAN, scored("new", "20,000", 0.9), [scored("echo", "around 20,000", 0.4)], 0.5, ARTICLES
    )
    assert len(words.citations) == 1


def test_a_newer_articles_answer_comes_first_and_the_older_is_told() -> None:
    words = worded(QuestionKind.SPAN, scored("old", "16,000", 0.9), [scored("new", "20,000", 0.8)], 0.5, ARTICLES)
    assert words.answer == "20,000"
    assert words.text == "20,000 [1]\nEarlier, on 3 March 2022: 16,000 [2]."
    assert [citation.article for citation in words.citations] == ["new", "old"]


def test_the_newer_answer_stays_first_when_it_was_best_already() -> None:
    words = worded(QuestionKind.SPAN, scored("new", "20,000", 0.9), [scored("old", "16,000", 0.8)], 0.5, ARTICLES)
    assert words.text == "20,000 [1]\nEarlier, on 3 March 2022: 16,000 [2]."


def test_articles_without_dates_differ_without_an_order() -> None:
    words = worded(
        QuestionKind.SPAN, scored("old", "16,000", 0.9), [scored("echo", "around 20,000", 0.8)], 0.5, ARTICLES
    )
    assert words.text == "16,000 [1]\nAnother article differs: around 20,000 [2]."


def test_a_differing_answer_far_below_is_not_told() -> None:
    far = scored("echo", "around 20,000", 0.8, margin=0.5)
    words = worded(QuestionKind.SPAN, scored("old", "16,000", 0.9), [far], 0.5, ARTICLES)
    assert words.text == "16,000 [1]"


def test_yes_or_no_gets_the_evidence() -> None:
    words = worded(QuestionKind.YES_NO, scored("new", "20,000", 0.9), [], 0.5, ARTICLES)
    assert words.text == f"What it says: “{NEW.text}” [1]"


def test_a_list_gives_every_span_once_under_its_quotes_marker() -> None:
    best = scored("cities", "Kyiv", 0.9)
    rest = [scored("cities", "Kharkiv", 0.8), scored("cities", "Odesa", 0.7), scored("cities", "Kyiv", 0.6)]
    words = worded(QuestionKind.LIST, best, rest, 0.5, ARTICLES)
    assert words.text == "Kyiv [1], Kharkiv [1], Odesa [2]"
    assert words.answer == "Kyiv"


def test_a_list_cites_no_more_than_the_limit() -> None:
    spans = [scored("cities", span, 0.9) for span in ("Kyiv", "Odesa", "Lviv", "Dnipro")]
    words = worded(QuestionKind.LIST, spans[0], spans[1:], 0.5, ARTICLES)
    assert len(words.citations) == CITATIONS
    assert "Dnipro" not in words.text


def test_the_nearest_passages_have_no_marker_and_no_span() -> None:
    one, other = scored("cities", "Kyiv", 0.1).candidate, scored("cities", "Kharkiv", 0.1).candidate
    found = nearest([one, other], ARTICLES)
    assert [(c.marker, c.span_start, c.span_end, c.quote) for c in found] == [
        (None, None, None, "Kyiv and Kharkiv are held.")
    ]
