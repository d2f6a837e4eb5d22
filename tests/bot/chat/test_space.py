from collections.abc import Callable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.blocks import Block, Code, Divider, Heading, Mark, Quote, Row, Text
from bot.chat.space import fitted, length, paged
from bot.chat.text import line, words

MORE = Text(line("more"))
SOME_TEXT = st.text("abc \n", min_size=1, max_size=200)
LINES = st.lists(SOME_TEXT, min_size=1, max_size=4).map(lambda parts: line(*parts))
RANK = st.integers(0, 3)
BLOCKS = st.lists(
    st.one_of(
        st.builds(Heading, SOME_TEXT, rank=RANK),
        st.builds(Text, LINES, rank=RANK),
        st.builds(Quote, st.text("012:", max_size=40), SOME_TEXT, rank=RANK),
        st.builds(Row, LINES, st.just(Mark.BULLET), LINES, rank=RANK),
        st.builds(Code, SOME_TEXT, rank=RANK),
        st.builds(Divider, rank=RANK),
    ),
    max_size=12,
)


def at_most(limit: int) -> Callable[[Sequence[Block]], bool]:
    return lambda blocks: sum(length(block) for block in blocks) <= limit


def letters(blocks: Sequence[Block]) -> str:
    said = []
    for block in blocks:
        match block:
            case Heading(text=text) | Code(text=text):
                said.append(text)
            case Quote(text=text):
                said.append(text)
            case Text(line=given_line):
                said.append(words(given_line))
            case Row(line=given_line, below=below):
                said.append(words(given_line) + words(below))
    # digits are the places of quotes, which stand on each page that the quote goes on to
    return "".join(each for each in "".join(said) if each.isalpha())


@given(BLOCKS, st.integers(10, 400))
def test_what_is_fitted_fits(blocks: list[Block], limit: int) -> None:
    assert at_most(limit)(fitted(blocks, at_most(limit), MORE))


@given(BLOCKS)
def test_what_fits_is_left_alone(blocks: list[Block]) -> None:
    assert fitted(blocks, at_most(10**6), MORE) == tuple(blocks)


def test_the_highest_rank_goes_first_and_the_end_says_so() -> None:
    blocks = [Text(line("a" * 30)), Text(line("b" * 30), rank=2), Text(line("c" * 30), rank=1)]
    assert fitted(blocks, at_most(70), MORE) == (blocks[0], blocks[2], MORE)


def test_what_must_stay_is_shortened() -> None:
    shown = fitted([Text(line("word " * 100))], at_most(100), MORE)
    assert len(shown) == 2
    assert isinstance(shown[0], Text)
    assert words(shown[0].line).endswith("…")


@settings(deadline=None)
@given(BLOCKS, st.integers(60, 400))
def test_pages_hold_everything_in_order_and_each_fits(blocks: list[Block], limit: int) -> None:
    pages = paged([*blocks, Text(line("end"))], at_most(limit))
    assert all(at_most(limit)(page) for page in pages)
    shown = letters([block for page in pages for block in page])
    # a heading under which nothing stands is left out
    wanted = letters([block for block in blocks if not isinstance(block, Heading)]) + "end"
    every = letters(blocks) + "end"
    assert len(wanted) <= len(shown) <= len(every)
    assert _in_order(wanted, shown)


def test_a_heading_goes_to_the_page_of_what_follows_it() -> None:
    pages = paged([Text(line("a" * 80)), Heading("title"), Text(line("b" * 40))], at_most(100))
    assert pages == ((Text(line("a" * 80)),), (Heading("title"), Text(line("b" * 40))))


def test_a_long_quote_goes_on_on_the_next_page() -> None:
    pages = paged([Quote("log.txt:1", "word " * 60)], at_most(100))
    assert len(pages) > 2
    assert all(isinstance(block, Quote) and block.place == "log.txt:1" for page in pages for block in page)


def _in_order(part: str, whole: str) -> bool:
    letters_left = iter(whole)
    return all(letter in letters_left for letter in part)
