#!/usr/bin/python3
"""Makes the data of the tests: a random genome of 3000 letters, and reads of a relative of it that has three other letters."""
import gzip
import random
from pathlib import Path

HERE = Path(__file__).parent
LETTERS = "ACGT"
VARIANTS = {700: 1, 1500: 2, 2300: 3}
PAIRS = 600
LENGTH = 70


def main():
    chance = random.Random(1)
    genome = "".join(chance.choice(LETTERS) for _ in range(3000))
    relative = "".join(
        LETTERS[(LETTERS.index(letter) + VARIANTS.get(place, 0)) % 4] for place, letter in enumerate(genome)
    )
    write("reference.fa.gz", ">made\n" + "\n".join(genome[i : i + 60] for i in range(0, len(genome), 60)) + "\n")
    first, second = [], []
    for number in range(PAIRS):
        start = chance.randrange(0, len(relative) - 300)
        fragment = relative[start : start + chance.randrange(200, 300)]
        first.append(read(number, fragment[:LENGTH]))
        second.append(read(number, reverse(fragment)[:LENGTH]))
    write("reads_1.fq.gz", "".join(first))
    write("reads_2.fq.gz", "".join(second))


def read(number, letters):
    return f"@pair{number}\n{letters}\n+\n{'I' * len(letters)}\n"


def reverse(letters):
    return letters[::-1].translate(str.maketrans("ACGT", "TGCA"))


def write(name, text):
    with open(HERE / name, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode())


main()
