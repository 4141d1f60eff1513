"""Types, structures and companies of lines in pandas, as a pandas user would write it.

The rules are data on both sides (`recon/master/types.toml`); what applies them is written anew.
"""

import re
import warnings

import numpy as np
import pandas as pd

from recon.master.type_rules import TypeRules, When

FLAGS = ["etf_flag", "was_member", "unit_listed", "several_groups", "filer_is_issuer"]
TEXTS = ["title", "issuer", "symbol", "industry", "country", "filer_name"]
PLAIN = {
    r"\bl\.\s?l\.\s?c\b\.?": "llc",
    r"\bl\.\s?p\b\.?": "lp",
    r'[,()"®™]': " ",
    r"\.(\s|$)": r"\1",
    r"\s+": " ",
}
UNIT = r"\b(?:sub)?units?$|\bconsist(?:s|ing) of one"
OTHER_UNIT = (
    r"(?:equity|corporate|purchase|common|preferred|trust) units?|amorti[sz]ing|prepaid"
    r"|\blp\b|\bllc\b|partner interest|partnership|%"
)
DESCRIPTION = (
    r"(?i)[\s,\-]+(?:class [a-z]\b|series [a-z0-9]\b|common|ordinary|capital stock|"
    r"american dep|subordinate|depositary|limited voting|voting|non-voting|multiple voting|"
    r"shares?\b|stock\b|units?\b|warrants?\b|rights?\b|\d+(?:\.\d+)?%|preferred|when[- ]issued|"
    r"ex-distribution|new\b).*$"
)
PLACE = (
    r"(?i)\s*\((?:the|de|md|nj|nv|pa|va|tx|oh|ny|canada|ireland|israel|uk|bermuda|switzerland)\)"
)
WORDS = {"INCORPORATED": "INC", "CORPORATION": "CORP", "COMPANY": "CO", "LIMITED": "LTD"}


def types(lines: pd.DataFrame, rules: TypeRules) -> pd.DataFrame:
    """Security type and structure of each line.

    Parameters
    ----------
    lines : pd.DataFrame
        As `recon.master.types.classify` takes them.
    rules : TypeRules
        In their order.
    """
    seen = _evidence(lines, rules)
    forms = np.array([rule.value for rule in rules.form])
    structures = np.array([rule.value for rule in rules.structure])
    seen["form"] = forms[_first(seen, [rule.when for rule in rules.form])]
    own = pd.Series(_first(seen, [rule.when for rule in rules.structure]), seen.index)
    equity = seen["form"].isin(["common", "tracking_stock", "adr"])
    issuers = own.where(equity).groupby(seen["issuer"]).transform("min")
    structure = structures[own.where(equity, issuers.fillna(own)).astype(int)]
    return _named(lines, seen.assign(structure=structure))


def _evidence(lines: pd.DataFrame, rules: TypeRules) -> pd.DataFrame:
    title = _plain(lines["directory_name"]).fillna(_plain(lines["name"]))
    symbol = lines["symbol"].str.upper()
    sic, filer = _filled(lines["sic"]), _filled(lines["entity_type"])
    ends = re.compile(
        rf"\s*(?:{rules.issuer_ends.removeprefix('(?x)')}).*$", flags=re.VERBOSE | re.DOTALL
    )
    issuer = title.str.replace(ends, "", regex=True)
    issuer = issuer.str.replace(r" (?:the|de|new|holding company)$", "", regex=True).str.strip()
    issuer = issuer.where(issuer.str.len() > 0, title.fillna(symbol))
    unit = found(title, UNIT) & ~found(title, OTHER_UNIT) & symbol.str.endswith("U")
    root = symbol.str.replace(r"[./=]?U$", "", regex=True).where(unit)
    group = title.str.extract(rules.series_group, expand=False)
    beside = symbol.isin(root.dropna()) | unit.groupby(issuer).transform("any")
    filer_name = _plain(lines["filer_name"])
    word = r"^(?:the )?(\S+)"
    return pd.DataFrame(
        {
            "title": title,
            "issuer": issuer,
            "symbol": symbol,
            "industry": _filled(lines["industry"]).str.lower().fillna("none"),
            "country": _filled(lines["country"]).str.lower(),
            "filer_name": filer_name,
            "sic": sic.mask(sic == "0000").fillna("none").mask(filer.isna() & sic.isna(), "absent"),
            "entity_type": filer.fillna("absent"),
            "filer_category": _filled(lines["filer_category"]),
            "etf_flag": lines["etf_flag"],
            "was_member": lines["was_member"],
            "unit_listed": beside | lines["unit_listed"].eq(True),
            "several_groups": group.notna() & (group.groupby(issuer).transform("nunique") > 1),
            "filer_is_issuer": filer_name.str.extract(word, expand=False)
            == issuer.str.extract(word, expand=False),
        }
    )


def _first(seen: pd.DataFrame, rules: list[When]) -> np.ndarray:
    """Position of the first rule that holds; the last holds always."""
    return np.select([_holds(seen, rule) for rule in rules], range(len(rules)))


