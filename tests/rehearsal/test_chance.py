import subprocess
import sys

from pilotportal.rehearsal.chance import Chance

ASK = "from pilotportal.rehearsal.chance import Chance; print(Chance(7).number(0, 10**9, 'a', 1), Chance(7).shuffled('abcdef', 'b'))"


def test_the_same_seed_and_names_give_the_same_answer_in_every_process():
    here = f"{Chance(7).number(0, 10**9, 'a', 1)} {Chance(7).shuffled('abcdef', 'b')}\n"
    answers = {
        subprocess.run(
            [sys.executable, "-c", ASK], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True, cwd="."
        ).stdout
        for seed in ("1", "2")
    }
    assert answers == {here}


def test_another_seed_or_another_name_gives_another_answer():
    asked = {Chance(7).number(0, 10**9, "a"), Chance(8).number(0, 10**9, "a"), Chance(7).number(0, 10**9, "b")}
    assert len(asked) == 3


def test_one_decision_does_not_change_the_next():
    chance = Chance(7)
    first = chance.number(0, 10**9, "a")
    chance.shuffled(range(100), "b")
    assert chance.number(0, 10**9, "a") == first
