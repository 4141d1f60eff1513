"""Small archives in the layout of the SEC's bulk files."""

import json
import zipfile
from pathlib import Path
from typing import Any

COVER = ("dei", "EntityCommonStockSharesOutstanding")
BALANCE = ("us-gaap", "CommonStockSharesOutstanding")


def count(
    end: str, val: Any, filed: str, accn: str = "0000320193-25-000008", form: str = "10-Q"
) -> dict[str, Any]:
    return {
        "end": end,
        "val": val,
        "accn": accn,
        "fy": 2025,
        "fp": "Q1",
        "form": form,
        "filed": filed,
        "frame": "CY2024Q4I",
    }


def company_facts(
    cik: int, *counts: dict[str, Any], fact: tuple[str, str] = COVER, name: str = "Apple Inc."
) -> dict[str, Any]:
    taxonomy, concept = fact
    stated = {
        "label": "Entity Common Stock, Shares Outstanding",
        "description": 'Indicate number of shares or other units of "common stock".',
        "units": {"shares": list(counts)},
    }
    public_float = {
        "label": "Entity Public Float",
        "description": "…",
        "units": {"USD": [count("2024-03-29", 2628553000000, "2024-11-01", form="10-K")]},
    }
    facts: dict[str, Any] = {"dei": {"EntityPublicFloat": public_float}}
    facts.setdefault(taxonomy, {})[concept] = stated
    return {"cik": cik, "entityName": name, "facts": facts}


def submissions(cik: int, forms: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """One company; `forms` are its filings by day."""
    dated = forms or {}
    return {
        "cik": str(cik),
        "entityType": "operating",
        "sic": "3571",
        "sicDescription": "Electronic Computers",
        "ownerOrg": "06 Technology",
        "insiderTransactionForOwnerExists": 0,
        "insiderTransactionForIssuerExists": 1,
        "name": "Apple Inc.",
        "tickers": ["AAPL"],
        "exchanges": ["Nasdaq"],
        "ein": "942404110",
        "lei": None,
        "description": "",
        "website": "",
        "investorWebsite": "",
        "category": "Large accelerated filer",
        "fiscalYearEnd": "0928",
        "stateOfIncorporation": "CA",
        "stateOfIncorporationDescription": "CA",
        "addresses": {
            "mailing": {"street1": "ONE APPLE PARK WAY", "city": "CUPERTINO"},
            "business": {
                "street1": "ONE APPLE PARK WAY",
                "street2": None,
                "city": "CUPERTINO",
                "stateOrCountry": "CA",
                "zipCode": "95014",
                "stateOrCountryDescription": "CA",
            },
        },
        "phone": "(408) 996-1010",
        "flags": "",
        "formerNames": [
            {
                "name": "APPLE COMPUTER INC",
                "from": "1994-01-26T05:00:00.000Z",
                "to": "2007-01-04T05:00:00.000Z",
            }
        ],
        "filings": {
            "recent": {
                "accessionNumber": [f"0000320193-25-{n:06}" for n, _ in enumerate(dated)],
                "filingDate": list(dated),
                "reportDate": ["" for _ in dated],
                "acceptanceDateTime": [f"{day}T18:04:43.000Z" for day in dated],
                "act": ["34" for _ in dated],
                "form": list(dated.values()),
            },
            "files": [
                {
                    "name": f"CIK{cik:010}-submissions-001.json",
                    "filingCount": 1148,
                    "filingFrom": "1994-01-26",
                    "filingTo": "2015-06-02",
                }
            ],
        },
    } | more


def person(cik: int) -> dict[str, Any]:
    return submissions(
        cik,
        {"2025-04-03": "4"},
        entityType="other",
        sic="",
        name="COOK TIMOTHY D",
        tickers=[],
        exchanges=[],
        formerNames=[],
    )


def archive(path: Path, *companies: dict[str, Any], **members: str | bytes) -> Path:
    """Write an archive; `members` are named in full and come last."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for one in companies:
            file.writestr(f"CIK{int(one['cik']):010}.json", json.dumps(one, separators=(",", ":")))
        for name, content in members.items():
            file.writestr(name, content)
    return path