def _holds(seen: pd.DataFrame, rule: When) -> np.ndarray:
    holds = np.ones(len(seen), bool)
    for name, wanted in rule:
        if wanted is None:
            continue
        column = seen[name.removeprefix("not_")]
        if name.startswith("not_"):
            holds &= ~found(column, wanted).to_numpy()
        elif name in TEXTS:
            holds &= found(column, wanted).to_numpy()
        elif name == "filer_category":
            holds &= (column.notna() == wanted).to_numpy()
        elif name in FLAGS:
            holds &= column.eq(wanted).fillna(False).to_numpy(bool)
        else:
            holds &= column.isin(wanted).to_numpy()
    return holds


def _named(lines: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    classed = (seen["form"] == "common") & seen["structure"].isin(["corporation", "reit"])
    letter = seen["title"].str.extract(r"\b(?:class|series) ([a-z])\b", expand=False)
    letter = letter.fillna(seen["symbol"].str.extract(r"[./]([A-Z])$", expand=False).str.lower())
    letter = letter.fillna("")
    company = [seen["issuer"], seen["structure"], classed]
    shortest = seen["symbol"].groupby(company).transform("min")
    alike = pd.Series(
        np.strings.startswith(seen["symbol"].to_numpy("U"), shortest.to_numpy("U")), seen.index
    )
    one_company = (letter != "").groupby(company).transform("any") | alike.groupby(
        company
    ).transform("all")
    ordered = pd.DataFrame(
        {"volume": lines["volume"].fillna(0), "letter": letter, "symbol": seen["symbol"]}
    ).sort_values(["volume", "letter", "symbol"], ascending=[False, True, True])
    place = ordered.groupby([key.loc[ordered.index] for key in company]).cumcount()
    additional = classed & one_company & (place.reindex(seen.index) > 0)
    structural = (seen["form"] == "common") & ~seen["structure"].isin(["corporation", "trust"])
    kind = seen["form"].mask(structural, seen["structure"]).mask(additional, "additional_class")
    return lines.assign(security_type=kind, structure=seen["structure"])


def blank_cheques(lines: pd.DataFrame, window: pd.DataFrame) -> pd.DataFrame:
    """Retype as SPAC what trades at the price of its trust."""
    recent = np.sort(window["session"].unique())[-40:]
    late = window[window["session"] >= recent[0]]
    before = late["close"] - late["netchange"]
    late = late[(late["close"] > 0) & (before > 0)]
    moves = np.log(late["close"] / before[late.index])
    quiet = (
        late[["security_id", "close"]]
        .assign(move=moves)
        .groupby("security_id", observed=True)
        .agg(daily_sigma=("move", "std"), mean_close=("close", "mean"), seen=("close", "size"))
    )
    quiet = quiet[quiet["seen"] >= 8].reindex(lines["security_id"])
    blank = (
        (quiet["daily_sigma"] < 0.006).to_numpy()
        & quiet["mean_close"].between(9.5, 11.6).to_numpy()
        & (lines["security_type"] == "common")
        & (lines["structure"] == "corporation")
        & lines["size"].isna()
    )
    return lines.assign(
        security_type=lines["security_type"].mask(blank, "spac"),
        structure=lines["structure"].mask(blank, "spac"),
    )


def grouped(lines: pd.DataFrame) -> pd.DataFrame:
    """Company of each line: one CIK, else one name."""
    key = lines["name"].str.replace(PLACE, "", regex=True)
    key = key.str.replace(DESCRIPTION, "", regex=True).str.upper()
    key = key.str.replace(r"[^A-Z0-9 &]", "", regex=True).str.replace(r"\s+", " ", regex=True)
    key = key.str.strip().str.removeprefix("THE ")
    for long, short in WORDS.items():
        key = key.str.replace(rf"\b{long}\b", short, regex=True)
    key = key.where(key != "")
    ciks = lines["cik"].groupby(key).agg(["first", "nunique"])
    one_cik = ciks.loc[ciks["nunique"] == 1, "first"]
    cik = lines["cik"].fillna(key.map(one_cik))
    company = ("cik:" + cik).fillna("name:" + key).fillna("symbol:" + lines["symbol"])
    tracked = lines["name"].str.extract(
        r"(?i)(?:series|class) [a-z]\s+(.+?)\s+common", expand=False
    )
    tracked = tracked.str.upper().where(lines["security_type"] == "tracking_stock")
    return lines.assign(cik=cik, company_id=(company + "/" + tracked).fillna(company))


def _plain(text: pd.Series) -> pd.Series:
    text = text.str.lower()
    for pattern, short in PLAIN.items():
        text = text.str.replace(pattern, short, regex=True)
    text = text.str.strip()
    return text.where(text != "")


def _filled(text: pd.Series) -> pd.Series:
    text = text.str.strip()
    return text.where(text != "")


def found(text: pd.Series, pattern: str) -> pd.Series:
    """Whether a pattern is found; a missing text holds none."""
    with warnings.catch_warnings():
        # That a pattern has groups does not matter here.
        warnings.simplefilter("ignore", UserWarning)
        return text.str.contains(pattern, regex=True, na=False)
