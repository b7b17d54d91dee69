"""Numbers of a sheet are told as people see them there."""

from datetime import datetime, time, timedelta

import pytest

from knowledge.parsing.number_format import shown_number, shown_time


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (18005551234, "General", "18005551234"),
        (4006381333931.0, "General", "4006381333931"),
        (0.1 + 0.2, "General", "0.3"),
        (12345678901.25, "General", "12345678901"),
        (0.0000001, "General", "1e-07"),
        (12, 'General" km"', "12 km"),
        (5551234567, "[<=9999999]###-####;(###) ###-####", "(555) 123-4567"),
        (5551234, "[<=9999999]###-####;(###) ###-####", "555-1234"),
        (123456789, "000-00-0000", "123-45-6789"),
        (1234567, "000-00-0000", "001-23-4567"),
        (123456, '0#" "##" "##', "12 34 56"),
        (1234, "00000", "01234"),
        (12000, '#,##0,"k"', "12k"),
        (2500000, '0.0,,"M"', "2.5M"),
        (2500000, '[>=1000000]0.0,,"M";[>=1000]0,"k";0', "2.5M"),
        (2500, '[>=1000000]0.0,,"M";[>=1000]0,"k";0', "3k"),
        (25, '[>=1000000]0.0,,"M";[>=1000]0,"k";0', "25"),
        (0.125, "0.0%", "12.5%"),
        (0.125, "0.00", "0.13"),
        (1234.5, '#,##0.00 "€"', "1,234.50 €"),
        (1234567.5, "[$€-407] #,##0.00", "€ 1,234,567.50"),
        (-5.5, "_($* #,##0.00_);_($* (#,##0.00)", "-$5.50"),
        (-5.5, "0.00;[Red]0.00", "-5.50"),
        (-0.001, "0.00", "0.00"),
        (9.5, '0.00 "€/kg; net"', "9.50 €/kg; net"),
        (30, '0 "of 30 days"', "30 of 30 days"),
        (5, "0.##", "5"),
        (5.25, "0.0##", "5.25"),
        (0.5, "#.##", "0.5"),
        (0, "#,##0", "0"),
        (1.5, "# ?/?", "1.5"),
        (18005551234, "0.00E+00", "18005551234"),
        (3, "@", "3"),
        (3, "", "3"),
        (3, ";;;", ""),
        (1, '"yes";"yes";"no"', "yes"),
        (0, '"yes";"yes";"no"', "no"),
        (0, '#,##0.00;-#,##0.00;"free"', "free"),
        (-1, '0;"none left"', "none left"),
        (0, '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-', "0.00"),
        (0, "0;-0;;@", ""),
        (-3, '0;0" below zero"', "-3"),
        (-3, "0;;0", "-3"),
        (1e25, "0", "1e+25"),
        (1e20, "0.0000000000", "100000000000000000000.0000000000"),
        (1.005, "0.00", "1.01"),
        (5, "0.00 _)", "5.00"),
        (0.5, ".00", ".50"),
        (5.25, ".00", "5.25"),
        (9.5, '0.00" €"/"kg"', "9.50 €/kg"),
        (1, '[=1]0" day";0" days"', "1 day"),
        (2, '[=1]0" day";0" days"', "2 days"),
        (5, '[<>0]0;"none"', "5"),
        (0, '[<>0]0;"none"', "none"),
        (10, '[<10]0" only";0', "10"),
        (9, '[<10]0" only";0', "9 only"),
        (10, '[>10]0" at once";0', "10"),
        (11, '[>10]0" at once";0', "11 at once"),
        (float("nan"), "0", "nan"),
    ],
)
def test_a_number_is_told_in_its_format(value: float, form: str, shown: str) -> None:
    assert shown_number(value, form) == shown


@pytest.mark.parametrize(
    "form", ["0.", ".0", ",", "0,", "%", "/", '"', "[", "\\", "_", "*", "#" * 300, "0" * 300, "0,,,,,,,0"]
)
@pytest.mark.parametrize("value", [0, -1, 0.5, 10**20, -1e-300, 1e308])
def test_odd_formats_do_no_harm(value: float, form: str) -> None:
    assert shown_number(value, form)


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (datetime(2024, 5, 1), "mmm-yy", "May 2024"),
        (datetime(2024, 12, 25), "d-mmm", "25 December"),
        (datetime(2024, 12, 25), "dddd", "Wednesday"),
        (datetime(2024, 12, 25), 'dddd, d". "mmmm', "Wednesday, 25 December"),
        (datetime(2024, 12, 25), "[$-407]dddd, d. mmmm yyyy;@", "2024-12-25"),
        (datetime(2024, 12, 25), "ddd", "Wednesday"),
        (datetime(2024, 12, 25), "yyyy", "2024"),
        (datetime(2024, 12, 25), "e/m/d", "2024-12-25"),
        (datetime(2024, 5, 1), "mmm yyyy;dd.mm.yyyy", "May 2024"),
        (datetime(2024, 12, 25, 14, 30), "dd/mm/yyyy", "2024-12-25"),
        (datetime(2024, 12, 25, 14, 30), "DD.MM.YYYY HH:MM", "2024-12-25 14:30"),
        (datetime(2024, 12, 25), "yyyy-mm-dd h:mm:ss", "2024-12-25"),
        (datetime(1900, 1, 1, 12), "h:mm AM/PM", "12:00"),
        (datetime(1900, 1, 1, 0, 12, 30), "mm:ss", "00:12"),
        (datetime(1900, 1, 1, 0, 12, 5), "m:s", "00:12"),
        (datetime(2024, 12, 25, 14, 30), "General", "2024-12-25 14:30"),
        (time(9, 30), "h:mm AM/PM", "09:30"),
        (timedelta(hours=36), "[h]:mm", "36:00"),
        (timedelta(minutes=90), "[mm]", "90"),
        (timedelta(minutes=90), "[MM]", "90"),
        (timedelta(minutes=125), "[H]:MM", "2:05"),
    ],
)
def test_a_time_is_told_with_what_its_format_shows_of_it(
    value: datetime | time | timedelta, form: str, shown: str
) -> None:
    assert shown_time(value, form) == shown
