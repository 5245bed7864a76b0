"""The phrase book: every wording of every relation and direction, said once; nouns; forms of names."""

import gzip
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import derived_rows
import pytest

from prompts.phrases import PhraseError, Row, Template, Way, phrase_book
from roles import english
from roles.fallback import fallback

CODEX = Path(__file__).parents[2] / "shared" / "data" / "codex-labelled.json.gz"

# relation, direction, row, an example, and every wording of the row in the order vp, var, post, whose, noun, front, ask
ROWS = [
    (
        "P6",
        "out",
        0,
        "Otto von Bismarck",
        ("has had Otto von Bismarck as head of government", "has had among its heads of government someone"),
    ),
    ("P6", "in", 0, "Prussia", ("was head of government of Prussia",)),
    ("P17", "out", 0, "Germany", ("has belonged to Germany",)),
    ("P17", "out", 1, "Germany", ("was based in Germany", "based in Germany")),
    ("P17", "out", 2, "Germany", ("is located in Germany", "located in Germany")),
    ("P17", "in", 0, "Cologne", ("has been home to Cologne", "To which place has this one belonged?")),
    ("P19", "out", 0, "Vienna", ("was born in Vienna", "born in Vienna", "a native of Vienna")),
    ("P19", "in", 0, "Lise Meitner", ("is the birthplace of Lise Meitner", "In which place was this one born?")),
    ("P20", "out", 0, "Paris", ("died in Paris",)),
    (
        "P20",
        "in",
        0,
        "Marie Curie",
        ("is where Marie Curie died", "is the place of death of someone", "In which place did this one die?"),
    ),
    (
        "P22",
        "out",
        0,
        "William Herschel",
        ("had William Herschel for a father", "was fathered by someone", "whose father was William Herschel"),
    ),
    ("P22", "in", 0, "John Herschel", ("was the father of John Herschel",)),
    (
        "P25",
        "out",
        0,
        "Marie Curie",
        ("had Marie Curie for a mother", "was born to someone", "whose mother was Marie Curie"),
    ),
    ("P25", "in", 0, "Irène Joliot-Curie", ("was the mother of Irène Joliot-Curie",)),
    (
        "P26",
        "out",
        0,
        "Pierre Curie",
        ("was married to Pierre Curie", "married to Pierre Curie", "whose spouse was Pierre Curie"),
    ),
    ("P27", "out", 0, "United Kingdom", ("was a citizen of the United Kingdom", "a citizen of the United Kingdom")),
    (
        "P27",
        "in",
        0,
        "Niels Bohr",
        (
            "had Niels Bohr as a citizen",
            "counted Niels Bohr among its citizens",
            "counted among its citizens someone",
            "whose citizens have included Niels Bohr",
            "Niels Bohr was a citizen of a place",
            "Niels Bohr and X were citizens of a place",
            "Of which place was this one a citizen?",
        ),
    ),
    ("P30", "out", 0, "Europe", ("lies in Europe", "lies on a place")),
    (
        "P30",
        "in",
        0,
        "Kingdom of Prussia",
        ("is the continent of the Kingdom of Prussia", "On which place does this one lie?"),
    ),
    (
        "P35",
        "out",
        0,
        "Elizabeth II",
        ("has had Elizabeth II as head of state", "has had among its heads of state someone"),
    ),
    ("P35", "in", 0, "Czechoslovakia", ("was head of state of Czechoslovakia",)),
    (
        "P36",
        "out",
        0,
        "Copenhagen",
        ("has Copenhagen as its capital", "has as its capital a place", "whose capital is Copenhagen"),
    ),
    ("P36", "in", 0, "Denmark", ("is the capital of Denmark",)),
    (
        "P37",
        "out",
        0,
        "English",
        (
            "gives official status to English",
            "has English as an official language",
            "gives official status to a language",
            "whose official languages include English",
        ),
    ),
    ("P37", "in", 0, "United Kingdom", ("is an official language of the United Kingdom",)),
    ("P39", "out", 0, "Astronomer Royal", ("served as Astronomer Royal",)),
    ("P39", "out", 1, "Poet Laureate", ("held the position of Poet Laureate", "held a post")),
    ("P39", "in", 0, "Edmond Halley", ("was held by Edmond Halley",)),
    ("P40", "out", 0, "Aage Bohr", ("was a parent of Aage Bohr", "whose children included Aage Bohr")),
    ("P40", "in", 0, "Niels Bohr", ("was a child of Niels Bohr", "a child of Niels Bohr")),
    (
        "P47",
        "out",
        0,
        "Soviet Union",
        ("borders the Soviet Union", "bordering the Soviet Union", "whose neighbours include the Soviet Union"),
    ),
    (
        "P50",
        "out",
        0,
        "Charles Darwin",
        ("was written by Charles Darwin", "written by Charles Darwin", "Which thing did this one write?"),
    ),
    (
        "P50",
        "in",
        0,
        "On the Origin of Species",
        ('wrote "On the Origin of Species"', 'an author of "On the Origin of Species"'),
    ),
    ("P54", "out", 0, "Chelsea", ("played for Chelsea",)),
    ("P54", "in", 0, "David Beckham", ("had David Beckham as a player", "had among its players someone")),
    (
        "P57",
        "out",
        0,
        "Martin Scorsese",
        ("was directed by Martin Scorsese", "directed by Martin Scorsese", "Which thing did this one direct?"),
    ),
    ("P57", "in", 0, "Sin City", ('directed "Sin City"', 'a director of "Sin City"')),
    ("P58", "out", 0, "Graham Greene", ("has a screenplay by Graham Greene", "with a screenplay by Graham Greene")),
    ("P58", "in", 0, "The Third Man", ('wrote the screenplay of "The Third Man"', 'a screenwriter of "The Third Man"')),
    (
        "P61",
        "out",
        0,
        "Humphry Davy",
        ("was discovered by Humphry Davy", "discovered by Humphry Davy", "Which thing did this one discover?"),
    ),
    ("P61", "out", 1, "Georg Ohm", ("was made by Georg Ohm", "made by Georg Ohm", "Which thing did this one make?")),
    (
        "P61",
        "out",
        2,
        "Humphry Davy",
        (
            "was first described by Humphry Davy",
            "first described by Humphry Davy",
            "Which thing did this one first describe?",
        ),
    ),
    (
        "P61",
        "out",
        3,
        "Humphry Davy",
        (
            "was discovered or invented by Humphry Davy",
            "discovered or invented by Humphry Davy",
            "Which thing did this one discover or invent?",
        ),
    ),
    ("P61", "in", 0, "potassium", ("discovered potassium", "a discoverer of potassium")),
    ("P61", "in", 1, "Ohm's law", ("first described Ohm's law",)),
    ("P61", "in", 2, "potassium", ("is credited with potassium",)),
    (
        "P69",
        "out",
        0,
        "University of Cambridge",
        (
            "studied at the University of Cambridge",
            "was educated at the University of Cambridge",
            "educated at the University of Cambridge",
            "a former student of the University of Cambridge",
        ),
    ),
    (
        "P69",
        "in",
        0,
        "James Clerk Maxwell",
        (
            "educated James Clerk Maxwell",
            "where James Clerk Maxwell studied",
            "whose alumni include James Clerk Maxwell",
            "James Clerk Maxwell studied at a seat of learning",
            "At which seat of learning did this one study?",
        ),
    ),
    ("P86", "out", 0, "Anton Karas", ("has music by Anton Karas", "with music by Anton Karas")),
    ("P86", "in", 0, "The Third Man", ('composed the music of "The Third Man"',)),
    ("P101", "out", 0, "entrepreneur", ("worked in the field of an entrepreneur", "worked in a subject")),
    ("P101", "out", 1, "physics", ("worked in physics", "worked in a subject", "whose field of work was physics")),
    ("P101", "out", 2, "physics", ("is active in the field of physics", "is active in a subject")),
    (
        "P101",
        "in",
        0,
        "Al-Biruni",
        (
            "is one in which Al-Biruni worked",
            "was pursued by a thing",
            "in which Al-Biruni worked",
            "Al-Biruni worked in a subject",
            "Al-Biruni and X worked in the same subject",
            "In which subject did this one work?",
        ),
    ),
    ("P102", "out", 0, "Labour Party", ("belonged to the Labour Party",)),
    (
        "P102",
        "in",
        0,
        "Harold Wilson",
        (
            "counted Harold Wilson among its members",
            "counted among its members someone",
            "whose membership included Harold Wilson",
            "Harold Wilson belonged to a party",
            "To which party did this one belong?",
        ),
    ),
    ("P106", "out", 0, "chemist", ("worked as a chemist", "followed a line of work")),
    ("P106", "out", 1, "acting", ("had acting as an occupation", "followed a line of work")),
    (
        "P106",
        "in",
        0,
        "Goethe",
        (
            "was practised by Goethe",
            "practised by Goethe",
            "Goethe practised a line of work",
            "Goethe and X shared a line of work",
            "Which line of work did this one practise?",
        ),
    ),
    (
        "P108",
        "out",
        0,
        "Harvard University",
        ("worked at Harvard University", "was employed by Harvard University", "employed by Harvard University"),
    ),
    (
        "P108",
        "in",
        0,
        "Albert Einstein",
        (
            "employed Albert Einstein",
            "where Albert Einstein worked",
            "whose staff has included Albert Einstein",
            "Albert Einstein worked at an employer",
            "At which employer did this one work?",
        ),
    ),
    ("P111", "out", 0, "energy", ("measures energy",)),
    ("P111", "in", 0, "joule", ("is measured in the unit joule", "is measured by a thing")),
    (
        "P112",
        "out",
        0,
        "Ernst Abbe",
        (
            "was founded by Ernst Abbe",
            "founded by Ernst Abbe",
            "whose founders include Ernst Abbe",
            "Which body did this one found?",
        ),
    ),
    ("P112", "in", 0, "Royal Society", ("founded the Royal Society", "a founder of the Royal Society")),
    ("P113", "out", 0, "Auckland Airport", ("has a hub at Auckland Airport",)),
    ("P113", "in", 0, "Air Berlin", ("is a hub of Air Berlin",)),
    ("P119", "out", 0, "Westminster Abbey", ("was buried in Westminster Abbey", "buried in Westminster Abbey")),
    ("P119", "in", 0, "Isaac Newton", ("is the burial place of Isaac Newton", "In which place was this one buried?")),
    ("P127", "out", 0, "Carl Zeiss", ("is owned by Carl Zeiss", "owned by Carl Zeiss")),
    ("P127", "in", 0, "Bell Labs", ("owns Bell Labs",)),
    ("P131", "out", 0, "Canton of Bern", ("is situated in the Canton of Bern", "situated in the Canton of Bern")),
    ("P131", "in", 0, "Hamburg", ("contains Hamburg", "In which place is this one situated?")),
    ("P135", "out", 0, "Romanticism", ("was associated with Romanticism",)),
    ("P135", "in", 0, "Lord Byron", ("had Lord Byron as an exponent", "had among its exponents someone")),
    ("P136", "out", 0, "drama", ("worked in the genre of drama", "was active in a style")),
    ("P136", "out", 1, "drama", ("is classed as drama", "is classed under a style")),
    ("P136", "out", 2, "drama", ("plays drama", "plays a style")),
    ("P136", "out", 3, "drama", ("specialises in drama", "specialises in a style")),
    (
        "P136",
        "in",
        0,
        "David Bowie",
        (
            "has David Bowie among its representatives",
            "has among its representatives a thing",
            "David Bowie is associated with a style",
            "David Bowie and X are associated with the same style",
        ),
    ),
    ("P138", "out", 0, "London", ("is named after London", "named after London")),
    ("P138", "in", 0, "Hertz", ("gave their name to Hertz", "After which thing is this one named?")),
    ("P138", "in", 1, "Venezuela", ("gave its name to Venezuela", "After which thing is this one named?")),
    ("P140", "out", 0, "Catholic Church", ("adhered to the Catholic Church", "an adherent of the Catholic Church")),
    ("P140", "out", 1, "Catholic Church", ("has the Catholic Church as a religion", "has among its religions a creed")),
    (
        "P140",
        "in",
        0,
        "Blaise Pascal",
        ("was the religion or worldview of Blaise Pascal", "To which creed did this one adhere?"),
    ),
    ("P155", "out", 0, "argon", ("follows argon",)),
    ("P155", "in", 0, "argon", ("is followed by argon",)),
    ("P156", "out", 0, "argon", ("precedes argon",)),
    ("P156", "in", 0, "argon", ("is preceded by argon",)),
    (
        "P159",
        "out",
        0,
        "London",
        (
            "has its headquarters in London",
            "is headquartered in London",
            "headquartered in London",
            "whose headquarters are in London",
        ),
    ),
    (
        "P159",
        "in",
        0,
        "Royal Society",
        ("is home to the headquarters of the Royal Society", "In which place is this one headquartered?"),
    ),
    (
        "P161",
        "out",
        0,
        "Hugo Weaving",
        (
            "features Hugo Weaving",
            "has Hugo Weaving in its cast",
            "featuring Hugo Weaving",
            "whose cast includes Hugo Weaving",
            "Hugo Weaving appeared in a thing",
            "Which thing did this one appear in?",
        ),
    ),
    (
        "P161",
        "in",
        0,
        "The Matrix",
        ('appeared in "The Matrix"', 'was in the cast of "The Matrix"', 'a member of the cast of "The Matrix"'),
    ),
    (
        "P166",
        "out",
        0,
        "Nobel Prize in Physics",
        (
            "received the Nobel Prize in Physics",
            "won the Nobel Prize in Physics",
            "received a prize",
            "a winner of the Nobel Prize in Physics",
        ),
    ),
    (
        "P166",
        "in",
        0,
        "Max Planck",
        (
            "was given to Max Planck",
            "won by Max Planck",
            "Max Planck received a prize",
            "Which prize did this one receive?",
        ),
    ),
    (
        "P170",
        "out",
        0,
        "Jules Verne",
        ("was created by Jules Verne", "created by Jules Verne", "Which thing did this one create?"),
    ),
    ("P170", "in", 0, "Captain Nemo", ('created "Captain Nemo"', "created a thing")),
    ("P172", "out", 0, "Jewish people", ("was Jewish", "was of a people")),
    ("P172", "out", 1, "Jewish people", ("is inhabited by the Jewish people",)),
    ("P172", "in", 0, "Tetovo", ("is the ethnic group of Tetovo",)),
    (
        "P184",
        "out",
        0,
        "J. J. Thomson",
        (
            "had J. J. Thomson as a doctoral adviser",
            "was a doctoral student of J. J. Thomson",
            "was a doctoral student of someone",
            "whose doctoral adviser was J. J. Thomson",
            "a doctoral student of J. J. Thomson",
        ),
    ),
    (
        "P184",
        "in",
        0,
        "Ernest Rutherford",
        ("was the doctoral adviser of Ernest Rutherford", "Under which individual did this one earn a doctorate?"),
    ),
    (
        "P185",
        "out",
        0,
        "Ernest Rutherford",
        (
            "had Ernest Rutherford as a doctoral student",
            "supervised the doctorate of Ernest Rutherford",
            "whose doctoral students included Ernest Rutherford",
        ),
    ),
    ("P185", "in", 0, "J. J. Thomson", ("received a doctorate under J. J. Thomson",)),
    ("P189", "out", 0, "Ytterby", ("was made in Ytterby", "made in Ytterby")),
    ("P189", "out", 1, "Ytterby", ("was discovered in Ytterby", "discovered in Ytterby")),
    ("P189", "in", 0, "yttrium", ("is where yttrium was discovered", "is the place of discovery of a thing")),
    (
        "P194",
        "out",
        0,
        "French Parliament",
        ("has the French Parliament as its legislature", "has as its legislature a body"),
    ),
    ("P194", "in", 0, "July Monarchy", ("is the legislature of the July Monarchy",)),
    ("P206", "out", 0, "Danube", ("lies beside the Danube",)),
    ("P206", "in", 0, "Budapest", ("adjoins Budapest",)),
    ("P246", "out", 0, "Hf", ("has the chemical symbol Hf",)),
    ("P246", "in", 0, "hafnium", ("is the chemical symbol of hafnium",)),
    (
        "P264",
        "out",
        0,
        "Columbia Records",
        ("recorded for Columbia Records", "was signed to Columbia Records", "signed to Columbia Records"),
    ),
    (
        "P264",
        "in",
        0,
        "Ringo Starr",
        (
            "released recordings by Ringo Starr",
            "whose artists have included Ringo Starr",
            "For which company did this one record?",
        ),
    ),
    ("P276", "out", 0, "Paris", ("can be found in Paris",)),
    ("P276", "in", 0, "Mona Lisa", ("holds Mona Lisa",)),
    ("P282", "out", 0, "Latin script", ("is written in the Latin script",)),
    ("P282", "in", 0, "Polish", ("is used to write Polish",)),
    (
        "P355",
        "out",
        0,
        "Bell Labs",
        ("has Bell Labs as a subsidiary", "has among its subsidiaries a body", "whose subsidiaries include Bell Labs"),
    ),
    ("P355", "in", 0, "Nokia", ("is a subsidiary of Nokia",)),
    ("P361", "out", 0, "Latin America", ("was part of Latin America",)),
    ("P361", "out", 1, "period 6", ("is in period 6",)),
    ("P361", "out", 2, "Latin America", ("is part of Latin America",)),
    ("P361", "in", 0, "Chile", ("includes Chile",)),
    ("P397", "out", 0, "Sun", ("orbits the Sun", "orbiting the Sun")),
    ("P397", "in", 0, "Moon", ("is orbited by the Moon",)),
    ("P398", "out", 0, "Moon", ("has the Moon as a satellite", "has among its satellites a thing")),
    ("P398", "in", 0, "Earth", ("is a satellite of Earth",)),
    ("P407", "out", 0, "English", ("uses English as its language", "uses as its language a language")),
    ("P407", "in", 0, "Argo", ('is the language of "Argo"', "is the language of a thing")),
    ("P451", "out", 0, "Marlene Dietrich", ("was a partner of Marlene Dietrich",)),
    ("P452", "out", 0, "music industry", ("operates in the music industry",)),
    ("P452", "in", 0, "The Guardian", ("is the industry of The Guardian",)),
    ("P463", "out", 0, "Royal Society", ("was a member of the Royal Society", "a member of the Royal Society")),
    ("P463", "out", 1, "Royal Society", ("has joined the Royal Society",)),
    (
        "P463",
        "in",
        0,
        "Germany",
        (
            "had Germany as a member",
            "had among its members a thing",
            "with Germany among its members",
            "whose members have included Germany",
            "Germany was a member of a body",
            "Germany and X were members of the same body",
            "Of which body has this one been a member?",
        ),
    ),
    ("P466", "out", 0, "Cleveland Browns", ("is used by Cleveland Browns",)),
    ("P466", "in", 0, "Luzhniki Stadium", ("uses the premises of Luzhniki Stadium", "makes use of a place")),
    ("P488", "out", 0, "John McCarthy", ("has been chaired by John McCarthy",)),
    ("P488", "in", 0, "Church of England", ("has chaired the Church of England",)),
    ("P495", "out", 0, "United Kingdom", ("comes from the United Kingdom",)),
    (
        "P495",
        "in",
        0,
        "Dogville",
        (
            "is the country of origin of Dogville",
            "is the place of origin of a thing",
            "From which place does this one come?",
        ),
    ),
    ("P509", "out", 0, "myocardial infarction", ("died of a myocardial infarction",)),
    (
        "P509",
        "in",
        0,
        "Arthur Miller",
        ("was the cause of death of Arthur Miller", "Of which condition did this one die?"),
    ),
    ("P527", "out", 0, "Bavaria", ("has Bavaria as a part", "has among its parts a thing")),
    ("P527", "in", 0, "The Beatles", ("was one of The Beatles",)),
    ("P527", "in", 1, "Germany", ("is included in Germany",)),
    ("P530", "out", 0, "Taiwan", ("established diplomatic relations with Taiwan",)),
    ("P551", "out", 0, "Los Angeles", ("lived in Los Angeles", "a former resident of Los Angeles")),
    (
        "P551",
        "in",
        0,
        "Vladimir Nabokov",
        (
            "was home to Vladimir Nabokov",
            "where Vladimir Nabokov lived",
            "whose residents have included Vladimir Nabokov",
            "Vladimir Nabokov lived in a place",
            "In which place did this one live?",
        ),
    ),
    ("P569", "range", 0, "1870..1879", ("was born in the 1870s", "born in the 1870s")),
    ("P570", "range", 0, "1870..1879", ("died in the 1870s",)),
    ("P571", "range", 0, "1870..1879", ("was founded in the 1870s", "founded in the 1870s")),
    ("P571", "range", 1, "1870..1879", ("was established in the 1870s", "established in the 1870s")),
    ("P575", "range", 0, "1870..1879", ("was discovered in the 1870s", "discovered in the 1870s")),
    ("P575", "range", 1, "1820..1829", ("was first described in the 1820s", "first described in the 1820s")),
    ("P575", "range", 2, "1870..1879", ("was made in the 1870s", "made in the 1870s")),
    (
        "P575",
        "range",
        3,
        "1870..1879",
        ("was discovered or invented in the 1870s", "discovered or invented in the 1870s"),
    ),
    ("P576", "range", 0, "1870..1879", ("was dissolved in the 1870s",)),
    ("P576", "range", 1, "1870..1879", ("ceased to exist in the 1870s",)),
    ("P577", "range", 0, "1870..1879", ("came out in the 1870s",)),
    ("P577", "range", 1, "1870..1879", ("was published in the 1870s", "published in the 1870s")),
    ("P580", "range", 0, "1870..1879", ("began in the 1870s",)),
    ("P582", "range", 0, "1870..1879", ("ended in the 1870s",)),
    ("P585", "range", 0, "1870..1879", ("took place in the 1870s",)),
    ("P610", "out", 0, "Mont Blanc", ("has its highest point at Mont Blanc",)),
    ("P610", "in", 0, "France", ("is the highest point of France",)),
    ("P641", "out", 0, "chess", ("was active in the sport of chess", "competed in a sport")),
    ("P641", "out", 1, "chess", ("is associated with the sport of chess", "has to do with a sport")),
    ("P641", "in", 0, "Space Jam", ("is the sport of Space Jam",)),
    (
        "P737",
        "out",
        0,
        "Aristotle",
        ("was influenced by Aristotle", "influenced by Aristotle", "Which thing did this one influence?"),
    ),
    ("P737", "in", 0, "Nietzsche", ("influenced Nietzsche", "By which individual was this one influenced?")),
    ("P740", "out", 0, "London", ("started out in London",)),
    ("P740", "out", 1, "London", ("was formed in London", "formed in London")),
    (
        "P740",
        "in",
        0,
        "Pussycat Dolls",
        (
            "is where the Pussycat Dolls started out",
            "saw the beginnings of a body",
            "In which place did this one start out?",
        ),
    ),
    (
        "P749",
        "out",
        0,
        "Universal Music Group",
        (
            "has the Universal Music Group as its parent organisation",
            "has as its parent organisation a body",
            "whose parent organisation is the Universal Music Group",
        ),
    ),
    ("P749", "in", 0, "Polydor Records", ("is the parent organisation of Polydor Records",)),
    ("P780", "out", 0, "stroke", ("has a stroke as a symptom", "has among its symptoms a condition")),
    ("P780", "in", 0, "pneumonia", ("is a symptom of pneumonia",)),
    ("P800", "out", 0, "Principia", ("is noted for Principia",)),
    ("P800", "in", 0, "Isaac Newton", ("is a notable work of Isaac Newton",)),
    ("P802", "out", 0, "Otto Hahn", ("taught Otto Hahn", "whose students included Otto Hahn")),
    (
        "P802",
        "in",
        0,
        "Emil Fischer",
        ("was taught by Emil Fischer", "taught by Emil Fischer", "a pupil of Emil Fischer"),
    ),
    ("P840", "out", 0, "New York City", ("is set in New York City", "set in New York City")),
    ("P840", "in", 0, "Goldfinger", ('is the setting of "Goldfinger"', "In which place is this one set?")),
    ("P921", "out", 0, "evolution", ("deals with evolution", "dealing with evolution")),
    ("P921", "in", 0, "Arrival", ('is the subject of "Arrival"',)),
    ("P1027", "out", 0, "Royal Society", ("is conferred by the Royal Society", "conferred by the Royal Society")),
    ("P1027", "in", 0, "Copley Medal", ("confers the Copley Medal",)),
    ("P1050", "out", 0, "tuberculosis", ("suffered from tuberculosis",)),
    ("P1050", "in", 0, "Vivien Leigh", ("afflicted Vivien Leigh",)),
    ("P1056", "out", 0, "music", ("produces music",)),
    ("P1056", "in", 0, "Sony Music", ("is produced by Sony Music",)),
    ("P1066", "out", 0, "Emil Fischer", ("was a student of Emil Fischer", "a student of Emil Fischer")),
    (
        "P1066",
        "in",
        0,
        "Otto Hahn",
        ("had Otto Hahn as a student", "was a teacher of someone", "whose pupils included Otto Hahn"),
    ),
    ("P1082", "range", 0, "40..49", ("has a population between 40 and 49", "with a population between 40 and 49")),
    (
        "P1086",
        "range",
        0,
        "40..49",
        ("has an atomic number between 40 and 49", "with an atomic number between 40 and 49"),
    ),
    (
        "P1108",
        "range",
        0,
        "40..49",
        ("has an electronegativity between 40 and 49", "with an electronegativity between 40 and 49"),
    ),
    ("P1303", "out", 0, "voice", ("used the voice as an instrument",)),
    ("P1303", "out", 1, "singing", ("used singing as an instrument",)),
    ("P1303", "out", 2, "guitar", ("played the guitar",)),
    (
        "P1303",
        "in",
        0,
        "John Cale",
        ("was played by John Cale", "played by John Cale", "Which instrument did this one play?"),
    ),
    ("P1344", "out", 0, "Manhattan Project", ("took part in the Manhattan Project",)),
    (
        "P1344",
        "in",
        0,
        "Enrico Fermi",
        (
            "had Enrico Fermi as a participant",
            "had among its participants someone",
            "in which Enrico Fermi took part",
            "Enrico Fermi took part in an event",
        ),
    ),
    ("P1376", "out", 0, "Denmark", ("serves as the capital of Denmark",)),
    ("P1376", "in", 0, "Copenhagen", ("has its capital at Copenhagen",)),
    ("P1412", "out", 0, "English", ("spoke English", "whose languages included English", "a speaker of English")),
    ("P1412", "out", 1, "English", ("uses English",)),
    (
        "P1412",
        "in",
        0,
        "Heinrich Schliemann",
        (
            "was spoken by Heinrich Schliemann",
            "spoken by Heinrich Schliemann",
            "Heinrich Schliemann spoke a language",
            "Which language did this one speak?",
        ),
    ),
    ("P1454", "out", 0, "joint-stock company", ("has the legal form of a joint-stock company",)),
    ("P1454", "in", 0, "Iberia", ("is the legal form of Iberia",)),
    ("P1589", "out", 0, "Death Valley", ("has its lowest point at Death Valley",)),
    ("P1589", "in", 0, "United States of America", ("is the lowest point of the United States of America",)),
    (
        "P1995",
        "out",
        0,
        "infectious disease",
        ("is treated in the specialty of infectious disease", "is treated in a specialty"),
    ),
    ("P1995", "in", 0, "pneumonia", ("is the medical specialty for pneumonia",)),
    ("P2044", "range", 0, "40..49", ("has an elevation between 40 and 49", "with an elevation between 40 and 49")),
    ("P2046", "range", 0, "40..49", ("has an area between 40 and 49", "with an area between 40 and 49")),
    ("P2047", "range", 0, "40..49", ("has a duration between 40 and 49", "with a duration between 40 and 49")),
    ("P2048", "range", 0, "40..49", ("has a height between 40 and 49", "with a height between 40 and 49")),
    ("P2067", "range", 0, "40..49", ("has an atomic mass between 40 and 49", "with an atomic mass between 40 and 49")),
    ("P2067", "range", 1, "40..49", ("has a mass between 40 and 49", "with a mass between 40 and 49")),
    (
        "P2101",
        "range",
        0,
        "40..49",
        ("has a melting point between 40 and 49", "with a melting point between 40 and 49"),
    ),
    (
        "P2102",
        "range",
        0,
        "40..49",
        ("has a boiling point between 40 and 49", "with a boiling point between 40 and 49"),
    ),
    ("P2348", "out", 0, "Roman Empire", ("lived in the period of the Roman Empire", "lived during a period")),
    ("P2348", "out", 1, "Roman Empire", ("belongs to the period of the Roman Empire", "falls within a period")),
    ("P2348", "in", 0, "Hypatia", ("is the period of Hypatia",)),
    ("P2579", "out", 0, "optics", ("belongs to optics",)),
    ("P2579", "in", 0, "light", ("covers light", "covers a thing")),
    ("P3095", "out", 0, "Jewish people", ("is practised by Jewish people", "is practised by those of a thing")),
    ("P3095", "in", 0, "Judaism", ("is devoted to Judaism",)),
    ("P3373", "out", 0, "Caroline Herschel", ("was a sibling of Caroline Herschel", "a sibling of Caroline Herschel")),
    (
        "P4552",
        "out",
        0,
        "Jura Mountains",
        ("lies in the range of the Jura Mountains", "lies among the peaks of a place"),
    ),
    ("P4552", "in", 0, "Tramelan", ("is the mountain range of Tramelan",)),
    ("P5061", "out", 0, "Hz", ("has the unit symbol Hz",)),
    ("P5061", "in", 0, "hertz", ("is the unit symbol of hertz",)),
    ("mentions", "out", 0, "Columba", ("mentions the subject of Columba",)),
    ("mentions", "out", 1, "Columba", ("mentions Columba",)),
    ("mentions", "out", 2, "Columba", ("is the subject of an article that mentions the subject of Columba",)),
    ("mentions", "out", 3, "Columba", ("is the subject of an article that mentions Columba",)),
    ("mentions", "in", 0, "Columba", ("has a subject that is mentioned in Columba",)),
    (
        "mentions",
        "in",
        1,
        "Columba",
        ("is mentioned in the article on Columba", "has a subject that is mentioned in the article on a thing"),
    ),
    ("mentions", "in", 2, "Columba", ("is mentioned in Columba",)),
    ("mentions", "in", 3, "Columba", ("is mentioned in the article on Columba",)),
]


