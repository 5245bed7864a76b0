"""Where Wikidata and its Wikipedia are asked, and how much at a time."""

from urllib.parse import urlsplit

from pydantic import Field

from worlds.web.settings import WebSettings


class WikidataSettings(WebSettings):
    """Each may come from the environment, as `TAPROOT_SPARQL` and so on."""

    wikidata: str = Field(default="https://www.wikidata.org/w/api.php", description="the API that knows the items")
    sparql: str = Field(default="https://query.wikidata.org/sparql", description="the SPARQL endpoint")
    wikipedia: str = Field(default="https://en.wikipedia.org/w/api.php", description="the API that holds the pages")
    language: str = Field(default="en", description="of labels, aliases and pages")
    most: int = Field(default=2000, ge=1, description="largest candidate set that is listed; a larger one is cut off")
    pool: int = Field(default=3000, ge=1, description="most items of one variable of which facts are asked")
    rows: int = Field(default=20_000, ge=100, description="most rows of one SPARQL reply")

    @property
    def wiki(self) -> str:
        """The site whose pages are read, as items link to it."""
        return f"{self.language}wiki"

    @property
    def site(self) -> str:
        """The same site as SPARQL names it."""
        return f"https://{self.language}.wikipedia.org/"

    @property
    def host(self) -> str:
        """The server that holds the pages."""
        return urlsplit(self.wikipedia).netloc
