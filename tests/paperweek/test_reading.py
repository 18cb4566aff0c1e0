"""A post is read as its reader sees it, whoever wrote it."""

from hypothesis import given
from hypothesis import strategies as st

from paperweek.model import Heading
from paperweek.reading import Link, heading_of, read_post


def texts(markdown: str) -> list[str]:
    return [said.text for part in read_post(markdown).parts for said in part.sentences]


def test_sections_are_bold_lead_ins_or_headings_with_or_without_numbers() -> None:
    post = read_post(
        "**Executive Summary**: It is so.\n\n## 2. Technical Trends Analysis\n\nIt moves.\n\n"
        "### Conclusion:\n\nIt ends.\n"
    )
    assert post.headings == (
        Heading.EXECUTIVE_SUMMARY,
        Heading.TECHNICAL_TRENDS,
        Heading.CONCLUSION,
    )
    assert [said.text for part in post.parts for said in part.sentences] == [
        "It is so.",
        "It moves.",
        "It ends.",
    ]


def test_entities_are_decoded_and_lines_joined() -> None:
    assert texts("State&#45;of the\nart &#123;&#123; x &#125;&#125; wins. Two.") == [
        "State-of the art {{ x }} wins.",
        "Two.",
    ]


def test_links_belong_to_the_sentence_they_stand_in() -> None:
    post = read_post("One ends here. [Two](https://a.example/2) starts here. It is [three](b).")
    assert [said.links for said in post.parts[0].sentences] == [
        (),
        (Link("Two", "https://a.example/2"),),
        (Link("three", "b"),),
    ]


def test_a_bracketed_link_after_the_words_is_no_part_of_the_sentence() -> None:
    post = read_post("It saves 5% ([Elo (2)](https://a.example/1), [Oak](https://a.example/2)).")
    (said,) = post.parts[0].sentences
    assert said.text == "It saves 5%."
    assert len(said.links) == 2


def test_brackets_that_say_more_than_a_link_stay() -> None:
    (text,) = texts("It saves 5% (as [Elo](https://a.example/1) does).")
    assert text == "It saves 5% (as Elo does)."


def test_a_written_out_address_is_a_link() -> None:
    (said,) = read_post("See https://a.example/1 (and more).").parts[0].sentences
    assert said.links == (Link("", "https://a.example/1"),)


def test_list_items_are_sentences_and_their_bold_leads_are_titles() -> None:
    post = read_post('- **Impact**: it helps.\n- It runs.\n\n### 1. **Title: "A Paper"**\n')
    assert [title.text for title in post.parts[0].titles] == ["Impact", '1. Title: "A Paper"']
    assert texts("- **Impact**: it helps.\n- It runs.") == ["It helps.", "It runs."]


def test_what_follows_the_table_at_the_end_is_the_afterword() -> None:
    post = read_post(
        "**Conclusion**: It ends.\n\n| Paper | Votes |\n|---|--:|\n| [A](b) | 3 |\n\nMade so."
    )
    assert [row.cells for row in post.rows] == [("Paper", "Votes"), ("A", "3")]
    assert [said.text for said in post.afterword] == ["Made so."]


def test_raw_markup_is_kept_apart() -> None:
    post = read_post("It <b>is</b> <span>&#36;</span>5.\n\n<div>x</div>\n\n![y](z.png)")
    assert post.markup == ["<b>", "</b>", "<div>x</div>", "image z.png"]


def test_front_matter_is_read_and_broken_front_matter_is_none() -> None:
    assert read_post("---\ntitle: A\n---\nB.").front_matter == {"title": "A"}
    assert read_post("---\ntitle: [A\n---\nB.").front_matter == {}
    assert read_post("B.").front_matter == {}


def test_a_heading_is_known_by_its_words() -> None:
    assert heading_of("### 8) **Conclusion**") is Heading.CONCLUSION
    assert heading_of("In conclusion") is None


@given(st.text(max_size=400))
def test_no_post_breaks_the_reader(markdown: str) -> None:
    read_post(markdown)