QUALITIES: dict[str, tuple[str, tuple[int | str, ...]]] = {"number": ("prime", ()), "letters": ("initial", ("H",))}


def said(row: Row, example: str) -> tuple[str, ...]:
    """All wordings of a row with an example in the slot; a variable is "someone" or "a …"."""

    low, _, high = example.partition("..")

    def value(template: Template) -> str:
        if template.slot == "when":
            return english.span(low, high)
        if template.slot == "amount":
            return english.amount(low, high, None)
        if template.slot == "count":
            return english.count(1, 1) if template in row.single else english.count(3, None)
        if template.slot in ("number", "year", "letters"):
            return english.quality(template.slot, *QUALITIES[template.slot])
        return english.constant(example, template.slot)

    child = "someone" if row.target == "individual" else english.indefinite(row.target or "thing")
    told = [t.fill(value(t)) for t in row.vp] + [t.fill(child) for t in row.var] + [t.fill(value(t)) for t in row.post]
    nouns = (english.indefinite(t.fill(value(t))) for t in row.noun)
    rest = (
        *(f"whose {t.fill(value(t))}" for t in row.whose),
        *nouns,
        *_fronts(row, value),
        *(_asked(row, t) for t in row.ask),
    )
    return (*told, *rest, *(t.fill(value(t)) for t in row.single))


