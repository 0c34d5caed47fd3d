"""The plain ways to say what the engine says quickly."""

from itertools import combinations

from hypothesis import strategies as st


def near(ties):
    found = {person: set() for person in range(ties.people)}
    for one, two in zip(ties.one.tolist(), ties.two.tolist(), strict=True):
        found[one].add(two)
        found[two].add(one)
    return found


def largest(ties, gone=()):
    """How many people the largest part has without these."""
    others, left, best = near(ties), set(range(ties.people)) - set(gone), 0
    while left:
        part, fresh = set(), {left.pop()}
        while fresh:
            part |= fresh
            fresh = {o for person in fresh for o in others[person] if o in left} - part
        left -= part
        best = max(best, len(part))
    return best


def smallest_largest(ties, steps, spared=()):
    """The least that any `steps` people can leave of the largest part, by trying all."""
    people = [person for person in range(ties.people) if person not in spared]
    return min(largest(ties, gone) for gone in combinations(people, min(steps, len(people))))


def steps_from(ties, person, gone=()):
    """How far everybody is from somebody, and by how many shortest ways."""
    others, far, ways, rim = near(ties), {person: 0}, {person: 1}, [person]
    while rim:
        after = []
        for one in rim:
            for two in others[one] - set(gone):
                if two not in far:
                    far[two], ways[two] = far[one] + 1, 0
                    after.append(two)
                if far[two] == far[one] + 1:
                    ways[two] += ways[one]
        rim = after
    return far, ways


def betweenness(ties, gone=()):
    """By the definition: over each pair, the share of shortest ways that pass through each."""
    stay = [person for person in range(ties.people) if person not in gone]
    seen = {person: steps_from(ties, person, gone) for person in stay}
    found = dict.fromkeys(stay, 0.0)
    for one, two in combinations(stay, 2):
        far, ways = seen[one]
        for person in stay:
            beyond, ways_beyond = seen[person]
            if person in (one, two) or two not in far or person not in far:
                continue
            if far[person] + beyond[two] == far[two]:
                found[person] += ways[person] * ways_beyond[two] / ways[two]
    return found


@st.composite
def networks(draw, most_people=9, most_ties=16):
    """Names, and pairs of people with weights; some pairs twice, either way, or of one person."""
    people = draw(st.integers(1, most_people))
    person = st.integers(0, people - 1)
    pairs = draw(st.lists(st.tuples(person, person, st.integers(1, 5)), max_size=most_ties))
    return [f"P{number}" for number in range(people)], pairs
