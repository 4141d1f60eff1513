"""The kinds of company in the simulated market: how many, how large, where from.

Counts are shares of the number of US operating companies at the start, so that a market of
any size keeps its proportions; the proportions are near those of the real screener.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of company.

    Attributes
    ----------
    name : str
        Structure, as in `SimulatedTruth.companies`.
    start : float
        Companies at the start, per US operating company.
    births : float
        New listings a year, per US operating company.
    deaths : float
        Chance a year of leaving the exchange.
    log_cap, log_sd : float
        Mean and deviation of the natural logarithm of the total cap in USD; US operating
        companies at the start follow `starting_caps` instead.
    exchanges : tuple of float
        Chances of nasdaq, nyse, amex.
    beta, daily_sd : float
        Load on the market, and the company's own daily deviation; 0 deviation: by size.
    words : tuple of str
        What follows the stem in the company's name.
    line : tuple of str
        What the official security name says of its line.
    """

    name: str
    start: float
    births: float
    deaths: float
    log_cap: float
    log_sd: float
    exchanges: tuple[float, float, float]
    beta: float
    daily_sd: float
    words: tuple[str, ...] = ()
    line: tuple[str, ...] = ("Common Stock",)


KINDS = (
    Kind("operating", 1.0, 0.033, 0.046, 19.6, 1.6, (0.55, 0.39, 0.06), 1.0, 0.0),
    Kind(
        "foreign", 0.058, 0.008, 0.05, 19.6, 2.0, (0.66, 0.26, 0.08), 0.9, 0.0,
        ("Ltd.", "N.V.", "plc", "Holdings Ltd.", "Group Limited"),
        ("Ordinary Shares", "Common Shares", "Class A Ordinary Shares"),
    ),
    Kind(
        "foreign_adr", 0.047, 0.003, 0.05, 21.2, 2.0, (0.6, 0.4, 0.0), 0.9, 0.0,
        ("Group Limited", "S.A.", "plc", "Holdings Ltd."),
        ("American Depositary Shares", "American Depositary Shares each representing two "
         "Ordinary Shares", "Sponsored ADR"),
    ),
    Kind(
        "closed_end_fund", 0.058, 0.001, 0.03, 19.6, 0.9, (0.06, 0.88, 0.06), 0.4, 0.005,
        ("Municipal Income Fund", "Income Fund Inc.", "Dividend Trust", "Convertible Fund"),
        ("Common Shares of Beneficial Interest", "Common Stock", ""),
    ),
    Kind(
        "bdc", 0.0105, 0.0005, 0.02, 20.2, 1.0, (0.5, 0.5, 0.0), 0.6, 0.009,
        ("Capital BDC Inc.", "Lending Corporation", "Capital Corporation"),
    ),
    Kind(
        "spac", 0.026, 0.012, 0.30, 19.2, 0.4, (0.8, 0.2, 0.0), 0.0, 0.0012,
        ("Acquisition Corp.", "Acquisition Corp. II", "Acquisition Limited"),
        ("Class A Ordinary Shares", "Class A Common Stock"),
    ),
    Kind(
        "limited_partnership", 0.0115, 0.0002, 0.03, 21.3, 1.5, (0.2, 0.8, 0.0), 0.8, 0.014,
        ("Midstream Partners L.P.", "Partners L.P.", "Energy Partners LP"),
        ("Common Units representing Limited Partner Interests",),
    ),
    Kind(
        "royalty_trust", 0.003, 0.0, 0.02, 18.8, 0.8, (0.0, 1.0, 0.0), 0.7, 0.02,
        ("Royalty Trust",), ("Units of Beneficial Interest",),
    ),
)  # fmt: skip
"""Every kind, US operating companies first."""

EXCHANGES = np.array(["nasdaq", "nyse", "amex"])