def _fronts(row: Row, value: Callable[[Template], str]) -> tuple[str, ...]:
    thing, several = row.subject or "thing", len(row.front) - 1
    return tuple(
        t.fill(f"{value(t)} and X" if several and n else value(t))[:-1]
        + (english.indefinite(thing) if t.introduces else thing)
        for n, t in enumerate(row.front)
    )


def _asked(row: Row, template: Template) -> str:
    before, _, after = template.lead.partition("_")
    question = f"{before}which {row.subject or 'thing'}{after}this one{template.tail}?"
    return question[0].upper() + question[1:]


@pytest.mark.parametrize(("relation", "direction", "row", "example", "expected"), [*ROWS, *derived_rows.ROWS])
def test_every_wording_reads(relation: str, direction: str, row: int, example: str, expected: tuple[str, ...]) -> None:
    assert said(phrase_book().relations[relation, direction][row], example) == expected  # type: ignore[index]


def test_every_row_of_the_book_is_tested() -> None:
    rows = {(relation, way, n) for (relation, way), told in phrase_book().relations.items() for n in range(len(told))}
    assert rows == {(relation, way, n) for relation, way, n, _, _ in [*ROWS, *derived_rows.ROWS]}


@pytest.mark.skipif(not CODEX.exists(), reason="codex-labelled.json.gz is not at hand")
def test_book_knows_both_directions_of_every_codex_relation() -> None:
    relations = json.loads(gzip.decompress(CODEX.read_bytes()))["relations"]
    assert len(relations) == 61
    missing = [(r, way) for r in relations for way in ("out", "in") if not phrase_book().rows(r, way)]
    assert not missing


