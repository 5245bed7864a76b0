"""The cells of a mix: what a task counts as, and that every relation that can be said has a domain."""

from prompts.domains import OTHER, domains
from prompts.phrases import phrase_book
from tasks.cells import domain


def test_every_relation_of_the_phrase_book_has_a_domain() -> None:
    assert {relation for relation, _ in phrase_book().relations} - set(domains()) == set()


def test_a_question_belongs_to_the_domain_that_most_of_it_names() -> None:
    assert domain(["P19", "P161", "P161"]) == "arts"


def test_of_two_equal_domains_the_more_telling_one_is_taken() -> None:
    assert domain(["P19", "P161"]) == "arts"
    assert domain(["P106", "P17"]) == "places"


def test_what_no_domain_names_is_other() -> None:
    assert domain(["P999999"]) == OTHER
