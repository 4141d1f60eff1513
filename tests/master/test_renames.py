"""Which lives are one security under two symbols."""

from datetime import date

import polars as pl
import pytest
from small_lives import announced, at_edgar, chained, changed_names, listed, marks

from recon.master.lives import lives
from recon.master.renames import renames


class TestRenames:
    FACEBOOK = listed(
        ("FB", "Meta Platforms, Inc. Class A Common Stock", "2021-01-29", "2022-06-09"),
        ("META", "Meta Platforms, Inc. Class A Common Stock", "2022-06-09", None),
        ("MSFT", "Microsoft Corporation Common Stock", "2021-01-29", None),
    )

    def test_the_same_full_name_the_next_day(self):
        found = chained(self.FACEBOOK)
        assert found["META:2022-06-09"] == "FB:2021-01-29"
        assert found["MSFT:2021-01-29"] == "MSFT:2021-01-29"

    def test_another_name_with_the_same_share_count_at_a_like_price(self):
        history = listed(
            ("FLT", "FleetCor Technologies, Inc. Common Stock", "2021-01-29", "2024-03-25"),
            ("CPAY", "Corpay, Inc. Common Stock", "2024-03-25", None),
        )
        ends = [
            ("FLT:2021-01-29", 245.0, 83.0e6, 305.0, 71.7e6),
            ("CPAY:2024-03-25", 308.0, 71.7e6, None, None),
        ]
        assert chained(history, *ends)["CPAY:2024-03-25"] == "FLT:2021-01-29"

    @pytest.mark.parametrize(
        ("shares", "price"),
        [
            (71.9e6, 308.0),  # another count
            (71.7e6, 150.0),  # the same count at another price
            (None, 308.0),
            (71.7e6, None),
            (None, None),
        ],
    )
    def test_no_successor_without_evidence(self, shares, price):
        history = listed(
            ("FLT", "FleetCor Technologies, Inc. Common Stock", "2021-01-29", "2024-03-25"),
            ("CPAY", "Corpay, Inc. Common Stock", "2024-03-25", None),
        )
        ends = [
            ("FLT:2021-01-29", 245.0, 83.0e6, 305.0, 71.7e6),
            ("CPAY:2024-03-25", price, shares, None, None),
        ]
        assert chained(history, *ends)["CPAY:2024-03-25"] == "CPAY:2024-03-25"

    MERGED = listed(
        ("PPP", "Old Pictures Class B Common Stock", "2021-01-29", "2025-08-08"),
        ("PPPA", "Old Pictures Class A Common Stock", "2021-01-29", "2025-08-08"),
        ("PPN", "New Pictures Class B Common Stock", "2025-08-07", None),
    )

    @pytest.mark.parametrize(
        ("symbols", "chain"),
        [
            ([("PPP", "PPN", "2025-08-07")], True),  # even if the lives overlap by a day
            ([("PPP", "PPN", "2025-09-07")], False),  # of another day
            ([("PPP", "QQQ", "2025-08-07")], False),
            ([], False),
        ],
    )
    def test_a_symbol_change_that_was_announced(self, symbols, chain):
        found = chained(self.MERGED, symbols=symbols)
        assert (found["PPN:2025-08-07"] == "PPP:2021-01-29") is chain

    def test_an_announced_change_goes_before_a_like_count(self):
        ends = [
            ("PPPA:2021-01-29", 30.0, 7e8, 20.0, 1.1e9),
            ("PPN:2025-08-09", 20.0, 1.1e9, None, None),
        ]
        history = self.MERGED.with_columns(
            valid_from=pl.when(pl.col("symbol") == "PPN")
            .then(pl.lit(date(2025, 8, 9)))
            .otherwise("valid_from")
        )
        assert chained(history, *ends)["PPN:2025-08-09"] == "PPPA:2021-01-29"
        found = chained(history, *ends, symbols=[("PPP", "PPN", "2025-08-08")])
        assert found["PPN:2025-08-09"] == "PPP:2021-01-29"

    def test_another_name_that_edgar_shows_as_a_change(self):
        history = listed(
            ("FLT", "FleetCor Technologies, Inc. Common Stock", "2021-01-29", "2024-03-25"),
            ("CPAY", "Corpay, Inc. Common Stock", "2024-03-25", None),
            ("XXX", "Xxx, Inc. Common Stock", "2024-03-25", None),
        )
        found = chained(history, edgar=[("FLEETCOR TECHNOLOGIES INC", "CORPAY INC")])
        assert found["CPAY:2024-03-25"] == "FLT:2021-01-29"
        assert found["XXX:2024-03-25"] == "XXX:2024-03-25"

    def test_a_new_company_name_pairs_lines_of_one_kind_only(self):
        """AHAC's units, warrants and common stock, and what traded once Humacyte had merged."""
        end = "2021-08-27"
        history = listed(
            ("AHAC", "Alpha Healthcare Acquisition Corp. Class A", "2021-01-29", end),
            ("AHACU", "Alpha Healthcare Acquisition Corp. Unit", "2021-01-29", end),
            ("AHACW", "Alpha Healthcare Acquisition Corp. Warrant", "2021-01-29", end),
            ("HUMA", "Humacyte Inc. Common Stock", end, None),
            ("HUMAW", "Humacyte Inc. Warrant", end, None),
        )
        found = chained(history, edgar=[("ALPHA HEALTHCARE ACQUISITION CORP", "HUMACYTE INC")])
        assert found[f"HUMA:{end}"] == "AHAC:2021-01-29"
        assert found[f"HUMAW:{end}"] == "AHACW:2021-01-29"

    @pytest.mark.parametrize(
        ("begins", "same"),
        [
            ("2022-06-06", False),  # both traded for days: no rename
            ("2022-06-09", True),
            ("2022-06-14", True),  # over a weekend and a missing session
            ("2022-07-15", False),  # too late
        ],
    )
    def test_the_successor_begins_when_the_other_ends(self, begins, same):
        history = listed(
            ("OLD", "Some Company Common Stock", "2021-01-29", "2022-06-09"),
            ("NEW", "Some Company Common Stock", begins, None),
        )
        found = chained(history)[f"NEW:{begins}"]
        assert (found == "OLD:2021-01-29") is same

    def test_two_classes_of_one_count_are_paired_by_price(self):
        history = listed(
            ("OLDA", "Old Inc. Class A Common Stock", "2021-01-29", "2022-04-11"),
            ("OLDB", "Old Inc. Class B Common Stock", "2021-01-29", "2022-04-11"),
            ("NEWA", "New Inc. Class A Common Stock", "2022-04-11", None),
            ("NEWB", "New Inc. Class B Common Stock", "2022-04-11", None),
        )
        count = 5.0e8
        ends = [
            ("OLDA:2021-01-29", 30.0, count, 24.4, count),
            ("OLDB:2021-01-29", 33.0, count, 29.0, count),
            ("NEWA:2022-04-11", 24.8, count, None, None),
            ("NEWB:2022-04-11", 29.5, count, None, None),
        ]
        found = chained(history, *ends)
        assert found["NEWA:2022-04-11"] == "OLDA:2021-01-29"
        assert found["NEWB:2022-04-11"] == "OLDB:2021-01-29"

    def test_two_classes_that_both_lie_nearest_to_one(self):
        """The nearest pair is taken first; the other class keeps the successor that is left."""
        history = listed(
            ("OLDX", "Old Inc. Class A Common Stock", "2021-01-29", "2022-04-11"),
            ("OLDY", "Old Inc. Class B Common Stock", "2021-01-29", "2022-04-11"),
            ("NEWP", "New Inc. Class A Common Stock", "2022-04-11", None),
            ("NEWQ", "New Inc. Class B Common Stock", "2022-04-11", None),
        )
        count = 5.0e8
        ends = [
            ("OLDX:2021-01-29", 30.0, count, 20.0, count),
            ("OLDY:2021-01-29", 33.0, count, 20.5, count),
            ("NEWP:2022-04-11", 20.6, count, None, None),
            ("NEWQ:2022-04-11", 21.5, count, None, None),
        ]
        found = chained(history, *ends)
        assert found["NEWP:2022-04-11"] == "OLDY:2021-01-29"
        assert found["NEWQ:2022-04-11"] == "OLDX:2021-01-29"

    def test_the_same_name_counts_more_than_a_line_without_a_name(self):
        history = listed(
            ("OLD", "Some Company Common Stock", "2021-01-29", "2022-06-09"),
            ("NEW", "Some Company Common Stock", "2022-06-09", None),
            ("ODD", None, "2022-06-09", None),
        )
        ends = [
            ("OLD:2021-01-29", 10.0, 1e8, 10.0, 1e8),
            ("NEW:2022-06-09", 10.1, 1e8, None, None),
            ("ODD:2022-06-09", 12.0, 1e8, None, None),
        ]
        found = chained(history, *ends)
        assert found["NEW:2022-06-09"] == "OLD:2021-01-29"
        assert found["ODD:2022-06-09"] == "ODD:2022-06-09"

    def test_a_reused_symbol_inherits_nothing(self):
        history = listed(
            ("META", "Roundhill Ball Metaverse ETF", "2021-06-30", "2022-01-31"),
            ("METV", "Roundhill Ball Metaverse ETF", "2022-01-31", None),
            ("FB", "Meta Platforms, Inc. Class A Common Stock", "2021-01-29", "2022-06-09"),
            ("META", "Meta Platforms, Inc. Class A Common Stock", "2022-06-09", None),
        )
        found = chained(history)
        assert found["META:2022-06-09"] == "FB:2021-01-29"
        assert found["METV:2022-01-31"] == "META:2021-06-30"

    def test_a_chain_of_renames_is_one_security(self):
        name = "Some Company Common Stock"
        days = ["2021-01-29", "2022-01-03", "2022-09-01", "2023-05-01", "2024-02-01"]
        ends = [*days[1:], None]
        history = listed(
            *((f"S{i}", name, a, b) for i, (a, b) in enumerate(zip(days, ends, strict=True)))
        )
        assert set(chained(history).values()) == {"S0:2021-01-29"}

    def test_a_symbol_taken_back_is_one_security(self):
        history = listed(
            ("AAA", "Some Company Common Stock", "2021-01-29", "2022-06-09"),
            ("BBB", "Some Company Common Stock", "2022-06-09", "2023-01-10"),
            ("AAA", "Some Company Common Stock", "2023-01-10", None),
        )
        found = chained(history)
        assert len(found) == 3
        assert set(found.values()) == {"AAA:2021-01-29"}

    def test_each_life_and_each_successor_at_most_once(self):
        name = "Some Company Common Stock"
        history = listed(
            ("A", name, "2021-01-29", "2022-06-09"),
            ("B", name, "2021-01-29", "2022-06-09"),
            ("C", name, "2022-06-09", None),
            ("D", name, "2022-06-10", None),
        )
        alive = lives(history)
        found = renames(alive, marks(), changed_names(), announced(), at_edgar())
        assert found["life"].is_unique().all()
        assert found["successor"].is_unique().all()
        assert found.height == 2

    def test_classes_that_became_one_line(self):
        """DISCA and DISCK became WBD: the class that traded most runs on."""
        end = "2022-04-12"
        history = listed(
            ("DISCA", "Discovery Inc. Series A Common Stock", "2021-01-29", end),
            ("DISCB", "Discovery Inc. Series B Common Stock", "2021-01-29", end),
            ("WBDWV", "Warner Bros. Discovery Inc. Common Stock", "2022-04-04", end),
            ("WBD", "Warner Bros. Discovery Inc. Common Stock", end, None),
        )
        ends = [
            ("DISCA:2021-01-29", 41.4, 4.9e8, 24.43, None, 5.5e8),
            ("DISCB:2021-01-29", 44.9, 4.9e8, 24.45, 5.1e8, 7.3e5),
            (f"WBD:{end}", 24.68, 2.0e9, None, None, None),
        ]
        discovery = [(t, "1", "2021-12-26", end) for t in ("DISCA", "DISCB")]
        ciks = [*discovery, ("WBD", "1", "2022-04-13", None)]
        assert chained(history, *ends, ciks=ciks)[f"WBD:{end}"] == "DISCA:2021-01-29"
        # Without CIKs nothing says so, and what traded when-issued is no past of its own.
        assert chained(history, *ends)[f"WBD:{end}"] == f"WBD:{end}"

    def test_classes_keep_their_letters(self):
        """Wiley's JW/A and JW/B became WLY and WLYB, at prices that say otherwise."""
        name, end = "John Wiley & Sons Inc.", "2022-04-01"
        history = listed(
            ("JW/A", name, "2021-01-29", end),
            ("JW/B", name, "2021-01-29", end),
            ("WLY", name, end, None),
            ("WLYB", name, end, None),
        )
        ends = [
            ("JW/A:2021-01-29", 45.6, None, 53.03, None, 1.4e7),
            ("JW/B:2021-01-29", 47.4, None, 53.18, None, 6.0e4),
            (f"WLY:{end}", 54.88, 5.6e7, None, None, None),
            (f"WLYB:{end}", 52.50, 5.6e7, None, None, None),
        ]
        found = chained(history, *ends)
        assert found[f"WLY:{end}"] == "JW/A:2021-01-29"
        assert found[f"WLYB:{end}"] == "JW/B:2021-01-29"

    RENAMED = listed(
        ("RCII", "Rent-A-Center Inc. Common Stock", "2021-01-29", "2023-02-27"),
        ("UPBD", "Upbound Group Inc. Common Stock", "2023-02-27", None),
    )

    @pytest.mark.parametrize(
        ("new", "same"),
        [
            (("UPBD", "7", "2023-03-02", None), True),
            (("UPBD", "8", "2023-03-02", None), False),
            (("UPBD", "7", "2021-01-01", "2022-01-01"), False),  # a pair of long before
        ],
    )
    def test_two_tickers_of_one_cik(self, new, same):
        ends = [
            ("RCII:2021-01-29", 50.0, 6.6e7, 27.0, 5.5e7),
            ("UPBD:2023-02-27", 27.4, 5.7e7, None, None),
        ]
        found = chained(self.RENAMED, *ends, ciks=[("RCII", "7", "2021-12-26", "2023-03-02"), new])
        assert (found["UPBD:2023-02-27"] == "RCII:2021-01-29") is same

    def test_the_one_line_of_an_issuer_may_have_split_on_the_day(self):
        ends = [
            ("RCII:2021-01-29", 50.0, 6.6e7, 2.0, 5.5e7),
            ("UPBD:2023-02-27", 27.4, 5.7e6, None, None),
        ]
        ciks = [("RCII", "7", "2021-12-26", "2023-03-02"), ("UPBD", "7", "2023-03-02", None)]
        found = chained(self.RENAMED, *ends, ciks=ciks)
        assert found["UPBD:2023-02-27"] == "RCII:2021-01-29"

    def test_a_preferred_is_no_past_of_a_common_stock_of_its_issuer(self):
        """MDVA, a preferred, got another symbol on the day on which MDV came to market."""
        end = "2022-02-11"
        history = listed(
            ("MDVA", "Modiv Inc. 7.375% Series A Preferred Stock", "2021-09-20", end),
            ("MDV", "Modiv Inc.", end, None),
        )
        ends = [
            ("MDVA:2021-09-20", 25.0, None, 25.3, None),
            (f"MDV:{end}", 23.0, 7e6, None, None),
        ]
        ciks = [("MDVA", "9", "2021-12-26", end), ("MDV", "9", end, None)]
        assert chained(history, *ends, ciks=ciks)[f"MDV:{end}"] == f"MDV:{end}"

    def test_of_several_lines_of_one_cik_only_a_like_price_tells(self):
        end = "2023-02-27"
        history = listed(
            ("OLDA", "Old Inc. Class A Common Stock", "2021-01-29", end),
            ("OLDB", "Old Inc. Class B Common Stock", "2021-01-29", end),
            ("NEWA", "New Inc. Class A Common Stock", end, None),
            ("NEWB", "New Inc. Class B Common Stock", end, None),
        )
        ends = [
            ("OLDA:2021-01-29", 30.0, None, 20.0, None),
            ("OLDB:2021-01-29", 33.0, None, 60.0, None),
            (f"NEWA:{end}", 21.0, None, None, None),
            (f"NEWB:{end}", 100.0, None, None, None),
        ]
        ciks = [
            *((t, "7", "2021-12-26", end) for t in ("OLDA", "OLDB")),
            *((t, "7", end, None) for t in ("NEWA", "NEWB")),
        ]
        found = chained(history, *ends, ciks=ciks)
        assert found[f"NEWA:{end}"] == "OLDA:2021-01-29"
        assert found[f"NEWB:{end}"] == f"NEWB:{end}"

    def test_a_ticker_taken_over_is_the_old_companys_too_for_a_while(self):
        end = "2022-01-06"
        history = listed(
            ("VPCC", "VPC Impact Acquisition Holdings III Class A", "2021-04-01", end),
            ("DAVE", "Dave Inc. Class A Common Stock", end, None),
        )
        ciks = [
            ("VPCC", "3", "2021-12-26", "2022-01-07"),
            ("DAVE", "2", "2021-12-26", "2022-01-10"),
            ("DAVE", "3", "2022-01-07", None),
        ]
        assert chained(history, ciks=ciks)[f"DAVE:{end}"] == "VPCC:2021-04-01"

    def test_a_cik_of_before_the_listing_or_after_it_says_nothing(self):
        end = "2022-01-06"
        history = listed(
            ("OLD", "Old Inc. Common Stock", "2021-04-01", end),
            ("NEW", "New Inc. Common Stock", end, None),
        )
        later = [("OLD", "3", "2022-02-01", None), ("NEW", "3", "2022-01-07", None)]
        assert chained(history, ciks=later)[f"NEW:{end}"] == f"NEW:{end}"

    def test_one_cik_goes_before_one_count(self):
        """ENNV became FSRD; IVCB, another blank cheque, began with the same count."""
        end = "2022-02-07"
        history = listed(
            ("ENNV", "ECP Environmental Growth Opportunities Corp. Class A", "2021-04-06", end),
            ("FSRD", "Fast Radius Inc. Class A Common Stock", end, None),
            ("IVCB", "Investcorp Europe Acquisition Corp I Class A", "2022-02-08", None),
        )
        ends = [
            ("ENNV:2021-04-06", 9.7, 4.3125e7, 9.9, 4.3125e7),
            (f"FSRD:{end}", 8.1, 7.3e7, None, None),
            ("IVCB:2022-02-08", 9.9, 4.3125e7, None, None),
        ]
        ciks = [
            ("ENNV", "5", "2021-12-26", end),
            ("FSRD", "5", end, None),
            ("IVCB", "6", "2022-02-08", None),
        ]
        found = chained(history, *ends, ciks=ciks)
        assert found[f"FSRD:{end}"] == "ENNV:2021-04-06"
        assert found["IVCB:2022-02-08"] == "IVCB:2022-02-08"

    def test_a_change_of_name_goes_before_a_like_price(self):
        end = "2022-05-03"
        history = listed(
            ("SV", "Spring Valley Acquisition Corp. Class A Ordinary Share", "2021-01-29", end),
            ("SMR", "NuScale Power Corporation", end, None),
            ("PLAO", "Patria Latin American Opportunity", "2022-05-04", None),
        )
        ends = [
            ("SV:2021-01-29", 10.1, 2.875e7, 10.0, 2.875e7),
            (f"SMR:{end}", 10.9, 2.2e8, None, None),
            ("PLAO:2022-05-04", 10.0, 2.875e7, None, None),
        ]
        edgar = [("SPRING VALLEY ACQUISITION CORP", "NUSCALE POWER CORP")]
        assert chained(history, *ends, edgar=edgar)[f"SMR:{end}"] == "SV:2021-01-29"

    @pytest.mark.parametrize("issued", ["GEHCV", "GEHC.V", "GEHC/WI", "GEHC.WD"])
    def test_what_traded_when_issued_is_no_past(self, issued):
        end, name = "2023-01-04", "GE HealthCare Technologies Inc. Common Stock"
        history = listed((issued, name, "2022-12-15", end), ("GEHC", name, end, None))
        assert chained(history)[f"GEHC:{end}"] == f"GEHC:{end}"
        announcing = chained(history, symbols=[(issued, "GEHC", end)])
        assert announcing[f"GEHC:{end}"] == f"GEHC:{end}"