@pytest.mark.skipif(not CODEX.exists(), reason="codex-labelled.json.gz is not at hand")
def test_types_of_codex_keep_distinct_nouns() -> None:
    types = {t for told in json.loads(gzip.decompress(CODEX.read_bytes()))["types"].values() for t in told}
    owners = defaultdict(set)
    for name in types | set(phrase_book().types):
        owners[english.noun(name).one].add(name)
    assert not {one: names for one, names in owners.items() if len(names) > 1}


PROPERTIES = ("number", "year", "letters")
"""Slots that no other fills: "that is prime" is never a quantity."""


def test_no_wording_tells_two_relations() -> None:
    owners: dict[tuple[str, str], set[tuple[str, str, Row]]] = defaultdict(set)
    for (relation, way), rows in phrase_book().relations.items():
        for row in rows:
            for form in ("vp", "post", "whose", "noun", "front", "ask"):
                for t in (*getattr(row, form), *((*row.var, *row.single) if form == "vp" else ())):
                    owners[form, t.fill(f"X{t.slot}" if t.slot in PROPERTIES else "X")].add((relation, way, row))
    kinds = (
        "person",
        "country",
        "place",
        "organisation",
        "group",
        "work",
        "element",
        "idea",
        "finding",
        "article",
        "thing",
        "any",
    )
    for (_, text), told in owners.items():
        for kind in kinds:
            assert len({(relation, way) for relation, way, row in told if row.suits(kind)}) < 2, text