INDUSTRIES = (
    # sector, industry, SIC, sector as iShares words it, chance, words of a company's name
    ("Health Care", "Biotechnology: Pharmaceutical Preparations", "2834", "Health Care", 17,
     ("Therapeutics Inc.", "Pharmaceuticals Inc.", "Biosciences Corp.")),
    ("Health Care", "Medical/Dental Instruments", "3841", "Health Care", 6,
     ("Medical Inc.", "Surgical Corporation", "Diagnostics Inc.")),
    ("Technology", "Computer Software: Prepackaged Software", "7372", "Information Technology", 9,
     ("Software Inc.", "Systems Inc.", "Technologies Inc.")),
    ("Technology", "Semiconductors", "3674", "Information Technology", 5,
     ("Semiconductor Corporation", "Devices Inc.", "Photonics Inc.")),
    ("Technology", "EDP Services", "7373", "Information Technology", 5,
     ("Networks Inc.", "Data Holdings Inc.", "Digital Inc.")),
    ("Industrials", "Industrial Machinery/Components", "3560", "Industrials", 10,
     ("Industries Inc.", "Manufacturing Company", "Works Inc.")),
    ("Industrials", "Military/Government/Technical", "8711", "Industrials", 4,
     ("Engineering Inc.", "Aerospace Corp.", "Defense Holdings Inc.")),
    ("Consumer Discretionary", "Restaurants", "5812", "Consumer Discretionary", 4,
     ("Restaurants Inc.", "Hospitality Inc.", "Brands Inc.")),
    ("Consumer Discretionary", "Services-Misc. Amusement & Recreation", "7990",
     "Consumer Discretionary", 8, ("Entertainment Inc.", "Stores Inc.", "Leisure Group Inc.")),
    ("Consumer Staples", "Packaged Foods", "2000", "Consumer Staples", 4,
     ("Foods Inc.", "Farms Inc.", "Beverage Company")),
    ("Energy", "Oil & Gas Production", "1311", "Energy", 5,
     ("Energy Inc.", "Petroleum Corporation", "Resources Inc.")),
    ("Basic Materials", "Metal Mining", "1000", "Materials", 4,
     ("Materials Inc.", "Metals Corp.", "Chemical Corporation")),
    ("Utilities", "Electric Utilities: Central", "4911", "Utilities", 3,
     ("Power Corporation", "Electric Company", "Water Company")),
    ("Telecommunications", "Telecommunications Equipment", "3661", "Communication", 3,
     ("Communications Inc.", "Telecom Holdings Inc.")),
    ("Finance", "Finance: Consumer Services", "6199", "Financials", 8,
     ("Financial Group Inc.", "Insurance Holdings Inc.", "Payments Inc.")),
    ("Finance", "Major Banks", "6022", "Financials", 0,
     ("Bancorp Inc.", "Financial Bancshares Inc.", "Savings Bank Holdings Inc.")),
    ("Real Estate", "Real Estate Investment Trusts", "6798", "Real Estate", 0,
     ("Properties Trust", "Realty Trust Inc.", "REIT Inc.")),
    ("Finance", "Trusts Except Educational Religious and Charitable", "", "Financials", 0, ()),
    ("Finance", "Blank Checks", "6770", "Financials", 0, ()),
    ("Energy", "Natural Gas Distribution", "4922", "Energy", 0, ()),
)  # fmt: skip
"""Sector and industry in the screener's wording; chance 0: reached by structure alone."""

OIL, LENDERS, BANKS, REITS, TRUSTS, BLANK_CHECKS, PIPELINES = 10, 14, 15, 16, 17, 18, 19
"""Rows of `INDUSTRIES`."""

PLACES = (
    # country as the screener words it, EDGAR place code, chance among foreign companies
    ("China", "F4", 22), ("Canada", "A6", 20), ("Israel", "L3", 12), ("Hong Kong", "K3", 8),
    ("Singapore", "U0", 7), ("United Kingdom", "X0", 8), ("Greece", "J3", 5), ("Brazil", "D5", 4),
    ("Ireland", "L2", 3), ("Netherlands", "P7", 3), ("Switzerland", "V8", 3), ("Japan", "M0", 3),
    ("Taiwan", "F5", 2),
)  # fmt: skip

_CAP_RANK = (
    1, 3, 10, 20, 50, 100, 200, 500, 1000, 1500, 2000, 2500, 3000, 4000, 4500, 6000,
)  # fmt: skip
_CAP_USD = (
    3e12, 2e12, 7e11, 3.2e11, 1.5e11, 8.5e10, 4.6e10, 1.5e10, 4.6e9, 2.2e9, 1.05e9, 4.2e8, 1.4e8,
    3.4e7, 1.8e7, 4e6,
)  # fmt: skip


def starting_caps(count: int) -> NDArray[np.float64]:
    """Give total caps of US operating companies by rank.

    The curve runs through the published figures: rank 1,000 near $4.6bn, rank 3,000 near
    $140m, about 4,000 companies above $30m (methodology §4).

    Parameters
    ----------
    count : int
        Companies.

    Returns
    -------
    array of float, shape (count,)
        USD, descending.
    """
    rank = np.log(np.arange(count) + 1.0)
    caps: NDArray[np.float64] = np.exp(np.interp(rank, np.log(_CAP_RANK), np.log(_CAP_USD)))
    return caps
