"""What is asked of the explorer, and the code that asks the same without it."""

from dataclasses import dataclass

LOWEST, HIGHEST, STEP = 0.5, 2.0, 0.05  # multiples of the line
LEAST_FACTOR, MOST_FACTOR = 0.5, 1.5
EVERYBODY = "all"
# Indices by the names of their rows, in the order of the table.
INDICES = ("poor_count", "headcount", "poverty_gap", "severity")
# Characteristics by the records that have them.
CHARACTERISTICS = {
    "households": ("urban", "head_education", "head_sex", "head_work"),
    "persons": ("sex", "education", "work", "sector"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One state of the explorer.

    Parameters
    ----------
    area : str
        BPS code.
    year : int
    multiple : float
        Of the line.
    factor : float, optional
        Correction factor; default that on file.
    domain : str
        "all", or a characteristic and its category, such as "head_sex=female".
    by : str
        Characteristic of the profile.
    statistic : str
        Index of the profile and of the curve.

    Examples
    --------
    >>> print(Question("6471", 2022, 1.2, domain="head_sex=female").code())
    import bpsstats as bps
    <BLANKLINE>
    households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    z = 1.2 * bps.poverty_line("6471", 2022).threshold
    indices = [bps.poor_count(z), bps.headcount(z), bps.poverty_gap(z), bps.severity(z)]
    domain = households.frame["head_sex"].astype(str) == "female"
    bps.table(bps.estimate(households, indices, domain=domain, domain_name="head_sex=female"))
    """

    area: str
    year: int
    multiple: float = 1.0
    factor: float | None = None
    domain: str = EVERYBODY
    by: str = "head_education"
    statistic: str = "headcount"

    @property
    def records(self) -> str:
        """Records that know the domain: "households", or "persons" where it is one of theirs."""
        return records_of(self.domain.partition("=")[0])

    @property
    def records_of_profile(self) -> str:
        """Records that know both the domain and the characteristic of the profile."""
        return "persons" if "persons" in (self.records, records_of(self.by)) else "households"

    def code(self, lang: str = "en", level: float = 0.95) -> str:
        """The lines of Python that make the table of this question."""
        factor = "" if self.factor is None else f", factor={self.factor:g}"
        indices = ", ".join(f"bps.{name}(z)" for name in INDICES)
        times = "" if self.multiple == 1 else f"{self.multiple:g} * "
        said = f", level={level:g}" if level != 0.95 else ""
        shown = f', "{lang}"' if lang != "en" else ""
        lines = [
            "import bpsstats as bps",
            "",
            f'{self.records} = bps.SurveyDesign(bps.read_round("{self.area}", {self.year})'
            f".{self.records})",
            f'z = {times}bps.poverty_line("{self.area}", {self.year}{factor}).threshold',
            f"indices = [{indices}]",
        ]
        where = ""
        if self.domain != EVERYBODY:
            column, _, category = self.domain.partition("=")
            lines.append(f'domain = {self.records}.frame["{column}"].astype(str) == "{category}"')
            where = f', domain=domain, domain_name="{self.domain}"'
        lines.append(f"bps.table(bps.estimate({self.records}, indices{where}{said}){shown})")
        return "\n".join(lines)


def records_of(characteristic: str) -> str:
    """Records that have a characteristic; households where all have it."""
    return "persons" if characteristic in CHARACTERISTICS["persons"] else "households"