@pytest.mark.parametrize(
    ("name", "one", "many", "article"),
    [
        ("human", "person", "people", "a"),
        ("chemical element", "chemical element", "chemical elements", "a"),
        ("academy of sciences", "academy of sciences", "academies of sciences", "an"),
        ("university", "university", "universities", "a"),
        ("unit of measurement", "unit of measurement", "units of measurement", "a"),
        ("island nation", "island nation", "island nations", "an"),
        ("municipality of Switzerland", "Swiss municipality", "Swiss municipalities", "a"),
        ("European bison", "European bison", "European bisons", "a"),
        ("uninhabited island", "uninhabited island", "uninhabited islands", "an"),
        ("hourglass", "hourglass", "hourglasses", "an"),
        ("one-act play", "one-act play", "one-act plays", "a"),
        ("battle", "battle", "battles", "a"),
        ("clergyman", "clergyman", "clergymen", "a"),
    ],
)
def test_nouns(name: str, one: str, many: str, article: str) -> None:
    noun = english.noun(name)
    assert (noun.one, noun.many, noun.article) == (one, many, article)


@pytest.mark.parametrize(
    ("label", "form"),
    [
        ("United Kingdom", "the United Kingdom"),
        ("Royal Society", "the Royal Society"),
        ("University of Vienna", "the University of Vienna"),
        ("Harvard University", "Harvard University"),
        ("Trinity College", "Trinity College"),
        ("Royal College of Music", "the Royal College of Music"),
        ("Oxford", "Oxford"),
        ("Weimar Republic", "the Weimar Republic"),
        ("The Beatles", "The Beatles"),
        ("The Bahamas", "the Bahamas"),
        ("The Church of Jesus Christ of Latter-day Saints", "the Church of Jesus Christ of Latter-day Saints"),
        ("The Hague", "The Hague"),
        ("Nobel Prize in Physics", "the Nobel Prize in Physics"),
        ("Georgia (country)", "Georgia (country)"),
        ("Republic of China (1912–1949)", "the Republic of China (1912–1949)"),
        ("Austria-Hungary", "Austria-Hungary"),
        ("jazz", "jazz"),
        ("Massachusetts Institute of Technology", "the Massachusetts Institute of Technology"),
        ("Danube", "the Danube"),
        ("Smith's Prize", "the Smith's Prize"),
        ("1927 Solvay Conference", "the 1927 Solvay Conference"),
        (", of", ", of"),
        ("", ""),
    ],
)
def test_names_take_the_article_that_they_need(label: str, form: str) -> None:
    assert english.named(label) == form


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        ("1885", "1885", "in 1885"),
        ("1870", "1879", "in the 1870s"),
        ("1800", "1809", "between 1800 and 1809"),
        ("1880", "1899", "in the 1880s or 1890s"),
        ("1890", "1909", "between 1890 and 1909"),
        ("1801", "1900", "in the 19th century"),
        ("1871", "1880", "between 1871 and 1880"),
        ("-0287", "-0212", "between 287 BC and 212 BC"),
        ("0070", "0079", "between AD 70 and AD 79"),
        ("0023", "0079", "between AD 23 and AD 79"),
    ],
)
def test_spans(low: str, high: str, text: str) -> None:
    assert english.span(low, high) == text


