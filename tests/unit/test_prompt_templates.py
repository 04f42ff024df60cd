"""The templates: each renders, and one that cannot be used is told by name and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.generation.quoting import Quoted
from prompts.templates import ENDING, OWN, VARIABLES, TemplateError, prompt

VALUES = {
    "answer": {"question": "Who?", "passages": [Quoted(1, "T", "{{ 7 * 7 }} text")], "fence": "~~f"},
    "standalone": {"question": "And he?", "turns": [{"question": "Who?", "answer": "A"}]},
}


def test_every_template_in_the_box_is_declared() -> None:
    assert {path.name for path in OWN.glob("*.j2")} == {f"{name}{ENDING}" for name in VARIABLES}


@pytest.mark.parametrize("name", VARIABLES)
def test_each_renders(name: str) -> None:
    found = prompt(name)
    system, *examples, user = found.render(**VALUES[name])
    assert (system.role, user.role) == ("system", "user")
    assert [message.role for message in examples] == ["user", "assistant"] * (len(examples) // 2)
    assert all(message.text for message in (system, *examples, user))
    assert str(VALUES[name]["question"]) in user.text
    assert len(found.fingerprint) == 12


def test_passages_are_data_and_are_not_rendered() -> None:
    assert "~~f\nT\n{{ 7 * 7 }} text [1]\n~~f" in prompt("answer").render(**VALUES["answer"])[-1].text


def test_examples_become_earlier_messages_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    blocks = {"assistant_2": "D", "user_2": "C", "user": "{{ turns }}", "user_1": "A", "assistant_1": "B"}
    blocks["system"] = "S {{ question }}"
    source = "".join(f"{{% block {name} %}}{text}{{% endblock %}}" for name, text in blocks.items())
    (tmp_path / "standalone.md.j2").write_text(source)
    messages = prompt("standalone", tmp_path).render(question="Q", turns=1)
    assert [(message.role, message.text) for message in messages] == [
        ("system", "S Q"),
        ("user", "A"),
        ("assistant", "B"),
        ("user", "C"),
        ("assistant", "D"),
        ("user", "1"),
    ]


def test_all_missing_variables_are_in_one_error() -> None:
    with pytest.raises(TemplateError, match=r"lacks \['fence', 'passages'\]"):
        prompt("answer").render(question="Who?")


def test_a_folder_overrides_what_it_holds(tmp_path: Path) -> None:
    own = tmp_path / "answer.md.j2"
    own.write_text(
        "{% block system %}{{ fence }}{% endblock %}{% block user %}{{ question }}{{ passages }}{% endblock %}"
    )
    assert prompt("answer", tmp_path).fingerprint != prompt("answer").fingerprint
    assert prompt("standalone", tmp_path).fingerprint == prompt("standalone").fingerprint


@pytest.mark.parametrize(
    ("file", "text", "why"),
    [
        ("answer.md.j2", "a\nb\n{% block system %}{{ }}{% endblock %}", "answer.md.j2, line 3"),
        ("answer.md.j2", "{{ question }} {{ nobody }}", "does not use fence, passages; uses nobody.*no block system"),
        ("answer.md.j2", "{% block user_1 %}{% endblock %}", "has no block system, user, assistant_1"),
        ("answer.md.j2", "{% block sytem %}{% endblock %}", "has a block that is not used: sytem"),
        ("anwser.md.j2", "", "anwser.md.j2 is no template that is used; known: answer.md.j2"),
    ],
)
def test_a_template_that_cannot_be_used_is_told(tmp_path: Path, file: str, text: str, why: str) -> None:
    (tmp_path / file).write_text(text)
    with pytest.raises(TemplateError, match=why):
        prompt("answer", tmp_path)


def test_a_template_cannot_reach_out_of_its_sandbox(tmp_path: Path) -> None:
    body = "{{ question.__class__.__mro__ }}{{ passages }}{{ fence }}"
    (tmp_path / "answer.md.j2").write_text(
        "{% block system %}" + body + "{% endblock %}{% block user %}u{% endblock %}"
    )
    with pytest.raises(TemplateError, match="block system"):
        prompt("answer", tmp_path).render(**VALUES["answer"])


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="cannot be read"):
        prompt("answer", tmp_path / "none")