def test_amounts() -> None:
    assert english.amount("42", "42", None) == "of 42"
    assert english.amount("100000", "250000", "m") == "between 100,000 and 250,000 metres"
    assert english.amount("1", "1", "km") == "of 1 kilometre"
    assert english.amount("2", "3", "furlong") == "between 2 and 3 furlongs"


@pytest.mark.parametrize(
    ("label", "direction", "text"),
    [
        ("significant place", "out", "has X as its significant place"),
        ("significant place", "in", "is the significant place of X"),
        ("located in", "out", "is located in X"),
        ("ally of", "out", "is an ally of X"),
        ("works with", "out", "works with X"),
        ("ally of", "in", "has X as its ally"),
        ("located in", "in", 'is given as "located in" for X'),
    ],
)
def test_unknown_relations_are_worded_from_their_label(label: str, direction: str, text: str) -> None:
    assert fallback("P0", label, direction).vp[0].fill("X") == text


@pytest.mark.parametrize(
    ("label", "way", "text"),
    [
        ("date of launch", "more", "has a later date of launch than X"),
        ("date of launch", "less", "has an earlier date of launch than X"),
        ("draught", "more", "has a higher draught than X"),
        ("draught", "less", "has a lower draught than X"),
        ("draught", "predicate", "has a draught X"),
        ("date of launch", "predicate", "has its date of launch X"),
        ("home port", "same", "has the same home port as X"),
        ("located in", "same", 'agrees on "located in" with X'),
        ("home port", "count_out", 'has X given as "home port"'),
        ("home port", "count_in", 'is "home port" of X'),
    ],
)
def test_derived_kinds_of_unknown_relations_are_worded_too(label: str, way: Way, text: str) -> None:
    assert fallback("P0", label, way).vp[0].fill("X") == text


@pytest.mark.parametrize(
    ("low", "high", "pick", "text"),
    [
        (3, None, 0, "at least three"),
        (3, None, 1, "three or more"),
        (13, None, 2, "at least 13"),
        (1, None, 0, "one or more"),
        (1, 1, 0, "exactly one"),
        (12, 12, 1, "exactly twelve"),
        (2, 14, 0, "between two and 14"),
    ],
)
def test_numbers_of_things(low: int, high: int | None, pick: int, text: str) -> None:
    assert english.count(low, high, pick) == text


@pytest.mark.parametrize(
    ("slot", "predicate", "args", "text"),
    [
        ("number", "prime", (), "that is prime"),
        ("number", "multiple_of", (7,), "that is a multiple of seven"),
        ("number", "digit_sum", (13,), "whose digits add up to 13"),
        ("year", "palindrome", (), "in a year that reads the same backwards"),
        ("year", "decade", (1870,), "in the decade from 1870"),
        ("letters", "initial", ("H",), "that begins with H"),
    ],
)
def test_properties_of_literals(slot: str, predicate: str, args: tuple[int | str, ...], text: str) -> None:
    assert english.quality(slot, predicate, args) == text


@pytest.mark.parametrize(
    ("kind", "says", "text"),
    [
        ("county town", True, "a county town"),
        ("learned society", True, "a learned society"),
        ("college of the University of Oxford", True, "a college of the University of Oxford"),
        ("unit of measurement", True, "a unit of measurement"),
        ("entity", False, "a thing"),
        ("human", False, "a person"),
        ("jazz", False, "a jazz"),
        ("Southern European languages", False, "a Southern European languages"),
        ("writer", False, "a kind of writer"),
    ],
)
def test_types_that_can_stand_for_their_members(kind: str, says: bool, text: str) -> None:
    assert english.is_common_noun(kind) is says
    assert english.category(kind) == text


@pytest.mark.parametrize("text", ["was born in Vienna", "{} and {}", "a | b | {}", "plays {tuba}"])
def test_malformed_phrases_are_refused(text: str) -> None:
    with pytest.raises(PhraseError):
        Template.parse(text)
